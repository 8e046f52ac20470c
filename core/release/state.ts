/**
 * Where a release stands. A phase names what is under way and thereby what would have to be undone;
 * the first cause of turning back wins and is kept.
 */

import type { Instant, Outcome, Side } from '../vocabulary.ts';
import type { Counters } from './observation.ts';

export type Direction = 'forward' | 'back';

/** How it was seen that traffic had moved, strongest first. */
export type MoveEvidence = 'counters' | 'answers' | 'propagation';

/** How it was seen that old pods could go: nothing reached them any more, or time was up. */
export type DrainEvidence = 'counters' | 'deadline' | 'time';

/** What the record keeps of how decisions were reached. */
export interface Evidence {
  readonly moved?: MoveEvidence;
  readonly movedBack?: MoveEvidence;
  readonly drained?: DrainEvidence;
  readonly judged?: string;
}

/** What the judge remembers between two looks. Lost without harm: it is then counted anew. */
export interface Tally {
  /** The last counters by pod, for the difference to the next. */
  readonly last: Readonly<Record<string, Counters>>;
  /** Requests and errors by interval, oldest first, as far as the window reaches back. */
  readonly intervals: readonly {
    readonly at: Instant;
    readonly requests: number;
    readonly errors: number;
  }[];
  /** Since when the trigger of that index has been exceeded. */
  readonly exceededSince: Readonly<Record<number, Instant>>;
  /** Since when nothing could be measured at all. */
  readonly blindSince: Instant | undefined;
}

/** Watches one side's counters for standing still. */
export interface Stillness {
  readonly since: Instant;
  /** Total requests by side when the watch began. */
  readonly requests: Readonly<Record<Side, number>>;
}

interface StateBase {
  readonly direction: Direction;
  /** When the phase began. */
  readonly since: Instant;
  readonly startedAt: Instant;
  /** Why it turned back, or why it needs a person. */
  readonly cause: string | undefined;
  readonly evidence: Evidence;
  readonly tally: Tally | undefined;
  readonly stillness: Stillness | undefined;
  /** Since when the endpoints have been as wanted. */
  readonly endpointsSince: Instant | undefined;
  readonly outcome: Outcome | undefined;
}

/**
 * preparing: the candidate's pods start · testing: smoke checks before any traffic · switching: the
 * selector is written · confirming: traffic is seen to move · monitoring: the candidate serves and
 * is judged · holding: waits for somebody to conclude · draining: the losing side is let go ·
 * retiring: it is scaled down · done.
 */
export type BlueGreenPhase =
  | 'preparing'
  | 'testing'
  | 'switching'
  | 'confirming'
  | 'monitoring'
  | 'holding'
  | 'draining'
  | 'retiring'
  | 'done';

export interface BlueGreenState extends StateBase {
  readonly strategy: 'blue-green';
  readonly phase: BlueGreenPhase;
}

/** rolling: pods are replaced · settling: what only the release needed is put back. */
export type RollingPhase = 'rolling' | 'monitoring' | 'holding' | 'settling' | 'done';

export interface RollingState extends StateBase {
  readonly strategy: 'rolling';
  readonly phase: RollingPhase;
}

export type ReleaseState = BlueGreenState | RollingState;

/** What must survive the process: everything but what is measured anew anyway. */
export function durable<S extends ReleaseState>(state: S): S {
  return { ...state, tally: undefined, stillness: undefined };
}
