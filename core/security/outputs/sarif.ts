/**
 * SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html) for code hosts: a rule a
 * finding of the closed list, a result a finding, and suppressions where an exception lets one pass.
 */
import { FINDINGS, type FindingId, kindOf } from '../catalogue/catalogue.ts';
import type { Judged } from '../finding.ts';
import type { Severity } from '../severity.ts';
import { type ScanReport, toldOf } from './scan-report.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
const DOCS =
  'https://github.com/zero-downtime-deployment/zero-downtime-deployment/blob/main/docs/security-scan.md';

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  unknown: 'warning',
};

/** What GitHub sorts by (`security-severity`), in the middle of each range of CVSS. */
const SCORES: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  unknown: '5.5',
};

export function sarifReport(report: ScanReport): string {
  const ids = Object.keys(FINDINGS) as FindingId[]; // of the closed list
  const driver = {
    name: 'zero-downtime-security-scan',
    informationUri: DOCS,
    rules: ids.map(ruleOf),
  };
  const run = {
    tool: { driver },
    invocations: [
      {
        executionSuccessful: report.verdict !== 'undecided',
        exitCode: report.exitCode,
        endTimeUtc: report.at,
      },
    ],
    results: report.judged.map((judged) => resultOf(judged, ids)),
    properties: { image: report.image, verdict: report.verdict, enforce: report.enforce },
  };
  return `${JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, undefined, 2)}\n`;
}

function ruleOf(id: FindingId) {
  const { about, fix, severity } = kindOf(id);
  return {
    id,
    shortDescription: { text: about },
    help: { text: fix },
    helpUri: `${DOCS}#findings`,
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { 'security-severity': SCORES[severity] },
  };
}

function resultOf(judged: Judged, ids: readonly FindingId[]) {
  const { finding, fate } = judged;
  const { id, severity } = finding;
  const { name, message, place, fix } = toldOf(judged);
  const isBlocking = fate.kind === 'blocks' || fate.kind === 'undecided';
  const named = name === id ? message : `${name}: ${message}`;
  return {
    ruleId: id,
    ruleIndex: ids.indexOf(id),
    level: LEVELS[severity],
    message: { text: `${named}; ${fix}` },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(place === '' ? 'image' : place) } },
        logicalLocations: [{ fullyQualifiedName: place === '' ? 'image' : place }],
      },
    ],
    ...(fate.kind === 'old' ? { baselineState: 'unchanged' } : {}),
    ...(fate.kind === 'excepted'
      ? {
          suppressions: [
            { kind: 'external', status: 'accepted', justification: toldOf(judged).why },
          ],
        }
      : {}),
    properties: { fate: fate.kind, blocks: isBlocking },
  };
}

/** A relative reference: the first part of a path may have no colon (RFC 3986, 4.2). */
function uriOf(place: string): string {
  return encodeURIComponent(place).replaceAll('%2F', '/').replace(/^\/+/, '');
}
