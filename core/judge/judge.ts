/**
 * What every judge is: it takes windows one by one, remembers little, and can be asked at any time.
 * Nothing here looks at a clock or at a source; the same windows give the same verdict, always.
 */
import type { Instant, Verdict } from '../base/vocabulary.ts';
import type { Counted, Window } from './sample.ts';

export const JUDGES = ['sequential', 'mann-whitney', 'thresholds'] as const;
export type JudgeName = (typeof JUDGES)[number];

/** A verdict that explains itself. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Which of the judge's rules decided, such as `errors`, `latency`, `no-requests`. */
  readonly rule: string;
  /** The verdict with its numbers, in one line, for people. */
  readonly why: string;
  /** The numbers by name, all finite, for the record. Each judge documents its own. */
  readonly numbers: Readonly<Record<string, number>>;
  /** Since when nothing has been measurable; only where the verdict is `unmeasurable`. */
  readonly unmeasurableSince?: Instant;
  /**
   * The candidate's errors, in words, where the stable's rate does not explain them: too little may be
   * known to call it bad, and it is not promoted for want of knowledge.
   */
  readonly unexplained?: string;
}

/**
 * A judge with its policy. `Evidence` is all that it remembers: plain JSON of bounded size, however
 * many windows it has seen, so that it can lie in a journal and another process can go on with it.
 */
export interface Judge<Evidence> {
  readonly name: JudgeName;
  /** A release's first evidence: none. */
  begin(): Evidence;
  /**
   * What the stable's counters had counted in their life, before anything of this release: where
   * anybody knows, before the first window, and heard once however often it is said.
   */
  know(evidence: Evidence, life: Counted): Evidence;
  /** The release goes on to its next step: what a step needs for itself is counted anew. */
  step(evidence: Evidence): Evidence;
  /** Windows come in order and do not overlap; windows before the candidate's first request help. */
  take(evidence: Evidence, window: Window): Evidence;
  /** What the evidence says so far. `bad` is final; `good` means good enough to end the step. */
  verdict(evidence: Evidence): Judgement;
}
