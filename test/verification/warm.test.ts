// A rollback within its window, and what becomes of the old version after it: production stages, the
// simulated cluster, and clients whose every request is counted.
import { expect, test } from '@jest/globals';
import { sleep } from '../../embedded-cluster/base/clock.ts';
import { deployments, pods } from '../../embedded-cluster/kubernetes/collection.ts';
import { checkStanding, lookBefore } from '../../verification/invariants/standing.ts';
import { journalOf } from '../../verification/world/journal.ts';
import {
  runCommand,
  runPipeline,
  runRecover,
  type StageOptions,
} from '../../verification/world/pipeline.ts';
import { plainScenario } from '../../verification/world/scenario.ts';
import { NAMESPACE, SERVICE } from '../../verification/world/service.ts';
import { type ProofWorld, startWorld, tell } from '../../verification/world/world.ts';

const A_DAY_MS = 86_400_000;
const WINDOW_MS = 30 * 60_000;

function podsOf({ cluster }: ProofWorld, colour: string): string[] {
  return pods(cluster.world)
    .list(NAMESPACE)
    .filter(({ metadata }) => metadata.labels?.version === colour)
    .map(({ metadata }) => metadata.name)
    .sort();
}

function replicasOf({ cluster }: ProofWorld, colour: string): number | undefined {
  return deployments(cluster.world).get(NAMESPACE, `${SERVICE}-${colour}`)?.spec.replicas;
}

test('rollback finds the old pods running; recover lets go of what was kept, when its time is over', async () => {
  const world = await startWorld({
    ...plainScenario('blue-green'),
    rollbackWindowSeconds: WINDOW_MS / 1000,
  });
  const before = lookBefore(world);
  const lines: string[] = [];
  const calm: StageOptions = { latencyMs: () => 3, log: (line) => lines.push(line) };
  const { cluster } = world;
  const recovered = () => runRecover(world, calm);

  const story = async () => {
    const old = podsOf(world, 'blue');
    await runPipeline(world, { id: 'run-1', tag: 'v2' }, () => calm);
    expect(podsOf(world, 'blue')).toEqual(old);
    await recovered();
    expect(replicasOf(world, 'blue')).toBe(3);

    const back = await runCommand(world, 'rollback', 'back', {}, calm);
    expect(back).toMatchObject({ kind: 'exited', code: 0, results: { answer: 'promoted' } });
    expect(podsOf(world, 'blue')).toEqual(old);
    expect(replicasOf(world, 'green')).toBe(3);

    await sleep(cluster.clock, WINDOW_MS);
    expect(await recovered()).toMatchObject({ kind: 'exited', code: 0 });
    expect([replicasOf(world, 'blue'), replicasOf(world, 'green')]).toEqual([3, 0]);
    expect(journalOf(world)?.history.filter(({ warm }) => warm)).toEqual([]);
    await recovered();
  };
  await tell(world, story(), A_DAY_MS);
  const wrong: string[] = [];
  checkStanding(world, before, 3, (_invariant, seen) => wrong.push(seen));
  const lost = world.clients.traffic.lost.length;
  world.stop();
  expect({ lost, wrong }).toEqual({ lost: 0, wrong: [] });
  expect(lines.join('\n')).toContain('kept-warm=shop-blue for=30m');
  const found = lines.flatMap((line) => /orphans=\d/.exec(line) ?? []);
  expect(found).toEqual(['orphans=0', 'orphans=1', 'orphans=0']);
});
