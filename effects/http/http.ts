/** One HTTP request to a pod, a Service or a webhook; what comes of it is an answer, never a throw. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import fetch, { AbortError, FetchError } from 'node-fetch';
import { foreignText } from '../../core/base/foreign-text.ts';
import type { Answer } from '../../core/smoke/checks.ts';
import { messageOf } from '../base/failure.ts';
import { askOverHttp2 } from './http2.ts';

export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly timeoutMs: number;
  /** The certificate is not looked at, as a kubelet's probe does not look at it either. */
  readonly unverified?: boolean;
  /** HTTP/2 without TLS. */
  readonly http2?: boolean;
  /** A CA to trust instead of the usual ones, in PEM. */
  readonly ca?: string;
  /** No more of the answer is read than this. */
  readonly mostBytes?: number;
  /** Instead of DNS, where not every address may be connected to. */
  readonly lookup?: LookupFunction;
}

export type HttpAnswer = Answer & { readonly headers: ReadonlyMap<string, string> };

// A connection of its own for every request: what is asked is whom a new connection reaches.
const agents = {
  http: new HttpAgent({ keepAlive: false }),
  https: new HttpsAgent(),
  unverified: new HttpsAgent({ rejectUnauthorized: false }),
};

function agentFor(protocol: string, { ca, unverified, lookup }: HttpRequest): HttpAgent {
  const looking = lookup ? { lookup } : {};
  if (protocol !== 'https:') return lookup ? new HttpAgent(looking) : agents.http;
  if (ca === undefined && !lookup) return unverified ? agents.unverified : agents.https;
  const trusting = unverified ? { rejectUnauthorized: false } : {};
  return new HttpsAgent({ ...(ca === undefined ? {} : { ca }), ...looking, ...trusting });
}

/** What is asked for is a metrics page, a number, a health check: nothing that is larger. */
const MOST_BYTES = 4_194_304;

/**
 * Asks once, over a connection of its own. The deadline is for the whole answer. No more of it is read
 * than a bound, counted after decompression; a redirect is an answer and is not followed.
 */
export type Ask = (request: HttpRequest) => Promise<HttpAnswer>;

export const askOverNetwork: Ask = async (request) => {
  const { method, url, headers = {}, body, timeoutMs, mostBytes = MOST_BYTES } = request;
  try {
    if (request.http2) {
      const answer = await askOverHttp2({ ...request, mostBytes });
      return { ...answer, kind: 'answered', body: answer.body.toString('utf8') };
    }
    const response = await fetch(url, {
      method,
      headers,
      redirect: 'manual',
      size: mostBytes,
      signal: AbortSignal.timeout(timeoutMs),
      agent: ({ protocol }) => agentFor(protocol, request),
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    const { status } = response;
    return { kind: 'answered', status, body: text, headers: new Map(response.headers) };
  } catch (thrown) {
    return { kind: 'failed', why: whyOf(thrown, request, mostBytes), headers: new Map() };
  }
};

/** A URL may hold a secret, and fetch writes it in a form of its own: it is told by its host alone. */
function whyOf(thrown: unknown, { url, timeoutMs }: HttpRequest, mostBytes: number): string {
  if (!URL.canParse(url)) return 'the URL is not valid';
  const { host, username, password } = new URL(url);
  // fetch refuses it, and writes all of it into its reason.
  if (username + password !== '') return `${host}: a login in the URL is not sent`;
  if (thrown instanceof AbortError) return `${host}: no answer within ${timeoutMs} ms`;
  if (!(thrown instanceof FetchError)) return `${host}: ${foreignText(messageOf(thrown))}`;
  if (thrown.type === 'max-size') return `${host}: the answer is larger than ${mostBytes} bytes`;
  const reason = messageOf(thrown).split('reason: ').at(-1) ?? '';
  return `${host}: ${foreignText(thrown.code === undefined ? reason : `${thrown.code} ${reason}`)}`;
}
