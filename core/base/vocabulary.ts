/** The words of a release, as types. docs/architecture.md explains them. */

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** Names one attempt to move one service to one candidate. */
export type ReleaseId = Branded<string, 'ReleaseId'>;

/** Milliseconds since the epoch. */
export type Instant = Branded<number, 'Instant'>;

/** The revision that serves, and the revision that wants to. */
export type Side = 'stable' | 'candidate';

export const TWO_SIDED_STRATEGIES = ['blue-green', 'canary', 'blue-green-with-canary'] as const;
/** Strategies that run two Deployments side by side and move traffic between them. */
export type TwoSidedStrategy = (typeof TWO_SIDED_STRATEGIES)[number];

export const STRATEGIES = ['rolling', ...TWO_SIDED_STRATEGIES] as const;
export type StrategyName = (typeof STRATEGIES)[number];

/** Whether two workloads run side by side and are told apart; otherwise the pods of one are replaced. */
export function isTwoSided<R extends { readonly strategy: StrategyName }>(
  release: R,
): release is R & { readonly strategy: TwoSidedStrategy } {
  return TWO_SIDED_STRATEGIES.some((name) => name === release.strategy);
}

/** What splits the traffic between the two sides. */
export const ROUTERS = ['service', 'istio', 'gateway-api'] as const;
export type RouterName = (typeof ROUTERS)[number];

/** How a release ends. `failed` needs a person. */
export type Outcome = 'promoted' | 'rolled-back' | 'failed' | 'unchanged';

/**
 * Why a release ended, as a closed list: metrics label by it, alerts and scripts match it. What it says
 * to a person is in core/report/ends. A new code is a new line here, and the compiler names the sentence
 * that is missing.
 */
export const END_CODES = [
  'promoted',
  // what was measured of the candidate
  'errors',
  'latency',
  'judged-worse',
  'rollback-condition',
  'own-metric',
  'unexplained-errors',
  'too-few-requests',
  'unmeasurable',
  // its pods
  'pods-not-starting',
  'pods-not-ready',
  'no-room',
  'pod-failed',
  'pods-lost',
  // what it was asked
  'smoke-check',
  'drain-probe',
  'post-validation',
  // the route, and others who write
  'traffic-not-moved',
  'route-refused',
  'changed-by-others',
  'object-gone',
  'foreign-pods',
  // time and people
  'too-late',
  'pause-ended',
  'aborted',
  'drained',
  // processes and the API
  'stopped',
  'cut-off',
  'left-unfinished',
  'run-stopped',
  'api-refused',
  'cluster-unseen',
  'record-too-large',
  'record-lost',
  // nothing was begun
  'dry-run',
  'same-version',
  'bad-input',
  'preflight',
  'service-held',
  'cluster-away',
  'gave-way',
  'no-turn',
  'not-begun',
  'not-prepared',
  // of a version that knew no codes
  'unknown',
] as const;
export type EndCode = (typeof END_CODES)[number];

/** Why a release turns back or ends: for programs, and in full for who looks into it. */
export interface Cause {
  readonly code: EndCode;
  readonly text: string;
}

export function because(code: EndCode, text: string): Cause {
  return { code, text };
}

/** What a measurement says. The last two are never read as one of the first two. */
export type Verdict = 'good' | 'bad' | 'not-enough-data' | 'unmeasurable';

export function releaseId(text: string): ReleaseId {
  return text as ReleaseId; // the one place where a text becomes a release's name
}

export function instant(epochMs: number): Instant {
  return epochMs as Instant; // the one place where a number becomes a point in time
}

export function other(side: Side): Side {
  return side === 'stable' ? 'candidate' : 'stable';
}
