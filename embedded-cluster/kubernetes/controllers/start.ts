/** Everything that runs in a control plane besides the API. */
import type { Kind } from '../definitions/kind.ts';
import type { Running, World } from '../world.ts';
import { startCronJobController } from './cron-job/controller.ts';
import { startDeploymentController } from './deployment/controller.ts';
import { startDisruptionController } from './disruption-budgets.ts';
import { startEndpointSliceController } from './endpoint-slices.ts';
import { startGarbageCollector } from './garbage-collector.ts';
import { startJobController } from './job/controller.ts';
import { startNamespaceController } from './namespaces.ts';
import { startReplicaSetController } from './replica-set/controller.ts';
import { startScheduler } from './scheduler.ts';
import { startStatefulSetController } from './stateful-set/controller.ts';

/** `kinds` are those there are at the moment: definitions add to them. */
export function startControllers(world: World, kinds: () => readonly Kind[]): Running {
  const running = [
    startDeploymentController(world),
    startReplicaSetController(world),
    startStatefulSetController(world),
    startJobController(world),
    startCronJobController(world),
    startEndpointSliceController(world),
    startDisruptionController(world),
    startScheduler(world),
    startGarbageCollector(world, kinds),
    startNamespaceController(world, kinds),
  ];
  return { stop: () => running.forEach((one) => one.stop()) };
}
