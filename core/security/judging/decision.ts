/** The end of security-scan: whether the image and its pods are fit to serve. */
import { foreignText } from '../../base/foreign-text.ts';
import { kindOf } from '../catalogue/catalogue.ts';
import type { Judged } from '../finding.ts';
import type { SecurityPolicy } from '../policy/policy.ts';
import { countNoun } from '../words.ts';
import type { Tallied } from './tally.ts';

/**
 * passed · warned: something would block, and the policy only warns · refused: the gate says no ·
 * undecided: nothing can be said, which blocks as well.
 */
export type ScanVerdict = 'passed' | 'warned' | 'refused' | 'undecided';

export interface ScanDecision {
  readonly verdict: ScanVerdict;
  readonly exitCode: 0 | 1 | 3;
  /** In one line, for a person who knows nothing of ids. */
  readonly reason: string;
}

export function decide(
  tallied: Tallied,
  { enforce }: Pick<SecurityPolicy, 'enforce'>,
): ScanDecision {
  const { blocks, undecided } = tallied.fates;
  if (blocks + undecided === 0) return { verdict: 'passed', exitCode: 0, reason: '' };
  const reason = reasonOf(tallied);
  if (enforce === 'warn') return { verdict: 'warned', exitCode: 0, reason };
  return blocks > 0
    ? { verdict: 'refused', exitCode: 1, reason }
    : { verdict: 'undecided', exitCode: 3, reason };
}

/** The worst one in its own words, how many there are beside it, and what helps. */
function reasonOf({ judged, fates }: Tallied): string {
  const [worst] = judged
    .filter(({ fate }) => ['blocks', 'undecided'].includes(fate.kind))
    .sort(first);
  if (!worst) return '';
  const others = fates.blocks + fates.undecided - 1;
  const more = others > 0 ? `; and ${countNoun(others, 'other finding')}` : '';
  return `${sentenceOf(worst)}${more}`;
}

const GRAVE = ['IMG', 'SIG', 'REG', 'SCN'];

/** Who the image is from comes before what is in it. */
function first(a: Judged, b: Judged): number {
  return gravity(a) - gravity(b);
}

function gravity({ finding: { id }, fate }: Judged): number {
  const at = GRAVE.indexOf(id.slice(0, 3));
  return (fate.kind === 'blocks' ? 0 : 10) + (at === -1 ? GRAVE.length : at);
}

/** `CVE-2024-1 (critical) in openssl 3.0.1, mended in 3.0.2`, or what the finding is about. */
function sentenceOf({ finding }: Judged): string {
  const { id, names, severity, message, fixedIn } = finding;
  if (id !== 'VUL001') return `${id}: ${kindOf(id).about} (${foreignText(message, 200)})`;
  const [name = id] = names;
  const [version] = fixedIn ?? [];
  const fix =
    version === undefined ? 'no version mends it yet' : `mended in ${foreignText(version, 60)}`;
  return `${foreignText(name, 60)} (${severity}) in ${foreignText(message, 120)}, ${fix}`;
}
