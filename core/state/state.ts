/**
 * Where a release stands. A phase names what is under way and thereby what would have to be undone;
 * the first cause of turning back wins and is kept.
 */

import {
  type AnalysisState,
  type Decision,
  kept,
  type Warning,
} from '../analysis/analysis-state.ts';
import type { Availability, AvailabilityBaseline } from '../availability/availability.ts';
import type {
  EndCode,
  Instant,
  Outcome,
  Side,
  StrategyName,
  TwoSidedStrategy,
} from '../base/vocabulary.ts';
import type { PodTemplate } from '../kubernetes/objects.ts';

export type Direction = 'forward' | 'back';

/** How it was seen that traffic had moved, strongest first. */
export type MoveEvidence = 'counters' | 'answers' | 'propagation';

/**
 * How it was seen that old pods could go: nothing reached them any more, time was up, or their answers
 * cost more than cutting them off.
 */
export type DrainEvidence = 'counters' | 'deadline' | 'time' | 'errors';

/** What the record keeps of how decisions were reached. */
export interface Evidence {
  readonly moved?: MoveEvidence;
  readonly movedBack?: MoveEvidence;
  readonly drained?: DrainEvidence;
  readonly judged?: string;
  /** How many kept-alive connections old pods held when they were let go, and who told it. */
  readonly connectionsCut?: string;
  /** What a client saw when a candidate pod was ended before it had traffic. */
  readonly drainProbe?: string;
  /** What turned it back, or what it was promoted on. */
  readonly decision?: Decision;
  /** What became of the service's requests, from the beginning to the end. */
  readonly availability?: Availability;
  /** What triggers warned of, oldest first. */
  readonly warnings?: readonly Warning[];
  /** What others changed of the release's objects while it was under way, oldest first. */
  readonly interferences?: readonly Interference[];
}

/** Somebody else has changed an object on which the release rests. */
export interface Interference {
  readonly at: Instant;
  /** `service pay`, `deployment pay-green` */
  readonly object: string;
  readonly what: string;
  /** As far as the object says: `argocd-controller (the object is kept by Argo CD application pay)`. */
  readonly by: string;
  /**
   * repaired: written again as the release had it · turned-back · held: waited · accepted: gone on
   * with · left: for a person.
   */
  readonly response: 'repaired' | 'turned-back' | 'held' | 'accepted' | 'left';
}

/** Watches one side's counters for standing still. */
export interface IdleWindow {
  readonly since: Instant;
  /** Total requests by side when the watch began, and how many the prober had sent. */
  readonly requests: Readonly<Record<Side, number>>;
  readonly probes?: number;
}

/** What an operator has said of the waiting in this phase; the next phase waits as it always does. */
export type Wait =
  | { readonly kind: 'running' }
  /** Time has not to pass any more; evidence is waited for all the same. */
  | { readonly kind: 'skipped' }
  /** The phase's clock stands still, and turns the release back when the pause lasts too long. */
  | { readonly kind: 'paused'; readonly since: Instant; readonly until: Instant };

/** A pod template as it was once seen, by fingerprints: of all of it, and of its pods alone. */
export interface SeenTemplate {
  readonly all: string;
  readonly pods: string;
}

interface StateBase {
  readonly direction: Direction;
  /** When the phase began; later by as much as it was paused. */
  readonly since: Instant;
  readonly wait: Wait;
  /** For how long the release was paused, in pauses that are over. */
  readonly pausedMs: number;
  readonly startedAt: Instant;
  /** Why it turned back, or why it needs a person. */
  readonly cause: string | undefined;
  /** The same for programs. Older journals lack it. */
  readonly code?: EndCode | undefined;
  readonly evidence: Evidence;
  readonly tally: AnalysisState | undefined;
  readonly stillness: IdleWindow | undefined;
  /** Since when the endpoints have been as wanted. */
  readonly endpointsSince: Instant | undefined;
  /** What somebody else has changed and is not yet as it should be again, and since when. */
  readonly repairing?:
    | { readonly object: string; readonly since: Instant; readonly isGone: boolean }
    | undefined;
  readonly outcome: Outcome | undefined;
  /** Since when what is seen of the cluster has been too old to decide anything on. */
  readonly blindSince?: Instant | undefined;
  /** Since when the fields of others are given back to them, at the end. */
  readonly handingBackSince?: Instant | undefined;
  /** What the next look at the requests is compared with. */
  readonly mark?: AvailabilityBaseline | undefined;
}

/**
 * routing: what keeps requests from the candidate's pods is brought about · preparing: pods start, as
 * many as the next step takes · testing: smoke checks before any traffic · switching: the weight is
 * written · confirming: traffic is seen to move · monitoring: the candidate serves and is judged ·
 * holding: waits for somebody to conclude · landing: routes find their final form · draining: the
 * losing side is let go · retiring: it is scaled down · tidying: what only the release needed goes ·
 * done.
 */
export const TWO_SIDED_PHASES = [
  'routing',
  'preparing',
  'testing',
  'switching',
  'confirming',
  'monitoring',
  'holding',
  'landing',
  'draining',
  'retiring',
  'tidying',
  'done',
] as const;
export type TwoSidedPhase = (typeof TWO_SIDED_PHASES)[number];

export interface TwoSidedState extends StateBase {
  readonly strategy: TwoSidedStrategy;
  readonly phase: TwoSidedPhase;
  /** Which of the plan's steps is under way. */
  readonly step: number;
  /** Which of several changes that follow each other is under way, within the phase. */
  readonly stage: {
    readonly nth: number;
    /** Whether it had to be written: then every proxy has to hear of it once it is there. */
    readonly change: 'none' | 'sent';
  };
  /** The step whose watching is over: what has to be written again meanwhile is only confirmed again. */
  readonly watchedStep?: number;
  /** How often the phase that began then has written its route: more than a few times is a fight. */
  readonly writes?: { readonly since: Instant; readonly times: number };
  /** The candidate's pod template as the API server answered to the release's own write. */
  readonly applied?: SeenTemplate;
  /** The stable's, where somebody has changed it since the release was planned, and it was told. */
  readonly stableSeen?: SeenTemplate;
  /** All of it: these are the pods that are replaced, and what a later way back leads to. */
  readonly stableTemplate?: PodTemplate;
  /** By which the stable's pods are told apart now, where a plain one was restarted meanwhile. */
  readonly stableHash?: string;
  /** The candidate has to be out of the way at once, before the stable's old pods are gone. */
  readonly atOnce?: boolean;
  /** The last write to the autoscaler, and whether it was seen in force. */
  readonly scaling?: { readonly id: string; readonly isSeen: boolean; readonly times: number };
  /** Somebody led the route elsewhere: since when, and since when it is right again. */
  readonly misled?: { readonly since: Instant; readonly rightSince?: Instant };
  /** Others kept on changing the autoscaler: it is left as they want it. */
  readonly scalingLeft?: boolean;
  /** Others kept on putting the route back: on the way back it is left as they want it. */
  readonly conceded?: boolean;
}

/** rolling: pods are replaced · settling: what only the release needed is put back. */
export const ROLLING_PHASES = ['rolling', 'monitoring', 'holding', 'settling', 'done'] as const;
export type RollingPhase = (typeof ROLLING_PHASES)[number];

export interface RollingState extends StateBase {
  readonly strategy: 'rolling';
  readonly phase: RollingPhase;
  /**
   * Of a StatefulSet that goes back: when the last of its pods was ended, or since when no one else
   * ends them. What was seen before says nothing of how many are left.
   */
  readonly lastEndAt?: Instant;
  /** The workload's pod template as the API server answered to the release's own write. */
  readonly applied?: SeenTemplate;
}

export type ReleaseState = TwoSidedState | RollingState;

/** In which phases a release by each strategy may stand. */
export const PHASES: Readonly<Record<StrategyName, readonly string[]>> = {
  rolling: ROLLING_PHASES,
  'blue-green': TWO_SIDED_PHASES,
  canary: TWO_SIDED_PHASES,
  'blue-green-with-canary': TWO_SIDED_PHASES,
};

/** What must survive the process: everything but what is measured anew anyway. */
export function durable<S extends ReleaseState>(state: S): S {
  return {
    ...state,
    tally: state.tally && kept(state.tally),
    stillness: undefined,
    mark: undefined,
  };
}

/** What is worth a write of its own; what was measured is written along with it, and now and then. */
export function decided<S extends ReleaseState>(state: S): S {
  const { decision: _, availability: __, ...evidence } = state.evidence;
  const unsaid = { tally: undefined, stillness: undefined, blindSince: undefined, mark: undefined };
  return { ...state, evidence, ...unsaid };
}
