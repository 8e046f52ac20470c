/** The registry on a socket of loopback, so that a tag can be resolved to what it stands for. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerRegistry, unauthorized } from './answer.ts';
import type { ImageCatalog } from './images/catalog.ts';

export interface RegistryOptions {
  readonly catalog: ImageCatalog;
  /** A free one if left out. */
  readonly port?: number;
  /** Absent: everybody may read. */
  readonly login?: { readonly user: string; readonly password: string };
}

export interface Registry {
  /** `127.0.0.1:5000`: what stands before the repository in an image's name. */
  readonly host: string;
  stop(): Promise<void>;
}

export async function startRegistry({
  catalog,
  port = 0,
  login,
}: RegistryOptions): Promise<Registry> {
  const expected =
    login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
  const server = createServer((request, response) => {
    const isKnown = expected === undefined || request.headers.authorization === expected;
    const { status, headers, body } = isKnown
      ? answerRegistry(catalog, pathOf(request))
      : unauthorized();
    const length = String(Buffer.byteLength(body));
    response.writeHead(status, { ...headers, 'content-length': length });
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  // A server that listens on TCP has an address with a port.
  const { port: listening } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${listening}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return new URL(url, 'http://registry').pathname;
}
