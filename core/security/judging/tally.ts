/**
 * Judges findings one by one as they come, a million of them if need be: all are counted, and of each
 * kind so many kept as a person may look at.
 */

import type { Excepting } from '../exceptions/excepting.ts';
import { type Fate, type Finding, type Judged, keyOf } from '../finding.ts';
import { type Counts, NO_COUNTS, rank, type Severity } from '../severity.ts';
import { type Baseline, fateOf, type PolicyLines } from './fate.ts';

const FATES = ['blocks', 'undecided', 'warned', 'old', 'excepted'] as const;
type FateKind = Fate['kind'];

/** Of one fate and one severity so many are kept. */
const MOST_KEPT = 200;
/** So many are known from those that came before; beyond, one that two reports have counts twice. */
const MOST_KNOWN = 200_000;

export interface Tallied {
  /** The worst first; of each fate and severity at most 200. */
  readonly judged: readonly Judged[];
  /** How many there were, whether they were kept or not. */
  readonly fates: Readonly<Record<FateKind, number>>;
  /** Vulnerabilities in the image, each once, whatever became of them. */
  readonly vulnerabilities: Counts;
  /** Of those how many a newer version mends, and how many the image that serves now does not have. */
  readonly fixable: number;
  readonly fresh: number | undefined;
}

export class Tally {
  private readonly kept = new Map<string, Judged[]>();
  private readonly known = new Set<string>();
  private readonly fates = { blocks: 0, undecided: 0, warned: 0, old: 0, excepted: 0 };
  private readonly counts: Record<Severity, number> = { ...NO_COUNTS };
  private fixable = 0;
  private fresh = 0;

  constructor(
    private readonly policy: PolicyLines,
    private readonly excepting: Excepting,
    private readonly baseline: Baseline,
  ) {}

  add(finding: Finding): void {
    const known = `${keyOf(finding)} ${finding.place.purl ?? ''} ${finding.place.path ?? ''}`;
    if (this.known.has(known)) return;
    if (this.known.size < MOST_KNOWN) this.known.add(known);
    if (finding.id === 'VUL001') this.count(finding);
    this.keep({
      finding,
      fate: fateOf(finding, this.policy, this.excepting, this.baseline),
    });
  }

  /** Asks for what the exceptions have left, so it comes last. */
  end(): Tallied {
    for (const judged of this.excepting.leftovers()) this.keep(judged);
    return {
      judged: [...this.kept.values()].flat().sort(byWeight),
      fates: { ...this.fates },
      vulnerabilities: { ...this.counts },
      fixable: this.fixable,
      fresh: this.baseline && this.fresh,
    };
  }

  private count(finding: Finding): void {
    this.counts[finding.severity] += 1;
    if ((finding.fixedIn ?? []).length > 0) this.fixable += 1;
    if (this.baseline && !this.baseline.has(keyOf(finding))) this.fresh += 1;
  }

  private keep(judged: Judged): void {
    const { finding, fate } = judged;
    this.fates[fate.kind] += 1;
    const key = `${fate.kind} ${finding.severity} ${isFixable(finding)}`;
    const list = this.kept.get(key) ?? [];
    if (list.length < MOST_KEPT) list.push(judged);
    this.kept.set(key, list);
  }
}

function isFixable({ fixedIn }: Finding): boolean {
  return (fixedIn ?? []).length > 0;
}

/** What blocks first, of that what can be mended, of that the worst. */
function byWeight(a: Judged, b: Judged): number {
  return (
    FATES.indexOf(a.fate.kind) - FATES.indexOf(b.fate.kind) ||
    Number(isFixable(b.finding)) - Number(isFixable(a.finding)) ||
    rank(a.finding.severity) - rank(b.finding.severity) ||
    (nameOf(a.finding) < nameOf(b.finding) ? -1 : 1)
  );
}

function nameOf({ names, id, message }: Finding): string {
  return `${names[0] ?? id} ${message}`;
}
