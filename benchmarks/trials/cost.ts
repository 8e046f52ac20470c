/** What judging costs: processor time for a long release, and the size of what is remembered. */

import { sequential } from '../../core/judge/judges/sequential.ts';
import { SEQUENTIAL_DEFAULTS } from '../../core/judge/policy.ts';
import { random } from '../world/random.ts';
import { SCENARIOS } from '../world/scenarios.ts';
import { hourOf } from '../world/world.ts';

export interface Cost {
  readonly windows: number;
  /** Processor time for all windows, a verdict at the end: the fastest of several runs. */
  readonly judgementMs: number;
  /** Windows taken and judged one by one. */
  readonly verdictsPerSecond: number;
  readonly evidenceBytes: number;
  readonly heapMb: number;
}

const WINDOWS = 10_000;
const RUNS = 20;

export function costOf(seed: number): Cost {
  const [scenario] = SCENARIOS;
  if (!scenario) throw new Error('there is no scenario');
  const hour = [...hourOf(scenario, random(seed))].map(({ window }) => window);
  const windows = Array.from({ length: WINDOWS }, (_, index) => hour[index % hour.length]);
  const judge = sequential(SEQUENTIAL_DEFAULTS);
  let evidence = judge.begin();
  const play = (each: () => void): number => {
    evidence = judge.begin();
    const began = process.cpuUsage();
    for (const window of windows) {
      if (window) evidence = judge.take(evidence, window);
      each();
    }
    judge.verdict(evidence);
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000;
  };
  const best = (each: () => void): number =>
    Math.min(...Array.from({ length: RUNS }, () => play(each)));
  const judgementMs = best(() => undefined);
  const verdictMs = best(() => judge.verdict(evidence));
  return {
    windows: WINDOWS,
    judgementMs,
    verdictsPerSecond: (1000 * WINDOWS) / verdictMs,
    evidenceBytes: JSON.stringify(evidence).length,
    heapMb: process.memoryUsage().heapUsed / 2 ** 20,
  };
}
