/**
 * The meshes on real sockets: takes connections to Services that a VirtualService decides for, and
 * listens at the addresses of Gateways.
 */
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { namespaces } from '../../kubernetes/collection.ts';
import type { World } from '../../kubernetes/world.ts';
import type { ConnectionTaker } from '../../network/service-proxy.ts';
import { isHttp } from '../gateway-api/gateway-attachment.ts';
import { addressesOf } from '../gateway-api/gateway-controller.ts';
import type { GatewayPort } from '../gateway-api/gateway-routing.ts';
import type { Mesh } from '../mesh.ts';
import type { MeshProxy } from '../proxy.ts';
import { createHttpProxy, type Path } from './http-proxy.ts';
import { createTelemetry } from './telemetry.ts';
import { createUpstreams, type Upstreams } from './upstreams.ts';

export interface MeshSockets extends ConnectionTaker {
  /** Where a program of this machine reaches a Gateway's port. */
  addressOf(
    namespace: string,
    gateway: string,
    port: number,
  ): { readonly host: string; readonly port: number } | undefined;
  /** Where the proxies tell what they have counted, see telemetry.ts; undefined until it is listened on. */
  metricsAddress(): string | undefined;
  stop(): Promise<void>;
}

export interface MeshSocketsOptions {
  readonly world: World;
  readonly mesh: Mesh;
  readonly lowPortsAt: number;
  /** Told of a port that could not be listened on. */
  readonly onProblem: (message: string) => void;
}

interface Entrance extends GatewayPort {
  readonly host: string;
}

export function startMeshSockets(options: MeshSocketsOptions): MeshSockets {
  const { world, mesh, lowPortsAt, onProblem } = options;
  const shifted = (port: number): number => (port < 1024 ? port + lowPortsAt : port);
  const upstreams = new Map<MeshProxy, Upstreams>();
  const http = createHttpProxy(shifted);
  const telemetry = createTelemetry();
  const metrics = createHttpServer(({ url = '/' }, response) =>
    response.setHeader('content-type', 'text/plain').end(telemetry.page(url.slice(1))),
  ).listen(0, '127.0.0.1');

  const carry = (client: Socket, proxy: MeshProxy, path: Omit<Path, 'upstreams'>): void => {
    const held = upstreams.get(proxy) ?? createUpstreams(proxy);
    upstreams.set(proxy, held);
    http.carry(client, { ...path, upstreams: held });
  };
  const enter = (client: Socket, entrance: Entrance): void => {
    const proxy = mesh.pick();
    const gateway = `${entrance.namespace}/${entrance.gateway}`;
    carry(client, proxy, {
      route: (request) => proxy.routeAtGateway(entrance, request),
      carried: (carried) => telemetry.carriedBy(gateway, carried),
    });
  };
  const open = listenAtEntrances({ mesh, shifted, enter, onProblem });

  return {
    take: (client, to) => {
      const proxy = mesh.pick();
      if (!proxy.governs(to.namespace, to.service) && !isInjected(world, to.namespace))
        return false;
      const route: Path['route'] = (request) => proxy.routeToService(to, request);
      carry(client, proxy, { route, carried: telemetry.carriedToPod });
      return true;
    },
    addressOf: (namespace, gateway, port) => {
      const found = entrances(mesh).find(
        (one) => one.namespace === namespace && one.gateway === gateway && one.port === port,
      );
      return found && { host: found.host, port: shifted(found.port) };
    },
    metricsAddress: () => {
      const address = metrics.address();
      return address && typeof address === 'object' ? `127.0.0.1:${address.port}` : undefined;
    },
    stop: async () => {
      http.stop();
      metrics.closeAllConnections();
      for (const one of upstreams.values()) one.stop();
      await Promise.all(
        [metrics, ...open.values()].map(
          (server) => new Promise((resolve) => server.close(resolve)),
        ),
      );
    },
  };
}

interface Entering {
  readonly mesh: Mesh;
  readonly shifted: (port: number) => number;
  readonly enter: (client: Socket, entrance: Entrance) => void;
  readonly onProblem: (message: string) => void;
}

/** The servers at the addresses that there are just now, as they come and go. */
function listenAtEntrances({ mesh, shifted, enter, onProblem }: Entering): Map<string, Server> {
  const open = new Map<string, Server>();
  const follow = (): void => {
    const wanted = new Map(entrances(mesh).map((one) => [`${one.host}:${one.port}`, one]));
    for (const [id, server] of open) {
      if (wanted.has(id)) continue;
      open.delete(id);
      server.close();
    }
    for (const [id, entrance] of wanted) {
      if (open.has(id)) continue;
      const server = createServer({ noDelay: true }, (client) => enter(client, entrance));
      server.once('error', ({ message }) =>
        onProblem(`Gateway ${entrance.namespace}/${entrance.gateway}: ${id}: ${message}`),
      );
      open.set(id, server.listen(shifted(entrance.port), entrance.host));
    }
  };
  for (const proxy of mesh.proxies) proxy.onChange(follow);
  return open;
}

/**
 * Whether everybody in the namespace talks through the mesh, so that a route that comes later is
 * followed on connections that are open already.
 */
function isInjected(world: World, namespace: string): boolean {
  const { labels } = namespaces(world).get(undefined, namespace)?.metadata ?? {};
  return labels?.['istio-injection'] === 'enabled';
}

/** What every proxy knows of: a gateway is not there before the last of its proxies is. */
function entrances({ proxies }: Mesh): Entrance[] {
  const [known = [], ...others] = proxies.map(entrancesOf);
  const isIn = (list: readonly Entrance[], { host, port }: Entrance): boolean =>
    list.some((one) => one.host === host && one.port === port);
  return known.filter((entrance) => others.every((list) => isIn(list, entrance)));
}

function entrancesOf(proxy: MeshProxy): Entrance[] {
  return proxy.known().gateways.flatMap((gateway) => {
    const { name, namespace = '' } = gateway.metadata;
    const listeners = gateway.spec.listeners.filter(({ protocol }) => isHttp(protocol));
    return addressesOf(gateway).flatMap((host) =>
      listeners.map(({ port }) => ({ namespace, gateway: name, port, host })),
    );
  });
}
