// From blue to green and back: what serves after each release is as whole as what its owner made.
import { expect, test } from '@jest/globals';
import { deployments } from '../../embedded-cluster/kubernetes/collection.ts';
import { journalOf } from '../../verification/world/journal.ts';
import { CALM, runPipeline } from '../../verification/world/process/pipeline.ts';
import { plainScenario } from '../../verification/world/scenario.ts';
import { type ProofWorld, startWorld, tell } from '../../verification/world/world.ts';

const LONG_MS = 3_000_000;
const SPEC = { minReadySeconds: 1, progressDeadlineSeconds: 1800, revisionHistoryLimit: 2 };
const MINE = { 'reloader.stakater.com/auto': 'true' };
const TRACKING = { 'app.kubernetes.io/instance': 'shop-prod' };

function found({ cluster }: ProofWorld, name: string) {
  const each = deployments(cluster.world).get('default', name);
  if (!each) throw new Error(`no deployment ${name}`);
  return each;
}

test('a Deployment keeps its fields over two releases, and its copy is nobody else’s to prune', async () => {
  const world = await startWorld(plainScenario('blue-green'));
  const blue = found(world, 'shop-blue');
  const { labels, annotations } = blue.metadata;
  deployments(world.cluster.world).update({
    ...blue,
    metadata: {
      ...blue.metadata,
      labels: { ...labels, ...TRACKING },
      annotations: { ...annotations, ...MINE },
    },
    spec: { ...blue.spec, ...SPEC },
  });
  for (const [id, tag] of [
    ['first', 'v2'],
    ['second', 'v3'],
  ] as const) {
    await tell(
      world,
      runPipeline(world, { id, tag }, () => CALM),
      LONG_MS,
    );
    expect(journalOf(world)?.history[0]).toMatchObject({ release: id, outcome: 'promoted' });
  }
  for (const name of ['shop-green', 'shop-blue']) {
    const { spec, metadata } = found(world, name);
    expect(spec).toMatchObject(SPEC);
    expect(metadata.annotations).toMatchObject(MINE);
  }
  expect(found(world, 'shop-green').metadata.labels).not.toMatchObject(TRACKING);
  expect(found(world, 'shop-blue').metadata.labels).toMatchObject(TRACKING);
  world.stop();
});
