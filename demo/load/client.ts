/** One client that asks again and again, over one kept-alive connection or a fresh one each time. */
import { Agent, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Seen } from './tally.ts';

export interface ClientOptions {
  readonly url: string;
  /** As a gateway tells its routes apart; the one of the URL if left out. */
  readonly host: string | undefined;
  readonly connection: 'kept-alive' | 'fresh';
  /** From the beginning of one request to the beginning of the next. */
  readonly everyMs: number;
}

const TIMEOUT_MS = 5_000;
const VERSION_HEADER = 'x-app-version';

/** Asks until the signal aborts. Never asks twice for one answer: a client that does hides losses. */
export async function runClient(
  { url, host, connection, everyMs }: ClientOptions,
  saw: (seen: Seen) => void,
  signal: AbortSignal,
): Promise<void> {
  const agent = new Agent({ keepAlive: connection === 'kept-alive', maxSockets: 1 });
  const headers = host === undefined ? {} : { host };
  while (!signal.aborted) {
    const began = performance.now();
    saw(await ask(url, headers, agent));
    await sleep(Math.max(0, everyMs - (performance.now() - began)), undefined, { signal }).catch(
      () => undefined,
    );
  }
  agent.destroy();
}

function ask(url: string, headers: OutgoingHttpHeaders, agent: Agent): Promise<Seen> {
  return new Promise((resolve) => {
    const options = { agent, headers, method: 'POST', timeout: TIMEOUT_MS };
    const sent = request(url, options, (response) => {
      response.resume();
      response.on('end', () => resolve(answered(response)));
      response.on('error', (error) => resolve({ kind: 'failed', how: howOf(error) }));
    });
    sent.on('timeout', () => sent.destroy(new Error('timed out')));
    sent.on('error', (error) => resolve({ kind: 'failed', how: howOf(error) }));
    sent.end();
  });
}

function answered({ statusCode = 0, headers }: IncomingMessage): Seen {
  const version = headers[VERSION_HEADER];
  return { kind: 'answered', status: statusCode, version: String(version ?? 'nobody') };
}

function howOf(error: Error & { code?: string }): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'refused';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'reset';
    default:
      return error.message === 'timed out' ? 'timed-out' : (error.code ?? error.message);
  }
}
