// Candidates beside which no stable runs, or hardly any traffic: a bad one is not promoted for want of
// a comparison, and a good one is not held for want of requests.
import { describe, expect, test } from '@jest/globals';
import type { StrategyName } from '../../core/base/vocabulary.ts';
import { journalOf } from '../../verification/world/journal.ts';
import { CALM, runPipeline } from '../../verification/world/process/pipeline.ts';
import { type Candidate, plainScenario } from '../../verification/world/scenario.ts';
import { startWorld, tell } from '../../verification/world/world.ts';

const AN_HOUR_MS = 3_600_000;

interface Played {
  readonly outcome: string | undefined;
  readonly cause: string | undefined;
  readonly failed: number;
}

async function played(
  strategy: StrategyName,
  candidate: Candidate,
  failingEvery: number,
  load: { fresh: number; keptAlive: number; everyMs: number },
  monitoringSeconds = 180,
): Promise<Played> {
  const plain = plainScenario(strategy, candidate);
  const windows = { ...plain.windows, monitoringSeconds };
  const world = await startWorld({ ...plain, failingEvery, windows, load });
  await tell(
    world,
    runPipeline(world, { id: 'first', tag: 'v2' }, () => CALM),
    AN_HOUR_MS,
  );
  world.stop();
  const [last] = journalOf(world)?.history ?? [];
  const failed = world.clients.traffic.answers.get('v2')?.errors ?? 0;
  return { outcome: last?.outcome, cause: last?.cause, failed };
}

const every = (everyMs: number) => ({ fresh: 1, keptAlive: 0, everyMs });
const BUSY = { fresh: 4, keptAlive: 4, everyMs: 250 };
/** Of the little that such a service answers in ten minutes, hardly any may be lost to a bad version. */
const FEW = 10;

describe('a candidate that fails every request of a quiet service is turned back', () => {
  test.each([
    ['blue-green', 1_000],
    ['blue-green', 10_000],
    ['canary', 1_600],
    ['canary', 10_000],
    ['rolling', 3_000],
    ['rolling', 10_000],
  ] as const)('%s, a request every %i ms', async (strategy, everyMs) => {
    const { outcome, failed, cause } = await played(strategy, 'failing', 1, every(everyMs));
    expect(outcome).toBe('rolled-back');
    expect(cause).toMatch(/\d+% \(\d+ of \d+\) against/);
    expect(failed).toBeLessThanOrEqual(FEW);
  });
});

describe('a candidate that fails one request in eleven is turned back', () => {
  test.each(['blue-green', 'rolling', 'canary'] as const)('%s', async (strategy) => {
    const { outcome, failed } = await played(strategy, 'failing', 11, BUSY);
    expect(outcome).toBe('rolled-back');
    // Of more than 500 in three minutes; rolling knows little of a stable that has just begun.
    expect(failed).toBeLessThanOrEqual(strategy === 'rolling' ? 130 : 30);
  });
});

describe('a good candidate of a quiet service is promoted', () => {
  test.each([
    ['blue-green', 10_000],
    ['canary', 10_000],
    ['rolling', 10_000],
    ['blue-green', 100_000_000],
  ] as const)('%s, a request every %i ms', async (strategy, everyMs) => {
    const { outcome } = await played(strategy, 'good', 1, every(everyMs), 60);
    expect(outcome).toBe('promoted');
  });
});
