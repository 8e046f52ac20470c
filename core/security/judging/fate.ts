/** What becomes of one finding under a policy. */
import { kindOf } from '../catalogue/catalogue.ts';
import type { Excepting } from '../exceptions/excepting.ts';
import { type Fate, type Finding, keyOf } from '../finding.ts';
import type { Gates, SecurityPolicy } from '../policy/policy.ts';
import { reaches } from '../severity.ts';

/** Of the image that serves now; undefined where there is no report of it that can be relied on. */
export type Baseline = ReadonlySet<string> | undefined;

export type PolicyLines = Pick<SecurityPolicy, 'gates' | 'podSecurity' | 'networkPolicies'>;

export function fateOf(
  finding: Finding,
  policy: PolicyLines,
  { excepted }: Pick<Excepting, 'excepted'>,
  baseline: Baseline,
): Fate {
  const { weight } = kindOf(finding.id);
  if (weight === 'undecided') return { kind: 'undecided' };
  if (weight === 'told') return { kind: 'warned' };
  const { setAside } = finding;
  if (setAside !== undefined && policy.gates?.setAside === 'accept') {
    return { kind: 'excepted', why: `set aside by the scanner: ${setAside}` };
  }
  // Asked in any case: an exception that is not needed has matched all the same.
  const why = excepted(finding);
  if (why !== undefined) return { kind: 'excepted', why };
  if (!isOverLine(finding, policy)) return { kind: 'warned' };
  if (policy.gates?.newOnly && isOfReport(finding) && baseline?.has(keyOf(finding))) {
    return { kind: 'old' };
  }
  return { kind: 'blocks' };
}

/** What another image may have just the same. */
function isOfReport({ id }: Finding): boolean {
  return ['VUL001', 'VUL002', 'SEC001', 'LIC001', 'MIS001'].includes(id);
}

function isOverLine(
  finding: Finding,
  { gates, podSecurity, networkPolicies }: PolicyLines,
): boolean {
  const { id, severity, names } = finding;
  switch (id) {
    case 'VUL001':
      return gates !== undefined && isOverGate(finding, gates);
    case 'VUL002':
      return gates !== undefined && reaches(severity, gates.failOn);
    case 'MIS001':
      if (!gates) return false;
      return severity === 'unknown'
        ? gates.unknownSeverity === 'block'
        : reaches(severity, gates.failOn);
    case 'LIC001':
      return names.some((name) => gates?.licences.includes(name));
    case 'K8S010':
    case 'K8S011':
      return networkPolicies === 'block';
    default:
      if (kindOf(id).weight === 'always') return true;
      return podSecurity !== undefined && reaches(severity, podSecurity.failOn);
  }
}

function isOverGate({ severity, knownExploited, epss, fixedIn }: Finding, gates: Gates): boolean {
  if (knownExploited && gates.knownExploited === 'block') return true;
  if (epss !== undefined && gates.epss !== undefined && epss >= gates.epss) return true;
  const isRated =
    severity === 'unknown' ? gates.unknownSeverity === 'block' : reaches(severity, gates.failOn);
  return isRated && (gates.unfixed === 'block' || (fixedIn ?? []).length > 0);
}
