// A write may take long to be carried out. What comes after it has to wait for proxies to hear of it
// from then on, not from when it was sent: each hears of it in its own time, and a subset that a route
// still leads to would be gone.
import { expect, test } from '@jest/globals';
import { journalOf } from '../../verification/world/journal.ts';
import { CALM, runPipeline } from '../../verification/world/process/pipeline.ts';
import { plainScenario } from '../../verification/world/scenario.ts';
import { startWorld, tell } from '../../verification/world/world.ts';

const TEN_MINUTES_MS = 600_000;

test.each([3, 4, 5])(
  'a route that is given back slowly has spread before what it led to is taken away, seed %i',
  async (seed) => {
    const world = await startWorld({
      ...plainScenario('blue-green', 'broken', 'istio'),
      seed,
      network: { delayMs: 100, jitterMs: 1_700, sandboxMs: 200 },
      nodes: 3,
    });
    const { apiFaults, world: inner } = world.cluster;
    let slow: { stop(): void } | undefined;
    const unwatch = inner.store.subscribe(() => {
      if (slow || journalOf(world)?.current?.state.phase !== 'tidying') return;
      slow = apiFaults.add({
        verbs: ['patch'],
        resources: ['virtualservices'],
        times: 1,
        fault: { type: 'unanswered', afterMs: 8_000 },
      });
    });
    await tell(
      world,
      runPipeline(world, { id: 'first', tag: 'v2' }, () => CALM),
      TEN_MINUTES_MS,
    );
    unwatch();
    world.stop();
    expect(slow).toBeDefined();
    expect(journalOf(world)?.history).toMatchObject([{ outcome: 'rolled-back' }]);
    expect(world.clients.traffic.lost).toEqual([]);
  },
);
