/**
 * One connection of the prober to a Service, as a client would hold it. An answer is read to its end,
 * or to a bound; nothing of it is kept. Nothing here keeps a process alive.
 */
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { LostHow, ProbeConnection, ProbeTarget } from '../../core/cluster/prober.ts';
import { boundRequest } from './bound-request.ts';
import { requestPath } from './request-path.ts';

export interface ProbeAddress {
  readonly host: string;
  readonly port: number;
  readonly target: ProbeTarget;
}

/** `over`: whether the request opened a connection. */
export type Probed =
  | { readonly kind: 'answered'; readonly over: ProbeConnection; readonly status: number }
  | {
      readonly kind: 'lost';
      readonly over: ProbeConnection;
      readonly how: LostHow;
      readonly why: string;
    };

export interface ProbeLane {
  /** Asks once: over the connection that is there, if it is kept, or over one that it opens. Never rejects. */
  ask(timeoutMs: number): Promise<Probed>;
  /** Closes the connection; the next request opens another. */
  renew(): void;
}

export type OpenLane = (address: ProbeAddress, connection: ProbeConnection) => ProbeLane;

const MOST_BYTES = 65_536;

export const openLaneOverNetwork: OpenLane = (address, connection) =>
  address.target.kind === 'tcp'
    ? tcpLane(address)
    : httpLane(address, requestPath(address.target.path), connection);

function httpLane(
  { host, port }: ProbeAddress,
  path: string,
  connection: ProbeConnection,
): ProbeLane {
  const begin = (): Agent => new Agent({ keepAlive: connection === 'kept-alive', maxSockets: 1 });
  let agent = begin();
  const ask = (timeoutMs: number): Promise<Probed> =>
    new Promise((resolve) => {
      let over: ProbeConnection = 'fresh';
      const end = (probed: Probed): void => {
        clearTimeout(deadline);
        resolve(probed);
      };
      const lost = (how: LostHow, why: string): void => end({ kind: 'lost', over, how, why });
      const asked = request({ host, port, path, agent }, (response) => {
        const status = response.statusCode ?? 0;
        const answered = (): void => end({ kind: 'answered', over, status });
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= MOST_BYTES) return;
          answered();
          asked.destroy();
        });
        response.on('end', answered);
        response.on('error', (error) => lost(lostHow(error), error.message));
      });
      boundRequest(asked, 2 * MOST_BYTES);
      const deadline = setTimeout(() => {
        lost('timed-out', `no answer within ${timeoutMs} ms`);
        asked.destroy();
      }, timeoutMs).unref();
      asked.on('socket', (socket) => {
        socket.unref();
        if (asked.reusedSocket) over = 'kept-alive';
      });
      asked.on('error', (error) => lost(lostHow(error), error.message));
      asked.end();
    });
  return {
    ask,
    renew: () => {
      agent.destroy();
      agent = begin();
    },
  };
}

/** Of what speaks no HTTP it is asked whether it takes connections. */
function tcpLane({ host, port }: ProbeAddress): ProbeLane {
  return {
    renew: () => undefined,
    ask: (timeoutMs) =>
      new Promise((resolve) => {
        const socket: Socket = connect({ host, port });
        socket.unref();
        const end = (probed: Probed): void => {
          clearTimeout(deadline);
          socket.destroy();
          resolve(probed);
        };
        const lost = (how: LostHow, why: string): void =>
          end({ kind: 'lost', over: 'fresh', how, why });
        const deadline = setTimeout(
          () => lost('timed-out', `no connection within ${timeoutMs} ms`),
          timeoutMs,
        ).unref();
        socket.on('connect', () => end({ kind: 'answered', over: 'fresh', status: 0 }));
        socket.on('error', (error) => lost(lostHow(error), error.message));
      }),
  };
}

function lostHow({ code, message }: Error & { code?: string }): LostHow {
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'reset';
    case 'ETIMEDOUT':
      return 'timed-out';
    default:
      return message === 'aborted' || message === 'socket hang up' ? 'reset' : 'other';
  }
}
