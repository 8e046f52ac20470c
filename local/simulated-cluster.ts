/**
 * The embedded cluster without sockets or processes, under a clock that is stepped: the same API,
 * controllers, kubelet and network, so that a whole release passes in milliseconds and repeats.
 */
import { createTokens } from './api/access/tokens.ts';
import { createCatalog } from './api/catalog.ts';
import { createFaults, type Faults } from './api/faults.ts';
import { createFront, type Front } from './api/front.ts';
import { createObjects } from './api/objects.ts';
import { startServiceAccountTokens } from './api/service-account-tokens.ts';
import { createEventRecorder } from './controllers/events.ts';
import { startControllers } from './controllers/start.ts';
import { createImageCatalog, type ImageCatalog } from './images/catalog.ts';
import type { ImageSource } from './images/image.ts';
import { NAMESPACES } from './kinds/core.ts';
import { BUILT_IN_KINDS } from './kinds/registry.ts';
import { createPodFaults, type PodFaults, withFaults } from './kubelet/faults.ts';
import { type NodeAgent, startKubelet } from './kubelet/kubelet.ts';
import { type NodeCapacity, registerNode } from './kubelet/node.ts';
import type { BackOffLimits } from './kubelet/pod-life.ts';
import {
  createScriptedRuntime,
  type ScriptedRequest,
  type ScriptedResponse,
  type ScriptFor,
} from './kubelet/scripted-runtime.ts';
import { addressPool } from './network/address-pool.ts';
import { createServiceView, type PropagationDelay } from './network/service-view.ts';
import { createRandom } from './random.ts';
import { createStore } from './store/store.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
import type { Running, World } from './world.ts';

export interface SimulationOptions {
  readonly scriptFor: ScriptFor;
  readonly images?: readonly ImageSource[];
  readonly nodes?: readonly NodeCapacity[];
  /** How long it takes to make a pod's network. */
  readonly sandboxMs?: () => number;
  readonly propagation?: PropagationDelay;
  readonly backOff?: BackOffLimits;
  readonly startMs?: number;
  readonly seed?: number;
}

export interface SimulatedCluster extends Running {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly front: Front;
  readonly adminToken: string;
  readonly apiFaults: Faults;
  readonly podFaults: PodFaults;
  readonly images: ImageCatalog;
  readonly nodes: readonly NodeAgent[];
  /** What a client is answered that connects to the Service's port now. */
  request(
    namespace: string,
    service: string,
    port: number,
    request: ScriptedRequest,
  ): ServiceResponse;
  setPropagationDelay(delay: PropagationDelay): void;
}

/** Reset: the Service has nobody behind it. */
export type ServiceResponse =
  | (ScriptedResponse & { readonly podName: string | undefined })
  | { readonly type: 'reset' };

const DEFAULT_START_MS = Date.parse('2026-01-01T00:00:00Z');
const DEFAULT_BACK_OFF: BackOffLimits = { firstMs: 10_000, lastMs: 300_000 };
const ADMIN_TOKEN = 'admin';
const NODE_ADDRESS = '10.0.0.1';

export function simulateCluster(options: SimulationOptions): SimulatedCluster {
  const clock = createVirtualClock(options.startMs ?? DEFAULT_START_MS);
  const random = createRandom(options.seed ?? 1);
  const store = createStore();
  const services = addressPool('10.0', 128, 254);
  const objects = createObjects({ store, clock, random, allocateClusterIP: services.allocate });
  const world: World = { store, objects, clock, random };
  const catalog = createCatalog(store, BUILT_IN_KINDS);
  const identity = { tokens: createTokens(world), adminToken: ADMIN_TOKEN };
  const front = createFront(world, { catalog, ...identity });
  const podFaults = createPodFaults();
  const images = createImageCatalog(options.images);
  const runtime = createScriptedRuntime(world, options.scriptFor, options.sandboxMs);
  const view = createServiceView(world, options.propagation ?? { delayMs: 300 });
  const running = [
    startServiceAccountTokens(world, { tokens: identity.tokens, ca: '' }),
    startControllers(world, catalog.kinds),
    view,
  ];
  objects.create(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'default' },
  });
  const addresses = addressPool('10.0', 1, 127);
  const nodes = (options.nodes ?? [{ name: 'node-1' }]).map((capacity) => {
    const { name } = capacity;
    const agent = startKubelet(
      {
        world,
        node: { name, address: NODE_ADDRESS },
        runtime: withFaults(runtime, podFaults, clock),
        images: { catalog: images, present: new Set() },
        credentials: undefined,
        recordEvent: createEventRecorder(world, { component: 'kubelet', host: name }),
        backOff: options.backOff ?? DEFAULT_BACK_OFF,
      },
      addresses,
    );
    registerNode(world, capacity, NODE_ADDRESS);
    return agent;
  });

  return {
    world,
    clock,
    front,
    adminToken: ADMIN_TOKEN,
    apiFaults: createFaults(world, front, identity),
    podFaults,
    images,
    nodes,
    request: (namespace, service, port, request) => {
      const backend = view.route(namespace, service, port);
      if (!backend) return { type: 'reset' };
      const { address, podName } = backend;
      return { ...runtime.request(address, request), podName };
    },
    setPropagationDelay: view.setPropagationDelay,
    stop: () => {
      for (const one of [...running, ...nodes]) one.stop();
    },
  };
}
