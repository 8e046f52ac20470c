/** Everything that runs in a control plane besides the API. */
import type { Running, World } from '../world.ts';
import { startDeploymentController } from './deployment/controller.ts';
import { startEndpointSliceController } from './endpoint-slices.ts';
import { startReplicaSetController } from './replica-set/controller.ts';
import { startScheduler } from './scheduler.ts';

export function startControllers(world: World): Running {
  const running = [
    startDeploymentController(world),
    startReplicaSetController(world),
    startEndpointSliceController(world),
    startScheduler(world),
  ];
  return { stop: () => running.forEach((one) => one.stop()) };
}
