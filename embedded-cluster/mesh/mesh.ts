/**
 * The meshes of the embedded world: Istio's, which decides for requests to Services, and a Gateway
 * API's, whose gateways have addresses of their own. Each is several proxies that learn of a change
 * one after the other; which of them a client meets is chance.
 */

import { createRandom } from '../base/random.ts';
import type { Running, World } from '../kubernetes/world.ts';
import type { AddressPool } from '../network/address-pool.ts';
import type { PropagationDelay } from '../network/late-knowledge.ts';
import { startGatewayController } from './gateway-api/gateway-controller.ts';
import { startRouteController } from './gateway-api/route-controller.ts';
import { createMeshProxy, type MeshProxy } from './proxy.ts';

export interface MeshOptions {
  /** How long a proxy takes to hear of a route, a subset or an endpoint. */
  readonly propagation?: PropagationDelay;
  readonly proxies?: number;
  /** Whether a route's status says when the proxies have it, which most implementations leave out. */
  readonly programmed?: 'reported' | 'left-out';
}

export interface Mesh extends Running {
  readonly proxies: readonly MeshProxy[];
  /** One of the proxies, by chance. */
  pick(): MeshProxy;
  /** For changes from now on. */
  setPropagationDelay(delay: PropagationDelay): void;
}

const DEFAULT_PROPAGATION: PropagationDelay = { delayMs: 300, jitterMs: 200 };
const DEFAULT_PROXIES = 2;

/** Chance of its own, so that a world without routes tells the same story with a mesh as without. */
export function startMesh(
  world: World,
  seed: number,
  addresses: AddressPool,
  options: MeshOptions = {},
): Mesh {
  const { propagation = DEFAULT_PROPAGATION, programmed = 'reported' } = options;
  const random = createRandom(seed);
  const [first, ...others] = Array.from({ length: options.proxies ?? DEFAULT_PROXIES }, () =>
    createMeshProxy(world, random, propagation),
  );
  if (!first) throw new Error('a mesh needs at least one proxy');
  const proxies = [first, ...others];
  const running = [
    ...proxies,
    startGatewayController(world, proxies, addresses),
    startRouteController(world, proxies, programmed),
  ];
  return {
    proxies,
    pick: () => proxies[Math.floor(random() * proxies.length)] ?? first,
    setPropagationDelay: (delay) => {
      for (const proxy of proxies) proxy.setPropagationDelay(delay);
    },
    stop: () => running.forEach((one) => one.stop()),
  };
}
