// A watch that falls silent shows the cluster as it was. What is waited for and cannot be seen there
// may have come long ago: a release that gives up on it would go back for nothing.
import { expect, test } from '@jest/globals';
import { watchCapacity } from '../../verification/invariants/capacity.ts';
import { journalOf } from '../../verification/world/journal.ts';
import { CALM, runPipeline } from '../../verification/world/process/pipeline.ts';
import { plainScenario } from '../../verification/world/scenario.ts';
import { startWorld, tell } from '../../verification/world/world.ts';

const TEN_MINUTES_MS = 600_000;
/** Shorter than what a watch has told is trusted. */
const READY_SECONDS = 15;

test.each([
  ['endpointslices', 'whom traffic reaches'],
  ['pods', 'which pods are ready'],
  ['deployments', 'how far a rollout is'],
])(
  'a release whose watch of %s is silent looks again before it gives up on %s',
  async (resource) => {
    const plain = plainScenario('blue-green');
    const world = await startWorld({
      ...plain,
      windows: { ...plain.windows, readySeconds: READY_SECONDS },
    });
    const fault = { type: 'watch-silent', afterMs: 0 } as const;
    world.cluster.apiFaults.add({ verbs: ['watch'], resources: [resource], fault });
    await tell(
      world,
      runPipeline(world, { id: 'first', tag: 'v2' }, () => CALM),
      TEN_MINUTES_MS,
    );
    world.stop();
    expect(journalOf(world)?.history).toMatchObject([{ outcome: 'promoted' }]);
    expect(world.clients.traffic.lost).toEqual([]);
  },
);

test('the pod that the drain probe ended is not counted on, whatever the watch shows', async () => {
  const plain = plainScenario('blue-green');
  const world = await startWorld({
    ...plain,
    replicas: 2,
    application: { ...plain.application, listensAfterMs: 3_000 },
  });
  const broken: string[] = [];
  const unwatch = watchCapacity(
    world,
    () => 2,
    (_invariant, seen) => broken.push(seen),
  );
  const fault = { type: 'watch-silent', afterMs: 0 } as const;
  world.cluster.apiFaults.add({ verbs: ['watch'], fault });
  await tell(
    world,
    runPipeline(world, { id: 'first', tag: 'v2' }, () => CALM),
    TEN_MINUTES_MS,
  );
  unwatch();
  world.stop();
  expect(journalOf(world)?.history).toMatchObject([{ outcome: 'promoted' }]);
  expect(broken).toEqual([]);
});
