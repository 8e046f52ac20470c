/** One kept-alive HTTP connection, held as a client would, and how it ends. */
import { Agent, request as requestPlainly } from 'node:http';
import { request as requestSecurely, Agent as SecureAgent } from 'node:https';
import type { Socket } from 'node:net';
import { boundRequest, MOST_CHUNKS, Unbounded } from './bound-request.ts';
import { MOST_BYTES } from './http.ts';
import { requestPath } from './request-path.ts';

export interface KeptAddress {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Over TLS, whatever its certificate. */
  readonly secure?: boolean;
}

export type KeepAliveAnswer =
  /** `last`: the server said that it will close (RFC 9112, 9.6). */
  | { readonly kind: 'answered'; readonly last: boolean }
  /** It was closed between two requests, without a word. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'cut'; readonly why: string };

export interface KeptConnection {
  /** Asks over this connection and no other, and reads no more than a bound. Never rejects. */
  ask(timeoutMs: number): Promise<KeepAliveAnswer>;
  end(): void;
}

export type KeepAliveConnection = (address: KeptAddress) => KeptConnection;

export const openKeepAlive: KeepAliveConnection = ({ secure = false, host, port, path }) => {
  const address = { host, port, path: requestPath(path) };
  const kept = { keepAlive: true, maxSockets: 1 };
  const agent = secure ? new SecureAgent({ ...kept, rejectUnauthorized: false }) : new Agent(kept);
  const request = secure ? requestSecurely : requestPlainly;
  let own: Socket | undefined;
  let isClosed = false;

  const ask = (timeoutMs: number): Promise<KeepAliveAnswer> =>
    new Promise((resolve) => {
      if (isClosed) {
        resolve({ kind: 'closed' });
        return;
      }
      const asked = request({ ...address, agent, signal: AbortSignal.timeout(timeoutMs) });
      boundRequest(asked, MOST_BYTES);
      asked.on('socket', (socket) => {
        if (!own) socket.once('close', () => (isClosed = true));
        own ??= socket;
        // The agent quietly opens another one where this one has gone meanwhile.
        if (own === socket) return;
        resolve({ kind: 'closed' });
        asked.destroy();
      });
      asked.on('response', (response) => {
        let chunks = 0;
        response.on('data', () => {
          chunks += 1;
          if (chunks > MOST_CHUNKS) asked.destroy(new Unbounded(`${MOST_CHUNKS} chunks`));
        });
        response.on('end', () =>
          resolve({ kind: 'answered', last: response.headers.connection === 'close' }),
        );
        response.on('error', ({ message }) => resolve({ kind: 'cut', why: message }));
      });
      asked.on('error', ({ message }) => resolve({ kind: 'cut', why: message }));
      asked.end();
    });

  return { ask, end: () => agent.destroy() };
};
