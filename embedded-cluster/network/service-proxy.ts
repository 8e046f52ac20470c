/**
 * Gives every Service port a real socket on the Service's own address, and carries each connection
 * to one of its pods. A connection stays where it went, whatever becomes of the endpoints.
 */
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { Service } from '../kubernetes/shapes.ts';
import type { Backend, ServiceView } from './service-view.ts';

export interface ServiceProxy {
  /** Where a program of this machine reaches the Service's port. */
  addressOf(
    namespace: string,
    service: string,
    port: number,
  ): { readonly host: string; readonly port: number } | undefined;
  /** Resolves when everything that is known of is listened on. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/** Whoever may carry a connection otherwise than to one pod as a whole. */
export interface ConnectionTaker {
  /** Whether it has taken it. */
  take(client: Socket, to: ServicePort): boolean;
}

export interface ServicePort {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
}

export interface ServiceProxyOptions {
  readonly view: ServiceView;
  readonly lowPortsAt: number;
  /** Asked first about each connection to a Service's own address. */
  readonly mesh?: ConnectionTaker;
  /** Told of a port that could not be listened on. */
  readonly onProblem: (message: string) => void;
}

interface Entrance extends ServicePort {
  /** The Service's own address is for clients in the cluster; a node's port is for others. */
  readonly from: 'inside' | 'outside';
  readonly host: string;
  readonly listenPort: number;
}

interface Listening {
  readonly server: Server;
  readonly sockets: Set<Socket>;
  readonly ready: Promise<void>;
}

export function startServiceProxy(options: ServiceProxyOptions): ServiceProxy {
  const { view, lowPortsAt } = options;
  const shifted = (port: number): number => (port < 1024 ? port + lowPortsAt : port);
  const open = new Map<string, Listening>();

  const entrances = (): Entrance[] =>
    view.services().flatMap((service) => entrancesOf(service, shifted));

  const follow = (): void => {
    const wanted = new Map(entrances().map((one) => [`${one.host}:${one.listenPort}`, one]));
    for (const [id, listening] of open) {
      if (wanted.has(id)) continue;
      open.delete(id);
      void closed(listening);
    }
    for (const [id, entrance] of wanted) {
      if (!open.has(id)) open.set(id, listen(options, entrance, shifted));
    }
  };
  view.onChange(follow);
  follow();

  return {
    addressOf: (namespace, service, port) => {
      const found = entrances().find(
        (one) => one.namespace === namespace && one.service === service && one.port === port,
      );
      return found && { host: found.host, port: found.listenPort };
    },
    settled: async () => {
      await Promise.all([...open.values()].map(({ ready }) => ready));
    },
    stop: async () => {
      await Promise.all([...open.values()].map(closed));
      open.clear();
    },
  };
}

/** The Service's own address, and for a NodePort a port of 127.0.0.1 as well. */
function entrancesOf({ metadata, spec }: Service, shifted: (port: number) => number): Entrance[] {
  const { clusterIP, ports = [] } = spec;
  const { name: service, namespace = 'default' } = metadata;
  return ports
    .filter(({ protocol = 'TCP' }) => protocol === 'TCP')
    .flatMap(({ port, nodePort }) => {
      const own = { namespace, service, port };
      const inside =
        clusterIP && clusterIP !== 'None'
          ? [{ ...own, from: 'inside' as const, host: clusterIP, listenPort: shifted(port) }]
          : [];
      return nodePort
        ? [...inside, { ...own, from: 'outside' as const, host: '127.0.0.1', listenPort: nodePort }]
        : inside;
    });
}

function listen(
  { view, mesh, onProblem }: ServiceProxyOptions,
  { namespace, service, port, from, host, listenPort }: Entrance,
  shifted: (port: number) => number,
): Listening {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    sockets.add(client);
    client.once('close', () => sockets.delete(client));
    if (from === 'inside' && mesh?.take(client, { namespace, service, port })) return;
    const backend = view.route(namespace, service, port, client.remoteAddress);
    if (backend) carry(client, { ...backend, port: shifted(backend.port) });
    else reset(client);
  });
  const ready = new Promise<void>((resolve) => {
    server.once('error', (error) => {
      onProblem(
        `Service ${namespace}/${service}: cannot listen on ${host}:${listenPort}: ${error.message}`,
      );
      resolve();
    });
    server.listen(listenPort, host, resolve);
  });
  return { server, sockets, ready };
}

/** Each side hears of the other's end as that end was: in good order, or cut. */
function carry(client: Socket, { address, port }: Backend): void {
  const pod = createConnection({ host: address, port, allowHalfOpen: true, noDelay: true });
  client.on('error', () => reset(pod));
  pod.on('error', () => reset(client));
  client.pipe(pod);
  pod.pipe(client);
}

function reset(socket: Socket): void {
  if (socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}

function closed({ server, sockets }: Listening): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const socket of sockets) socket.destroy();
  });
}
