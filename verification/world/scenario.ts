/**
 * What a simulated world is like before anything goes wrong in it: the service, the application
 * behind it, its clients and the candidate that is to be released. Plain data, so that a seed, a
 * test or a person can say it.
 */
import type { RouterName, StrategyName } from '../../core/base/vocabulary.ts';

/**
 * What the application does on SIGTERM. lingers: answers for a while yet, and lets go of every
 * connection · closes: refuses at once, and lets go politely · abrupt: is gone, cutting whatever is
 * connected.
 */
export type Ending = 'lingers' | 'closes' | 'abrupt';

/**
 * good · failing: answers one request in five, or in `failingEvery`, with 500 · crashing: exits a while after its start ·
 * never-ready: runs, and fails its readiness probe · broken: ready, and fails its smoke check.
 */
export type Candidate = 'good' | 'failing' | 'crashing' | 'never-ready' | 'broken';

/**
 * coloured: a Deployment of one colour, which the Service selects · plain: a Deployment without one,
 * and a Service that selects the application alone · stateful-set: as plain, for `rolling` alone.
 */
export type Shape = 'coloured' | 'plain' | 'stateful-set';

/** autoscaled: an autoscaler has a say in how many pods serve. */
export type Scaling = 'fixed' | 'autoscaled';

/** How a blue-green release moves traffic: all at once, by increments, or by steps. */
export type SwitchMode = 'instant' | 'gradual' | 'weighted';

export interface Scenario {
  readonly seed: number;
  readonly strategy: StrategyName;
  readonly router: RouterName;
  readonly shape: Shape;
  readonly replicas: number;
  readonly scaling: Scaling;
  readonly application: {
    readonly ending: Ending;
    /** 0: no preStop hook. */
    readonly preStopSeconds: number;
    /** How long a container takes until it listens. */
    readonly listensAfterMs: number;
    /** Whether pods count their requests on /metrics. */
    readonly metrics: 'counted' | 'none';
    readonly drainHook: 'there' | 'absent';
    /** Whether answers name their version in a header that the release config names too. */
    readonly versionHeader: 'told' | 'absent';
  };
  readonly candidate: Candidate;
  /** Of a failing candidate: of so many requests to a pod, one fails. Missing: of five. */
  readonly failingEvery?: number;
  readonly network: {
    readonly delayMs: number;
    readonly jitterMs: number;
    /** How long it takes to make a pod's network, at most. */
    readonly sandboxMs: number;
  };
  readonly nodes: number;
  /** Of blue-green; the others go their own way. */
  readonly switching: SwitchMode;
  /** How long old pods outlive a promotion; 0: not at all. */
  readonly rollbackWindowSeconds: number;
  readonly windows: {
    readonly monitoringSeconds: number;
    readonly drainMinSeconds: number;
    readonly drainMaxSeconds: number;
    /** How long pods may take to become ready, and traffic to move. */
    readonly readySeconds: number;
  };
  readonly load: {
    readonly fresh: number;
    readonly keptAlive: number;
    readonly everyMs: number;
  };
}

/** How many pods a release leaves ready of so many: a StatefulSet replaces its own in place. */
export function leastReady({ shape }: Scenario, replicas: number): number {
  return shape === 'stateful-set' ? replicas - 1 : replicas;
}

/** The world in which releases are compared: nothing in it is special. */
export function plainScenario(
  strategy: StrategyName,
  candidate: Candidate = 'good',
  router: RouterName = 'service',
): Scenario {
  return {
    seed: 1,
    strategy,
    router,
    shape: 'coloured',
    replicas: 3,
    scaling: 'fixed',
    application: {
      ending: 'lingers',
      preStopSeconds: 2,
      listensAfterMs: 400,
      metrics: 'counted',
      drainHook: 'there',
      versionHeader: 'told',
    },
    candidate,
    network: { delayMs: 300, jitterMs: 0, sandboxMs: 200 },
    nodes: 1,
    switching: 'instant',
    rollbackWindowSeconds: 0,
    windows: { monitoringSeconds: 5, drainMinSeconds: 2, drainMaxSeconds: 10, readySeconds: 60 },
    load: { fresh: 4, keptAlive: 4, everyMs: 250 },
  };
}
