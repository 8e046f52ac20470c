/** What a seed makes up: a world, what goes wrong in it and when, and who comes afterwards. Data. */
import { ROUTERS, STRATEGIES } from '../../core/vocabulary.ts';
import { CANDIDATE_TAG, type Crash, STABLE_TAG } from '../world/application.ts';
import type { Scenario } from '../world/scenario.ts';
import { KILLS, type Kill } from '../world/transport.ts';
import { createDice, type Dice } from './dice.ts';

/** From the beginning of the release. */
interface When {
  readonly atMs: number;
  readonly forMs: number;
}

/** Something that happens to the world. */
export type Mishap = When &
  (
    | { readonly kind: 'api-faults'; readonly share: number }
    | { readonly kind: 'api-unanswered'; readonly share: number }
    | {
        readonly kind: 'watches';
        readonly fault: 'watch-dropped' | 'watch-silent' | 'watch-lagging';
      }
    | { readonly kind: 'metrics-out' }
    | { readonly kind: 'edit'; readonly what: 'service' | 'deployment' }
    | { readonly kind: 'scale'; readonly by: number }
  );

/** What happens to the process that drives the release at that moment. */
export type Accident = { readonly atMs: number } & (
  | { readonly kind: 'killed' }
  /** At its next write. */
  | { readonly kind: 'killed-at-write'; readonly kill: Kill }
  /** SIGTERM. */
  | { readonly kind: 'stopped' }
  /** Its machine stalls. */
  | { readonly kind: 'frozen'; readonly forMs: number }
);

/** What an operator asks for meanwhile. */
export interface Order {
  readonly atMs: number;
  readonly command: 'promote' | 'pause' | 'resume' | 'abort' | 'drain' | 'rollback';
}

/** What comes after a stage that was cut off. */
export type Successor = 'conclude' | 'retry' | 'nobody';

export interface Tale {
  readonly scenario: Scenario;
  readonly crashes: readonly Crash[];
  readonly mishaps: readonly Mishap[];
  readonly accidents: readonly Accident[];
  readonly successors: readonly Successor[];
  readonly successorAfterMs: number;
  /** Another run for the same service, which begins while the first may still be under way. */
  readonly rivalAtMs: number | undefined;
  /** A further release when all is over; always where nobody has come to end the first. */
  readonly next: boolean;
  readonly orders: readonly Order[];
}

/** Most of what goes wrong goes wrong while the release is under way. */
const STORY_MS = 30_000;

export function taleOf(seed: number): Tale {
  const dice = createDice(seed);
  const scenario = scenarioOf(seed, dice);
  const calm = dice.chance(0.1);
  const mishaps = calm ? [] : listOf(dice.between(0, 3), () => mishapOf(dice));
  const accidents = calm ? [] : listOf(dice.between(0, 2), () => accidentOf(dice));
  return {
    scenario,
    crashes: calm ? [] : listOf(dice.chance(0.3) ? dice.between(1, 2) : 0, () => crashOf(dice)),
    mishaps,
    accidents: accidents.sort((a, b) => a.atMs - b.atMs),
    successors: listOf(4, () => dice.pick<Successor>(['conclude', 'conclude', 'retry', 'nobody'])),
    successorAfterMs: dice.pick([0, 500, 5_000, 20_000, 60_000]),
    rivalAtMs: dice.chance(0.25) ? dice.between(0, STORY_MS) : undefined,
    next: dice.chance(0.3),
    orders: dice.chance(0.3) ? listOf(dice.between(1, 3), () => orderOf(dice)) : [],
  };
}

function scenarioOf(seed: number, dice: Dice): Scenario {
  const delayMs = dice.pick([50, 300, 300, 1_000, 2_000]);
  const jitterMs = dice.chance(0.5) ? delayMs : 0;
  const strategy = dice.pick(STRATEGIES);
  return {
    seed,
    strategy,
    router: strategy === 'rolling' ? 'service' : dice.pick(ROUTERS),
    shape: dice.pick([
      'coloured',
      'coloured',
      'plain',
      ...(strategy === 'rolling' ? (['stateful-set'] as const) : []),
    ]),
    scaling: dice.pick(['fixed', 'fixed', 'autoscaled']),
    replicas: dice.pick([2, 3, 3, 4, 5, 10]),
    application: {
      ending: dice.pick(['lingers', 'lingers', 'closes', 'abrupt']),
      preStopSeconds: dice.pick([0, 2, 5]),
      listensAfterMs: dice.pick([0, 400, 3_000]),
      metrics: dice.chance(0.8) ? 'counted' : 'none',
      drainHook: dice.chance(0.7) ? 'there' : 'absent',
      versionHeader: dice.chance(0.6) ? 'told' : 'absent',
    },
    candidate: dice.pick(['good', 'good', 'good', 'failing', 'crashing', 'never-ready', 'broken']),
    network: { delayMs, jitterMs, sandboxMs: dice.pick([0, 200, 4_000]) },
    nodes: dice.between(1, 3),
    switching: dice.pick(['instant', 'instant', 'gradual', 'weighted']),
    rollbackWindowSeconds: dice.pick([0, 0, 0, 40]),
    windows: {
      monitoringSeconds: dice.pick([6, 10]),
      // Where nothing can be measured the release has to rely on this being long enough.
      drainMinSeconds: Math.ceil((delayMs + jitterMs) / 1000) + 1,
      drainMaxSeconds: 15,
      readySeconds: 60,
    },
    load: { fresh: 4, keptAlive: 4, everyMs: 250 },
  };
}

function mishapOf(dice: Dice): Mishap {
  const when = {
    atMs: dice.between(0, STORY_MS),
    forMs: dice.pick([1_000, 5_000, 20_000, 60_000]),
  };
  switch (dice.between(0, 5)) {
    case 0:
      return { ...when, kind: 'api-faults', share: dice.pick([0.05, 0.3, 1]) };
    case 1:
      return { ...when, kind: 'api-unanswered', share: dice.pick([0.1, 0.5]) };
    case 2:
      return {
        ...when,
        kind: 'watches',
        fault: dice.pick(['watch-dropped', 'watch-silent', 'watch-lagging']),
      };
    case 3:
      return { ...when, kind: 'metrics-out' };
    case 4:
      return { ...when, kind: 'edit', what: dice.pick(['service', 'deployment']) };
    default:
      return { ...when, kind: 'scale', by: dice.pick([-1, 1, 2]) };
  }
}

function accidentOf(dice: Dice): Accident {
  const atMs = dice.between(0, STORY_MS);
  switch (dice.between(0, 4)) {
    case 0:
      return { atMs, kind: 'killed' };
    case 1:
      return { atMs, kind: 'stopped' };
    case 2:
      return { atMs, kind: 'frozen', forMs: dice.pick([2_000, 20_000, 60_000]) };
    default:
      return { atMs, kind: 'killed-at-write', kill: dice.pick(KILLS) };
  }
}

function orderOf(dice: Dice): Order {
  return {
    atMs: dice.between(0, 2 * STORY_MS),
    command: dice.pick(['promote', 'pause', 'resume', 'abort', 'drain', 'rollback', 'rollback']),
  };
}

function crashOf(dice: Dice): Crash {
  return {
    version: dice.pick([STABLE_TAG, CANDIDATE_TAG]),
    nth: dice.between(0, 3),
    afterMs: dice.between(1_000, STORY_MS + 20_000),
  };
}

function listOf<T>(length: number, make: () => T): T[] {
  return Array.from({ length }, make);
}
