/** The run after the release: what only v1.1.0 needed goes, once none of its pods is left and v1.2.0 has soaked. */
import { sleep } from '../../embedded-cluster/base/clock.ts';
import type { Cluster } from '../../embedded-cluster/cluster/cluster.ts';
import { pods } from '../../embedded-cluster/kubernetes/collection.ts';
import { TASK_RUNS } from '../../embedded-cluster/tekton/kinds.ts';
import { CANDIDATE, SERVICE, STABLE } from '../cluster.ts';
import type { Screen } from '../screen.ts';
import { followTask, type StageReport, taskEnded, taskReport } from '../stages.ts';
import { MIGRATING } from './database.ts';

const NAME = 'contract-payment-service';
const SOAK_MS = 3_000;
const GONE_WITHIN_MS = 40_000;

/** The TaskRun of docs/database-migration.md. */
export async function contractInTheNextRun(
  cluster: Cluster,
  shown: Screen,
): Promise<StageReport | undefined> {
  const { world } = cluster;
  const until = world.clock.now() + GONE_WITHIN_MS;
  shown.line(`waiting until no pod of ${STABLE} is left and ${CANDIDATE} has served for 3s`);
  while (oldPods(cluster) > 0 && world.clock.now() < until) await sleep(world.clock, 200);
  await sleep(world.clock, SOAK_MS);
  const unfollow = followTask(cluster, NAME, (line) => shown.line(`[contract] ${line}`));
  shown.line(`TaskRun ${NAME} submitted: removes what only ${STABLE} needed`);
  const params = {
    'release-id': NAME,
    'service-name': SERVICE.name,
    'image-tag': CANDIDATE,
    command: 'contract',
  };
  world.objects.create(TASK_RUNS, {
    apiVersion: 'tekton.dev/v1',
    kind: 'TaskRun',
    metadata: { name: NAME, namespace: SERVICE.namespace },
    spec: {
      serviceAccountName: 'zero-downtime-database-migration',
      taskRef: { name: 'zero-downtime-database-migration' },
      params: Object.entries(params).map(([name, value]) => ({ name, value })),
      workspaces: MIGRATING.workspaces,
    },
  });
  await taskEnded(cluster, NAME);
  unfollow();
  return taskReport(cluster, NAME);
}

/** Those that are ending included. */
function oldPods({ world }: Cluster): number {
  return pods(world)
    .list(SERVICE.namespace)
    .filter(({ spec }) => spec.containers.some(({ image }) => image?.endsWith(`:${STABLE}`)))
    .length;
}
