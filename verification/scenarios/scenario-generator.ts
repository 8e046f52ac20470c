/** What a seed makes up: a world, what goes wrong in it and when, and who comes afterwards. Data. */
import { bentFor, type NeighbourName, someOf, visitsOf } from '../neighbours/all.ts';
import type { Visit } from '../neighbours/visit.ts';
import type { Crash } from '../world/application/application.ts';
import { CANDIDATE_TAG, STABLE_TAG } from '../world/application/versions.ts';
import { KILLS, type Kill } from '../world/process/transport.ts';
import { createRng, type Rng } from '../world/rng.ts';
import type { Scenario } from '../world/scenario.ts';
import { scenarioOf } from './setting.ts';

/** From the beginning of the release. */
interface When {
  readonly atMs: number;
  readonly forMs: number;
}

/** Something that happens to the world. */
export type EnvironmentFault = When &
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
export interface OperatorCommand {
  readonly atMs: number;
  readonly command: 'promote' | 'pause' | 'resume' | 'abort' | 'drain' | 'rollback';
}

/** What comes after a stage that was cut off. */
export type Successor = 'conclude' | 'retry' | 'nobody';

export interface GeneratedScenario {
  readonly scenario: Scenario;
  readonly crashes: readonly Crash[];
  readonly mishaps: readonly EnvironmentFault[];
  readonly accidents: readonly Accident[];
  readonly successors: readonly Successor[];
  readonly successorAfterMs: number;
  /** Another run for the same service, which begins while the first may still be under way. */
  readonly rivalAtMs: number | undefined;
  /** A further release when all is over; always where nobody has come to end the first. */
  readonly next: boolean;
  readonly orders: readonly OperatorCommand[];
  /** Neighbours who come. */
  readonly visits: readonly Visit[];
}

/** Who comes besides what a seed's tale has anyway. */
export interface Company {
  /** some: one or two of all, as the seed has it. */
  readonly invited: readonly NeighbourName[] | 'some';
  /** Nothing else goes wrong then. */
  readonly alone: boolean;
}

const NO_COMPANY: Company = { invited: [], alone: false };

/** By turns nobody, one or two neighbours and nothing else, and both at once. */
export function companyOf(seed: number): Company {
  switch (seed % 3) {
    case 0:
      return NO_COMPANY;
    case 1:
      return { invited: 'some', alone: true };
    default:
      return { invited: 'some', alone: false };
  }
}

/** Most of what goes wrong goes wrong while the release is under way. */
const STORY_MS = 30_000;

export function generateScenario(
  seed: number,
  { invited: asked, alone }: Company = NO_COMPANY,
): GeneratedScenario {
  const rng = createRng(seed);
  const invited = asked === 'some' ? someOf(seed) : asked;
  const tale = eventsOf(rng, scenarioOf(seed, rng));
  const scenario = bentFor(tale.scenario, invited);
  const visits = visitsOf(seed, scenario, invited);
  if (!alone) return { ...tale, scenario, visits };
  const calm = { crashes: [], mishaps: [], accidents: [], orders: [] };
  // A clock differs only where there is somebody else whose clock it differs from.
  const hasRival = visits.some(({ name }) => name === 'clock-skew');
  const rivalAtMs = hasRival ? createRng(seed).between(0, STORY_MS) : undefined;
  return { ...tale, ...calm, scenario, visits, rivalAtMs };
}

function eventsOf(rng: Rng, scenario: Scenario): GeneratedScenario {
  const calm = rng.chance(0.1);
  const mishaps = calm ? [] : listOf(rng.between(0, 3), () => mishapOf(rng));
  const accidents = calm ? [] : listOf(rng.between(0, 2), () => accidentOf(rng));
  return {
    scenario,
    crashes: calm ? [] : listOf(rng.chance(0.3) ? rng.between(1, 2) : 0, () => crashOf(rng)),
    mishaps,
    accidents: accidents.sort((a, b) => a.atMs - b.atMs),
    successors: listOf(4, () => rng.pick<Successor>(['conclude', 'conclude', 'retry', 'nobody'])),
    successorAfterMs: rng.pick([0, 500, 5_000, 20_000, 60_000]),
    rivalAtMs: rng.chance(0.25) ? rng.between(0, STORY_MS) : undefined,
    next: rng.chance(0.3),
    orders: rng.chance(0.3) ? listOf(rng.between(1, 3), () => orderOf(rng)) : [],
    visits: [],
  };
}

function mishapOf(rng: Rng): EnvironmentFault {
  const when = {
    atMs: rng.between(0, STORY_MS),
    forMs: rng.pick([1_000, 5_000, 20_000, 60_000]),
  };
  switch (rng.between(0, 5)) {
    case 0:
      return { ...when, kind: 'api-faults', share: rng.pick([0.05, 0.3, 1]) };
    case 1:
      return { ...when, kind: 'api-unanswered', share: rng.pick([0.1, 0.5]) };
    case 2:
      return {
        ...when,
        kind: 'watches',
        fault: rng.pick(['watch-dropped', 'watch-silent', 'watch-lagging']),
      };
    case 3:
      return { ...when, kind: 'metrics-out' };
    case 4:
      return { ...when, kind: 'edit', what: rng.pick(['service', 'deployment']) };
    default:
      return { ...when, kind: 'scale', by: rng.pick([-1, 1, 2]) };
  }
}

function accidentOf(rng: Rng): Accident {
  const atMs = rng.between(0, STORY_MS);
  switch (rng.between(0, 4)) {
    case 0:
      return { atMs, kind: 'killed' };
    case 1:
      return { atMs, kind: 'stopped' };
    case 2:
      return { atMs, kind: 'frozen', forMs: rng.pick([2_000, 20_000, 60_000]) };
    default:
      return { atMs, kind: 'killed-at-write', kill: rng.pick(KILLS) };
  }
}

function orderOf(rng: Rng): OperatorCommand {
  return {
    atMs: rng.between(0, 2 * STORY_MS),
    command: rng.pick(['promote', 'pause', 'resume', 'abort', 'drain', 'rollback', 'rollback']),
  };
}

function crashOf(rng: Rng): Crash {
  return {
    version: rng.pick([STABLE_TAG, CANDIDATE_TAG]),
    nth: rng.between(0, 3),
    afterMs: rng.between(1_000, STORY_MS + 20_000),
  };
}

function listOf<T>(length: number, make: () => T): T[] {
  return Array.from({ length }, make);
}
