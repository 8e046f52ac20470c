/** One HTTP request to a pod, a Service or a webhook; what comes of it is an answer, never a throw. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import fetch from 'node-fetch';
import type { Answer } from '../core/smoke/checks.ts';
import { messageOf } from './failure.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly timeoutMs: number;
  /** A CA to trust instead of the usual ones, in PEM. */
  readonly ca?: string;
}

export type HttpAnswer = Answer & { readonly headers: ReadonlyMap<string, string> };

// A connection of its own for every request: what is asked is whom a new connection reaches.
const agents = { http: new HttpAgent({ keepAlive: false }), https: new HttpsAgent() };

function secure(ca: string | undefined): HttpsAgent {
  return ca === undefined ? agents.https : new HttpsAgent({ ca });
}

/** Asks once, over a connection of its own. */
export type Ask = (request: HttpRequest) => Promise<HttpAnswer>;

export const askOverNetwork: Ask = async (request) => {
  const { method, url, headers = {}, body, timeoutMs, ca } = request;
  try {
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      agent: ({ protocol }) => (protocol === 'https:' ? secure(ca) : agents.http),
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const { status } = response;
    return { kind: 'answered', status, body: text, headers: new Map(response.headers) };
  } catch (thrown) {
    return { kind: 'failed', why: whyOf(thrown, timeoutMs), headers: new Map() };
  }
};

function whyOf(thrown: unknown, timeoutMs: number): string {
  const timedOut = thrown instanceof Error && thrown.name === 'AbortError';
  return timedOut ? `no answer within ${timeoutMs} ms` : messageOf(thrown);
}
