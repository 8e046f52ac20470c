/** One HTTP request to a pod, a Service or a webhook; what comes of it is an answer, never a throw. */
import { type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import fetch, { AbortError, FetchError, type Response } from 'node-fetch';
import { foreignText } from '../../core/base/foreign-text.ts';
import type { Answer } from '../../core/smoke/checks.ts';
import { messageOf } from '../base/failure.ts';
import { boundRequest, MOST_CHUNKS, Unbounded } from './bound-request.ts';
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

declare module 'node:http' {
  interface Agent {
    /** Called by Node for every request, before anything is sent; its types do not say so. */
    addRequest(request: ClientRequest, ...options: readonly unknown[]): void;
  }
}

/** A connection of its own for every request: what is asked is whom a new connection reaches. */
function agentFor(
  protocol: string,
  { ca, unverified, lookup, mostBytes = MOST_BYTES }: HttpRequest,
): HttpAgent {
  const looking = lookup ? { lookup } : {};
  const trusting = unverified ? { rejectUnauthorized: false } : {};
  const agent =
    protocol === 'https:'
      ? new HttpsAgent({ ...(ca === undefined ? {} : { ca }), ...looking, ...trusting })
      : new HttpAgent(looking);
  // node-fetch shows its request to the agent alone.
  const add = agent.addRequest.bind(agent);
  agent.addRequest = (request, ...options) => {
    boundRequest(request, 2 * mostBytes + MOST_HEADER_BYTES);
    add(request, ...options);
  };
  return agent;
}

/** What is asked for is a metrics page, a number, a health check: nothing that is larger. */
export const MOST_BYTES = 4_194_304;
/** Beside a body, and as much again as it is long: chunks that are small have long heads. */
const MOST_HEADER_BYTES = 65_536;

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
      signal: AbortSignal.timeout(timeoutMs),
      agent: ({ protocol }) => agentFor(protocol, request),
      ...(body === undefined ? {} : { body }),
    });
    const text = await textOf(response, mostBytes);
    const { status } = response;
    return { kind: 'answered', status, body: text, headers: new Map(response.headers) };
  } catch (thrown) {
    return { kind: 'failed', why: whyOf(thrown, request), headers: new Map() };
  }
};

/** Each chunk becomes text as it comes: several large pages are read at once, and none is kept twice. */
async function textOf({ body }: Response, mostBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  let chunks = 0;
  for await (const chunk of body ?? []) {
    const read = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    bytes += read.length;
    chunks += 1;
    if (bytes > mostBytes) throw new Error(`the answer is larger than ${mostBytes} bytes`);
    if (chunks > MOST_CHUNKS) throw new Unbounded(`${MOST_CHUNKS} chunks`);
    text += decoder.decode(read, { stream: true });
  }
  return text + decoder.decode();
}

/** A URL may hold a secret, and fetch writes it in a form of its own: it is told by its host alone. */
function whyOf(thrown: unknown, { url, timeoutMs }: HttpRequest): string {
  if (!URL.canParse(url)) return 'the URL is not valid';
  const { host, username, password } = new URL(url);
  // fetch refuses it, and writes all of it into its reason.
  if (username + password !== '') return `${host}: a login in the URL is not sent`;
  if (thrown instanceof AbortError) return `${host}: no answer within ${timeoutMs} ms`;
  // Of what it was given: the URL, or a header.
  if (thrown instanceof TypeError) return `${host}: the request is not valid`;
  if (!(thrown instanceof FetchError)) return `${host}: ${foreignText(messageOf(thrown))}`;
  // What comes before names the URL.
  const [, reason = 'no answer'] = messageOf(thrown).split('reason: ');
  return `${host}: ${foreignText(thrown.code === undefined ? reason : `${thrown.code} ${reason}`)}`;
}
