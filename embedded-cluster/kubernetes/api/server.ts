/** The API on a socket: HTTPS on loopback, carrying requests to the front and answers back. */
import { Buffer } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificates } from './certificates.ts';
import { kubeconfig } from './kubeconfig.ts';
import { AnswerLost, type ApiRequest, type ApiResponse } from './request/http.ts';

/** One that fails, by `AnswerLost` on purpose, has its connection cut. */
type Handler = (request: ApiRequest) => ApiResponse | Promise<ApiResponse>;

export interface ServerOptions {
  readonly handler: Handler;
  readonly certificates: Certificates;
  /** A free one if left out. */
  readonly port?: number;
  /** Told of what must not happen: a handler that failed without an answer of its own. */
  readonly onError?: (error: unknown) => void;
}

export interface ApiServer {
  readonly url: string;
  /** The kubeconfig of the user whose token it is. */
  kubeconfigFor(user: string, token: string, namespace?: string): string;
  stop(): Promise<void>;
}

// Longer than any client keeps an idle connection, so that none is closed under a request.
const KEEP_ALIVE_MS = 120_000;

export async function startServer(options: ServerOptions): Promise<ApiServer> {
  const { certificates, port = 0 } = options;
  const server = createServer(
    { key: certificates.key, cert: certificates.certificate, keepAliveTimeout: KEEP_ALIVE_MS },
    (incoming, outgoing) => {
      carry(options.handler, incoming, outgoing).catch((error: unknown) => {
        if (!(error instanceof AnswerLost)) options.onError?.(error);
        outgoing.destroy();
      });
    },
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  // A server that listens on TCP has an address with a port.
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    kubeconfigFor: (user, token, namespace) =>
      kubeconfig({ url, ca: certificates.ca, user, token, ...(namespace ? { namespace } : {}) }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function carry(
  handler: Handler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await readBody(incoming);
  const response = await handler({
    method: incoming.method ?? 'GET',
    path: incoming.url ?? '/',
    headers: singleHeaders(incoming),
    ...(body ? { body } : {}),
  });
  outgoing.writeHead(response.status, { ...response.headers });
  if (!('stream' in response)) {
    outgoing.end(incoming.method === 'HEAD' ? undefined : response.body);
    return;
  }
  outgoing.flushHeaders();
  const running = response.stream.open(
    (chunk) => outgoing.write(chunk),
    () => outgoing.end(),
  );
  outgoing.once('close', () => running.stop());
}

async function readBody(incoming: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return chunks.length === 0 ? undefined : Buffer.concat(chunks);
}

function singleHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = '']) => [
      name,
      Array.isArray(value) ? value.join(',') : value,
    ]),
  );
}
