/** The network of a cluster: names, addresses of Services and Gateways, and the proxies behind them. */

import type { World } from '../kubernetes/world.ts';
import { type MeshOptions, startMesh } from '../mesh/mesh.ts';
import { startMeshSockets } from '../mesh/sockets/sockets.ts';
import type { AddressPlan } from '../network/address-plan.ts';
import { startHostsFile } from '../network/hosts-file.ts';
import type { PropagationDelay } from '../network/late-knowledge.ts';
import { startNodePorts } from '../network/node-ports.ts';
import { startServiceProxy } from '../network/service-proxy.ts';
import { createServiceView } from '../network/service-view.ts';

export interface NetworkOptions {
  readonly plan: AddressPlan;
  readonly seed: number;
  readonly propagation?: PropagationDelay | undefined;
  readonly mesh?: MeshOptions | undefined;
  readonly hostsFile: string;
  readonly onProblem: (message: string) => void;
}

/** Of a port, for a program of this machine. */
type Address = { readonly host: string; readonly port: number };

export interface Network {
  serviceAddress(namespace: string, service: string, port: number): Address | undefined;
  /** Undefined until it is listened on. */
  gatewayAddress(namespace: string, gateway: string, port: number): Address | undefined;
  /** Where the meshes' proxies tell what they have counted; undefined until it is listened on. */
  meshMetricsAddress(): string | undefined;
  /** Of Services and endpoints to the proxies of nodes. */
  setPropagationDelay(delay: PropagationDelay): void;
  /** Of routes, subsets and endpoints to the proxies of meshes and gateways. */
  setMeshPropagationDelay(delay: PropagationDelay): void;
  stop(): Promise<void>;
}

const DEFAULT_PROPAGATION: PropagationDelay = { delayMs: 300 };

export function startNetwork(world: World, options: NetworkOptions): Network {
  const { plan, seed, propagation = DEFAULT_PROPAGATION, hostsFile, onProblem } = options;
  const { lowPortsAt } = plan;
  const view = createServiceView(world, propagation);
  const mesh = startMesh(world, seed, plan.gateways, options.mesh);
  const meshSockets = startMeshSockets({ world, mesh, lowPortsAt, onProblem });
  const proxy = startServiceProxy({ view, lowPortsAt, mesh: meshSockets, onProblem });
  const running = [startHostsFile(world, hostsFile), startNodePorts(world), view, mesh];
  return {
    serviceAddress: proxy.addressOf,
    gatewayAddress: meshSockets.addressOf,
    meshMetricsAddress: meshSockets.metricsAddress,
    setPropagationDelay: view.setPropagationDelay,
    setMeshPropagationDelay: mesh.setPropagationDelay,
    stop: async () => {
      for (const one of running) one.stop();
      await Promise.all([proxy.stop(), meshSockets.stop()]);
    },
  };
}
