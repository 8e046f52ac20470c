/** Findings of reports, about reports, and about exceptions. */
import type { FindingKind } from './kind.ts';

const NEVER_EXCEPTED = { severity: 'critical', weight: 'undecided', excepted: false } as const;

export const SCAN_FINDINGS = {
  VUL001: {
    severity: 'high',
    weight: 'threshold',
    excepted: true,
    about: 'A known vulnerability at or above the threshold',
    fix: 'take the version that mends it, or write an exception with an owner and an end',
  },
  VUL002: {
    severity: 'high',
    weight: 'threshold',
    excepted: true,
    about: 'The operating system of the image is past its end of life: no one mends it any more',
    fix: 'build on a base that is still maintained',
  },
  VUL003: {
    severity: 'high',
    weight: 'always',
    excepted: true,
    about: 'Nothing was scanned: no report, none for a platform, or one without packages',
    fix: 'scan each platform of the image; the report has to list what was looked at',
  },
  SEC001: {
    severity: 'critical',
    weight: 'always',
    excepted: true,
    about: 'A secret lies in the image',
    fix: 'take it out of every layer, and make it void: it was published with the image',
  },
  LIC001: {
    severity: 'medium',
    weight: 'always',
    excepted: true,
    about: 'A package has a licence that the policy does not allow',
    fix: 'use another package, or have the licence looked at and except it',
  },
  MIS001: {
    severity: 'high',
    weight: 'threshold',
    excepted: true,
    about: 'The scanner finds the image built in a way that is not safe',
    fix: 'do what the scanner says about the check',
  },
  SCN001: {
    ...NEVER_EXCEPTED,
    about: 'The scan failed: the scanner was ended, or left no report',
    fix: 'read the log of the step scan; give it memory, time and its database',
  },
  SCN002: {
    ...NEVER_EXCEPTED,
    about: 'A report is malformed: cut off, no JSON, of no known scanner, or with keys twice',
    fix: 'write the report to a file of its own: --format json --output, not from the log',
  },
  SCN003: {
    ...NEVER_EXCEPTED,
    about: 'A report is too large to be decided upon',
    fix: 'leave packages and descriptions out of it: --list-all-pkgs=false',
  },
  SCN004: {
    ...NEVER_EXCEPTED,
    about: 'A report is about another image',
    fix: 'scan the image that is released, by its digest',
  },
  SCN005: {
    ...NEVER_EXCEPTED,
    about: 'A report is too old, comes from the future, or does not say when it was made',
    fix: 'scan again, or allow older ones: security.gates.maxReportAge',
  },
  SCN006: {
    ...NEVER_EXCEPTED,
    about: "The scanner's database is too old, or no one knows how old it is",
    fix: 'let the scanner update it, or renew the volume that holds it',
  },
  EXC001: {
    severity: 'medium',
    weight: 'told',
    excepted: false,
    about: 'An exception has expired, or runs longer than 90 days: it lets nothing pass',
    fix: 'mend what it was for, or decide again and give it a new end',
  },
  EXC002: {
    severity: 'low',
    weight: 'told',
    excepted: false,
    about: 'An exception matched nothing',
    fix: 'delete it: what it was for is gone, or it was never what it was meant for',
  },
} as const satisfies Readonly<Record<string, FindingKind>>;
