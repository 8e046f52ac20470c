/**
 * The installer's policy and a release config's, put together: of each part the stricter counts, so a
 * release config can tighten what the installer wants, and loosen nothing.
 */
import { stricter, type Threshold } from '../severity.ts';
import type { Gates, PodSecurityLevel, PodSecurityRule, SecurityPolicy } from './policy.ts';

export interface InstallerPolicy {
  readonly policy: SecurityPolicy;
  /** Whether a release config may have exceptions and VEX documents of its own. */
  readonly exceptions: 'allowed' | 'refused';
}

/** Undefined where neither asks for anything. */
export function tightened(
  installer: InstallerPolicy | undefined,
  own: SecurityPolicy | undefined,
): SecurityPolicy | undefined {
  if (!installer) return own;
  const { policy, exceptions } = installer;
  if (!own) return policy;
  const isAllowed = exceptions === 'allowed';
  return {
    enforce: anyOf('block', policy.enforce, own.enforce),
    gates: both(policy.gates, own.gates, stricterGates),
    signatures: [...policy.signatures, ...own.signatures],
    attestations: [...policy.attestations, ...own.attestations],
    podSecurity: both(policy.podSecurity, own.podSecurity, stricterPods),
    networkPolicies: both(policy.networkPolicies, own.networkPolicies, (a, b) =>
      anyOf('block', a, b),
    ),
    registries: [...policy.registries, ...own.registries],
    exceptions: isAllowed ? [...policy.exceptions, ...own.exceptions] : policy.exceptions,
    vex: isAllowed ? [...policy.vex, ...own.vex] : policy.vex,
  };
}

/** What of a release config's wishes does not count beside the installer's, for the log. */
export function overruled(installer: InstallerPolicy, own: SecurityPolicy): string[] {
  const { policy, exceptions } = installer;
  const lines: string[] = [];
  const note = (what: string, wanted: string, counts: string): void => {
    if (wanted !== counts) lines.push(`${what} ${wanted} counts as ${counts}`);
  };
  note('enforce', own.enforce, anyOf('block', policy.enforce, own.enforce));
  if (policy.gates && own.gates) {
    const { failOn, newOnly } = stricterGates(policy.gates, own.gates);
    note('gates.failOn', own.gates.failOn, failOn);
    note('gates.newOnly', String(own.gates.newOnly), String(newOnly));
  }
  if (policy.podSecurity && own.podSecurity) {
    const { level } = stricterPods(policy.podSecurity, own.podSecurity);
    note('podSecurity.level', own.podSecurity.level, level);
  }
  const left = own.exceptions.length + own.vex.length;
  if (exceptions === 'refused' && left > 0) lines.push(`${left} exceptions do not count`);
  return lines;
}

function stricterGates(a: Gates, b: Gates): Gates {
  return {
    failOn: stricter(a.failOn, b.failOn),
    unfixed: anyOf('block', a.unfixed, b.unfixed),
    unknownSeverity: anyOf('block', a.unknownSeverity, b.unknownSeverity),
    newOnly: a.newOnly && b.newOnly,
    setAside: anyOf('count', a.setAside, b.setAside),
    maxReportAgeMs: Math.min(a.maxReportAgeMs, b.maxReportAgeMs),
    maxDatabaseAgeMs: Math.min(a.maxDatabaseAgeMs, b.maxDatabaseAgeMs),
    databaseAgeRequired: a.databaseAgeRequired || b.databaseAgeRequired,
    // All that the image has is more than any list.
    platforms: both(a.platforms, b.platforms, (x, y) => [...new Set([...x, ...y])], 'all'),
    knownExploited: anyOf('block', a.knownExploited, b.knownExploited),
    epss: both(a.epss, b.epss, Math.min),
    licences: [...new Set([...a.licences, ...b.licences])],
  };
}

const LEVELS: readonly PodSecurityLevel[] = ['privileged', 'baseline', 'restricted'];

/** A later version of the standards asks for more, and the latest for most. */
function stricterPods(a: PodSecurityRule, b: PodSecurityRule): PodSecurityRule {
  const [level = 'restricted'] = [a.level, b.level].sort(
    (x, y) => LEVELS.indexOf(y) - LEVELS.indexOf(x),
  );
  const failOn: Threshold = stricter(a.failOn, b.failOn);
  return { level, minor: both(a.minor, b.minor, Math.max, 'all'), failOn };
}

function anyOf<T extends string>(strict: T, a: T, b: T): T {
  return a === strict || b === strict ? strict : a;
}

/** `missing`: whether undefined asks for nothing, or for all. */
function both<T>(
  a: T | undefined,
  b: T | undefined,
  how: (a: T, b: T) => T,
  missing: 'nothing' | 'all' = 'nothing',
): T | undefined {
  if (a !== undefined && b !== undefined) return how(a, b);
  return missing === 'all' ? undefined : (a ?? b);
}
