/**
 * HTTP/1.1 over sockets, a request at a time: a client's connection stays open while each request on
 * it is routed anew. What goes wrong on the way to a pod is a 503, with Envoy's reasons: UF, no
 * connection; UC, the connection ended. A request is never sent twice.
 */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
  type ServerResponse,
  request as startRequest,
} from 'node:http';
import type { Socket } from 'node:net';
import { type Forward, NO_CONNECTION, type Route, type RoutedRequest } from '../routing.ts';
import type { Upstreams } from './upstreams.ts';

/** What became of a request that was sent on; whoever hung up before the answer began is not told of. */
export interface Carried {
  readonly route: Forward;
  readonly status: number;
  readonly ms: number;
  /** Whether the pod took a connection at all. */
  readonly isConnected: boolean;
}

/** How the requests of one connection are routed, and over whose connections they go on. */
export interface Path {
  readonly route: (request: RoutedRequest) => Route;
  readonly upstreams: Upstreams;
  readonly carried: (carried: Carried) => void;
}

export interface HttpProxy {
  carry(client: Socket, path: Path): void;
  stop(): void;
}

export function createHttpProxy(shifted: (port: number) => number): HttpProxy {
  const paths = new WeakMap<Socket, Path>();
  const server = createServer((incoming, outgoing) => {
    const path = paths.get(incoming.socket);
    if (!path) return outgoing.destroy();
    const route = path.route(routedRequest(incoming));
    if (route.type === 'answer') return answer(outgoing, route.status, route.because);
    const { address, port } = route.backend;
    const began = performance.now();
    const to = {
      host: address,
      port: shifted(port),
      agent: path.upstreams.agentFor(route.backend),
    };
    return forward(incoming, outgoing, to, (status, isConnected) =>
      path.carried({ route, status, ms: performance.now() - began, isConnected }),
    );
  });
  // A client's connection is the client's to close.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  return {
    carry: (client, path) => {
      paths.set(client, path);
      server.emit('connection', client);
    },
    stop: () => server.closeAllConnections(),
  };
}

function routedRequest({ method = 'GET', url = '/', headers }: IncomingMessage): RoutedRequest {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  return { method, path: url, headers: Object.fromEntries(texts) };
}

function forward(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  to: RequestOptions,
  ended: (status: number, isConnected: boolean) => void,
): void {
  const { method, url, headers } = incoming;
  const upstream = startRequest({ ...to, method, path: url, headers: endToEnd(headers) });
  let isConnected = false;
  upstream.on('socket', (socket) => {
    if (socket.connecting) socket.once('connect', () => (isConnected = true));
    else isConnected = true;
  });
  upstream.on('response', (response) => {
    const { statusCode = 502, statusMessage } = response;
    outgoing.writeHead(statusCode, statusMessage, endToEnd(response.headers));
    // Half an answer cannot be taken back.
    response.on('error', () => outgoing.destroy());
    response.on('close', () => ended(statusCode, true));
    response.pipe(outgoing);
  });
  upstream.on('error', () => {
    // What is still to come of the request, so that the next one can.
    incoming.unpipe(upstream).resume();
    if (outgoing.headersSent || outgoing.destroyed) return void outgoing.destroy();
    ended(503, isConnected);
    answer(outgoing, 503, isConnected ? CONNECTION_ENDED : NO_CONNECTION);
  });
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) upstream.destroy();
  });
  incoming.pipe(upstream);
}

const CONNECTION_ENDED = 'UC: upstream connection terminated before headers';

function answer(outgoing: ServerResponse, status: number, because: string): void {
  outgoing.writeHead(status, { 'content-type': 'text/plain' }).end(`${because}\n`);
}

const OF_ONE_CONNECTION = new Set(['connection', 'keep-alive', 'proxy-connection', 'upgrade']);

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !OF_ONE_CONNECTION.has(name)),
  );
}
