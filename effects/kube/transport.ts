/**
 * How requests reach the API server: over HTTPS with what the kubeconfig (or the pod's own service
 * account) says. `@kubernetes/client-node` reads the configuration and authenticates; the requests
 * themselves are plain, because its typed models drop fields they do not know, and a release must
 * put back exactly what it found.
 */
import { Agent as HttpAgent } from 'node:http';
import { Agent } from 'node:https';
// Not the whole package: its models and streams would be most of what a stage loads.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import fetch from 'node-fetch';
import { StageFailure } from '../base/failure.ts';
import { asStage } from './account.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** With the query. */
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly retryAfterMs: number | undefined;
  readonly text: string;
  /** The server's own clock when it answered, in milliseconds since the epoch, to the second. */
  readonly serverTimeMs?: number | undefined;
}

export interface Transport {
  /** Rejects where no answer came: the request may have been carried out nevertheless. */
  send(request: ApiRequest, timeoutMs: number): Promise<ApiAnswer>;
  /** Tells the lines of a streamed answer as they come; resolves when the stream ends. */
  stream(path: string, onLine: (line: string) => void, signal: AbortSignal): Promise<ApiAnswer>;
  /** What the API does not know us by any more is read anew for the next request. */
  renewCredentials?(): void;
}

/** Tokens of service accounts change on disk; this often they are read again. */
const CREDENTIALS_MS = 60_000;
/** No object of a cluster is as large as this; an answer that is would fill a stage's memory. */
const MOST_ANSWERED_BYTES = 48 * 2 ** 20;
const MOST_LINE_CHARACTERS = 8 * 2 ** 20;

/** What client-node falls back to where nothing names a cluster. */
const NOWHERE = 'http://localhost:8080';

/** A connection, and the namespace that this process is in: of its pod, or as the kubeconfig says. */
export interface Connection extends Transport {
  readonly namespace: string;
}

/** `tokenFolder` is where a long-lived token of the stage's own account may be; empty: nowhere. */
export function connect(tokenFolder: string): Connection {
  const config = configured(tokenFolder);
  const cluster = config.getCurrentCluster();
  if (!cluster || cluster.server === NOWHERE) {
    throw new StageFailure(
      3,
      'no cluster to talk to: neither KUBECONFIG nor a service account names one',
    );
  }
  const { namespace = 'default' } = config.getContextObject(config.getCurrentContext()) ?? {};
  return new ClusterConnection(namespace, cluster, new Credentials(tokenFolder, cluster));
}

interface Known {
  readonly at: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: Agent | HttpAgent;
}

/** How this process says who it is, read again from time to time. */
class Credentials {
  readonly #tokenFolder: string;
  readonly #cluster: Cluster;
  #known: Known | undefined;

  constructor(tokenFolder: string, cluster: Cluster) {
    this.#tokenFolder = tokenFolder;
    this.#cluster = cluster;
  }

  renew(): void {
    this.#known = this.#known && { ...this.#known, at: 0 };
  }

  async now(): Promise<Known> {
    if (this.#known && Date.now() - this.#known.at < CREDENTIALS_MS) return this.#known;
    const options: Parameters<KubeConfig['applyToHTTPSOptions']>[0] = { headers: {} };
    // Read anew: the package keeps a token that it has read once.
    await configured(this.#tokenFolder).applyToHTTPSOptions(options);
    const headers = Object.fromEntries(
      Object.entries(options.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    const agent = this.#known?.agent ?? this.#agentWith(options);
    this.#known = { at: Date.now(), headers, agent };
    return this.#known;
  }

  #agentWith(options: Parameters<KubeConfig['applyToHTTPSOptions']>[0]): Agent | HttpAgent {
    // Through a proxy, the agent that client-node made knows the way.
    if (this.#cluster.proxyUrl && options.agent instanceof HttpAgent) return options.agent;
    if (this.#cluster.server.startsWith('http:')) return new HttpAgent({ keepAlive: true });
    const { ca, cert, key, rejectUnauthorized, servername } = options;
    return new Agent({ ca, cert, key, rejectUnauthorized, servername, keepAlive: true });
  }
}

class ClusterConnection implements Connection {
  readonly namespace: string;
  readonly #cluster: Cluster;
  readonly #credentials: Credentials;

  constructor(namespace: string, cluster: Cluster, credentials: Credentials) {
    this.namespace = namespace;
    this.#cluster = cluster;
    this.#credentials = credentials;
  }

  async send(message: ApiRequest, timeoutMs: number): Promise<ApiAnswer> {
    const response = await this.#request(message, AbortSignal.timeout(timeoutMs));
    return {
      status: response.status,
      retryAfterMs: retryAfterMs(response.headers.get('retry-after')),
      serverTimeMs: timeIn(response.headers.get('date')),
      text: await response.text(),
    };
  }

  async stream(
    path: string,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<ApiAnswer> {
    const response = await this.#request({ method: 'GET', path }, signal);
    const answer = { status: response.status, retryAfterMs: undefined };
    if (!response.ok || !response.body) return { ...answer, text: await response.text() };
    await eachLine(response.body, onLine);
    return { ...answer, text: '' };
  }

  renewCredentials(): void {
    this.#credentials.renew();
  }

  async #request({ method, path, body, contentType }: ApiRequest, signal: AbortSignal) {
    const { headers, agent } = await this.#credentials.now();
    return fetch(new URL(path, this.#cluster.server), {
      method,
      agent,
      signal,
      // The API server leads nowhere else, and the token must not go along.
      redirect: 'manual',
      // Of what is read as a whole; a watch is bounded line by line.
      size: MOST_ANSWERED_BYTES,
      headers: {
        ...headers,
        accept: 'application/json',
        ...(contentType ? { 'content-type': contentType } : {}),
      },
      ...(body === undefined ? {} : { body }),
    });
  }
}

type Cluster = NonNullable<ReturnType<KubeConfig['getCurrentCluster']>>;

function configured(tokenFolder: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromDefault();
  return asStage(config, tokenFolder);
}

function timeIn(header: string | null): number | undefined {
  const parsed = Date.parse(header ?? '');
  return Number.isNaN(parsed) ? undefined : parsed;
}

function retryAfterMs(header: string | null): number | undefined {
  const seconds = Number(header);
  return header !== null && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** Rejects where the stream breaks, which a line reader of Node's would keep to itself. */
async function eachLine(
  stream: AsyncIterable<string | Buffer>,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  /** Of a line that has not ended yet; joined once, so that a long one takes no longer than it is long. */
  let parts: string[] = [];
  let characters = 0;
  for await (const chunk of stream) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const [first = '', ...others] = text.split('\n');
    const last = others.pop();
    parts.push(first);
    characters += first.length;
    if (characters > MOST_LINE_CHARACTERS) throw new Error('a line of a watch has no end');
    if (last === undefined) continue;
    for (const line of [parts.join(''), ...others]) if (line !== '') onLine(line);
    parts = [last];
    characters = last.length;
  }
}
