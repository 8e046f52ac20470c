/** Many releases of one kind, each watched by all judges at once; and what became of them. */

import { random } from '../world/random.ts';
import type { Scenario } from '../world/scenarios.ts';
import { hourOf, lifeOf } from '../world/world.ts';
import type { Peer } from './peers.ts';

/** How one judge did over all releases of a scenario. */
export interface Result {
  readonly name: string;
  readonly releases: number;
  readonly rolledBack: number;
  /** Wilson's 95% interval of the share rolled back. */
  readonly interval: readonly [lower: number, upper: number];
  /** Minutes to the decision, median of those rolled back. */
  readonly minutes: number | undefined;
  /** Means over all releases, until the decision or the end of the hour. */
  readonly requests: number;
  readonly badRequests: number;
  /** Said to be good enough before (or without) being rolled back, and when, median. */
  readonly promoted: number;
  readonly minutesToPromotion: number | undefined;
}

interface Tally {
  readonly decided: number[];
  readonly promoted: number[];
  requests: number;
  badRequests: number;
}

export function trial(
  scenario: Scenario,
  peers: readonly Peer[],
  replicates: number,
  seedOf: (replicate: number) => number,
): readonly Result[] {
  const tallies = peers.map(
    (): Tally => ({ decided: [], promoted: [], requests: 0, badRequests: 0 }),
  );
  for (let replicate = 0; replicate < replicates; replicate++) {
    play(scenario, peers, tallies, seedOf(replicate));
  }
  return peers.map(({ name }, index) => resultOf(name, replicates, tallyOf(tallies, index)));
}

function play(
  scenario: Scenario,
  peers: readonly Peer[],
  tallies: readonly Tally[],
  seed: number,
): void {
  const life = lifeOf(scenario, random(~seed));
  const seats = peers.map(({ sit }, index) => ({
    opine: sit(life),
    tally: tallyOf(tallies, index),
    promoted: false,
    gone: false,
  }));
  let left = seats.length;
  for (const { window, requests, badRequests } of hourOf(scenario, random(seed))) {
    for (const seat of seats) {
      if (seat.gone) continue;
      seat.tally.requests += requests;
      seat.tally.badRequests += badRequests;
      const opinion = seat.opine(window);
      if (opinion === 'promote' && !seat.promoted) {
        seat.promoted = true;
        seat.tally.promoted.push(window.at / 60_000);
      }
      if (opinion !== 'roll back') continue;
      seat.tally.decided.push(window.at / 60_000);
      seat.gone = true;
      left--;
    }
    if (left === 0) return;
  }
}

function tallyOf(tallies: readonly Tally[], index: number): Tally {
  const tally = tallies[index];
  if (!tally) throw new Error(`no tally for judge ${index}`);
  return tally;
}

function resultOf(name: string, releases: number, tally: Tally): Result {
  const rolledBack = tally.decided.length;
  return {
    name,
    releases,
    rolledBack,
    interval: wilson(rolledBack, releases),
    minutes: median(tally.decided),
    requests: tally.requests / releases,
    badRequests: tally.badRequests / releases,
    promoted: tally.promoted.length,
    minutesToPromotion: median(tally.promoted),
  };
}

/** E. B. Wilson, 1927; 95%. */
function wilson(hits: number, of: number): readonly [number, number] {
  const z = 1.959964;
  const share = hits / of;
  const centre = share + (z * z) / (2 * of);
  const half = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  const scale = 1 + (z * z) / of;
  return [Math.max(0, (centre - half) / scale), (centre + half) / scale];
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

export function find(results: readonly Result[], name: string): Result {
  const found = results.find((result) => result.name === name);
  if (!found) throw new Error(`no result of ${name}`);
  return found;
}
