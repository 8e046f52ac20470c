// A stable pod that is evicted while the candidate is tried says nothing of the candidate: its
// replacement is waited for, and only where none comes does the release turn back.
import { expect, test } from '@jest/globals';
import { pods } from '../../embedded-cluster/kubernetes/collection.ts';
import { RESOURCE_QUOTAS } from '../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { journalOf } from '../../verification/world/journal.ts';
import { CALM, runPipeline } from '../../verification/world/process/pipeline.ts';
import { plainScenario } from '../../verification/world/scenario.ts';
import { type ProofWorld, startWorld, tell } from '../../verification/world/world.ts';

const TEN_MINUTES_MS = 600_000;

/** Takes a stable pod away when the candidate's turn comes, perhaps for good. */
function evictOne(world: ProofWorld, isReplaced: boolean): void {
  const { cluster } = world;
  let isDone = false;
  cluster.world.store.subscribe(() => {
    if (isDone || journalOf(world)?.current?.state.phase !== 'switching') return;
    isDone = true;
    const all = pods(cluster.world);
    const [one] = all.list('default').filter(({ metadata }) => metadata.labels?.version === 'blue');
    if (!isReplaced) {
      const metadata = { name: 'full', namespace: 'default' };
      const spec = { hard: { pods: '0' } };
      cluster.world.objects.create(RESOURCE_QUOTAS, {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata,
        spec,
      });
    }
    if (one) all.delete('default', one.metadata.name);
  });
}

test.each([
  ['is waited for', true, { outcome: 'promoted' }],
  ['that never comes turns the release back', false, { outcome: 'rolled-back' }],
])('a replacement %s', async (_, isReplaced, results) => {
  const scenario = plainScenario('canary', 'good', 'gateway-api');
  const slow = { ...scenario, network: { ...scenario.network, sandboxMs: 15_000 } };
  const world = await startWorld(slow);
  evictOne(world, isReplaced);
  const ends = await tell(
    world,
    runPipeline(world, { id: 'first', tag: 'v2' }, () => CALM),
    TEN_MINUTES_MS,
  );
  world.stop();
  expect(ends).toMatchObject({ conclude: { results } });
  expect(journalOf(world)?.history[0]?.cause ?? '').toMatch(
    isReplaced ? /^$/ : /stable pods ready at the switch/,
  );
});
