/** The machines of a cluster, each with its agent. */
import { createEventRecorder } from '../kubernetes/controllers/events.ts';
import type { World } from '../kubernetes/world.ts';
import type { AddressPool } from '../network/address-pool.ts';
import { type PodFaults, withFaults } from '../node/faults.ts';
import { type NodeAgent, startKubelet } from '../node/kubelet.ts';
import { type NodeCapacity, registerNode } from '../node/node.ts';
import type { BackOffLimits } from '../node/pod/pod-life.ts';
import type { ContainerRuntime } from '../node/runtime.ts';
import type { Credentials } from '../node/volumes/credentials.ts';
import type { ImageCatalog } from '../registry/images/catalog.ts';

export interface NodesOptions {
  readonly capacities?: readonly NodeCapacity[] | undefined;
  readonly backOff?: BackOffLimits | undefined;
  readonly runtime: ContainerRuntime;
  readonly podFaults: PodFaults;
  readonly images: ImageCatalog;
  readonly credentials: Credentials | undefined;
  /** Of the nodes themselves. */
  readonly address: string;
  readonly podAddresses: AddressPool;
}

const ONE_NODE: readonly NodeCapacity[] = [{ name: 'node-1' }];
const DEFAULT_BACK_OFF: BackOffLimits = { firstMs: 10_000, lastMs: 300_000 };

export function startNodes(world: World, options: NodesOptions): readonly NodeAgent[] {
  const { capacities = ONE_NODE, backOff = DEFAULT_BACK_OFF, address, credentials } = options;
  const runtime = withFaults(options.runtime, options.podFaults, world.clock);
  return capacities.map((capacity) => {
    const { name } = capacity;
    const agent = startKubelet(
      {
        world,
        node: { name, address },
        runtime,
        images: { catalog: options.images, present: new Set() },
        credentials,
        recordEvent: createEventRecorder(world, { component: 'kubelet', host: name }),
        backOff,
      },
      options.podAddresses,
    );
    registerNode(world, capacity, address);
    return agent;
  });
}
