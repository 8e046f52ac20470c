/** A neighbour's visit to a simulated world, as a seed draws it, and what every neighbour can say of itself. */

import type { ApiGate } from '../world/process/api-gate.ts';
import type { StageOptions } from '../world/process/pipeline.ts';
import type { Rng } from '../world/rng.ts';
import type { Scenario } from '../world/scenario.ts';
import type { ProofWorld } from '../world/world.ts';
import type { Deeds } from './deeds.ts';

/** When it comes: before anything begins, at a time, or a while after the release is in a phase. */
export type Moment =
  | { readonly kind: 'before' }
  | { readonly kind: 'at'; readonly atMs: number }
  | { readonly kind: 'in'; readonly phase: string; readonly afterMs: number };

export interface Visit {
  readonly name: string;
  /** In which of its ways it comes. */
  readonly variant: string;
  readonly moment: Moment;
}

/** What a neighbour finds. */
export interface Site {
  readonly world: ProofWorld;
  readonly deeds: Deeds;
  readonly gate: ApiGate;
  /** Whether some process drives the release just now. */
  readonly isDriven: () => boolean;
  /** Whether whoever drives waits for an answer that the API owes, and can do nothing until it gives that up. */
  readonly isStalled: () => boolean;
  /** How late watches tell of pods just now. */
  readonly viewsLateMs: () => number;
  /** Called when the first run is over, whoever has ended it. */
  readonly atEnd: (task: () => void) => void;
  /** What is over by itself after so long, and until then keeps everybody from anything. */
  readonly lasts: (forMs: number) => void;
  /** Called when the world is. */
  readonly onStop: (task: () => void) => void;
  /** Changes how stages are run that begin from now on. */
  readonly alter: (change: Alteration) => void;
}

export type Role = 'main' | 'rival';
export type Alteration = (role: Role, options: StageOptions) => StageOptions;

export interface Neighbour {
  /** Which kind of issue, as docs/verification.md lists them. */
  readonly kind: string;
  /** In which ways it may come to this world; none: it has nothing to do there. */
  readonly variants: (scenario: Scenario) => readonly string[];
  readonly moment: (rng: Rng, scenario: Scenario, variant: string) => Moment;
  /** Makes of a scenario one in which it has something to do. */
  readonly bend?: (scenario: Scenario) => Scenario;
  readonly act: (site: Site, variant: string) => void;
  /**
   * Whether it leaves all alone that a release needs, so that a good candidate is promoted where
   * nothing else goes wrong, or refused before anything begins.
   */
  readonly isHarmless?: boolean;
  /** Whether a release that it forbids can know so before it begins, where it was there by then. */
  readonly isForeseeable?: boolean;
}

/** Phases in which the stable lives and may have to take everything back. */
const WHILE_STABLE_LIVES = [
  'preparing',
  'testing',
  'confirming',
  'monitoring',
  'holding',
  'landing',
  'draining',
] as const;
/** In these it is going, or has gone. */
const AT_ITS_END = ['retiring', 'tidying'] as const;
const WHILE_ROLLING = ['rolling', 'monitoring', 'holding'] as const;

/** Longest pause between the beginning of a phase and somebody's deed in it. */
const LATER_MS = 4_000;
/** Most of a release of the simulation is over by then. */
const MEANWHILE_MS = 25_000;

export function whileStableLives(rng: Rng, { strategy }: Scenario): Moment {
  return inOneOf(rng, strategy === 'rolling' ? WHILE_ROLLING : WHILE_STABLE_LIVES);
}

export function inAnyPhase(rng: Rng, { strategy }: Scenario): Moment {
  return inOneOf(
    rng,
    strategy === 'rolling' ? WHILE_ROLLING : [...WHILE_STABLE_LIVES, ...AT_ITS_END],
  );
}

function inOneOf(rng: Rng, phases: readonly string[]): Moment {
  const [first, ...others] = phases;
  return {
    kind: 'in',
    phase: rng.pick([first ?? 'monitoring', ...others]),
    afterMs: rng.pick([0, 200, 1_000, LATER_MS]),
  };
}

export function beforeOrMeanwhile(rng: Rng): Moment {
  return rng.chance(0.5) ? { kind: 'before' } : meanwhile(rng);
}

export function meanwhile(rng: Rng): Moment {
  return { kind: 'at', atMs: rng.between(500, MEANWHILE_MS) };
}
