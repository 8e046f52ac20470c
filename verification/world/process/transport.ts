/**
 * The embedded API as the product's transport: requests take virtual time there and back, answers
 * get lost as the API's faults say, and the process may be killed at any write.
 */
import { isDeepStrictEqual } from 'node:util';
import { commandsData } from '../../../core/journal/commands/command.ts';
import { journalName } from '../../../core/journal/journal.ts';
import type { ConfigMap } from '../../../core/kubernetes/objects.ts';
import type { ApiAnswer, ApiRequest, Transport } from '../../../effects/kube/transport.ts';
import { sleep } from '../../../embedded-cluster/base/clock.ts';
import type { SimulatedCluster } from '../../../embedded-cluster/cluster/simulated-cluster.ts';
import type { ApiResponse } from '../../../embedded-cluster/kubernetes/api/request/http.ts';
import { configMaps } from '../../../embedded-cluster/kubernetes/collection.ts';
import { NAMESPACE, SERVICE } from '../service.ts';
import type { ApiGate } from './api-gate.ts';
import type { ProcessLifecycle } from './process-lifecycle.ts';

/**
 * Where a process dies at a write. before: it was never sent · unacknowledged: it is carried out,
 * and nobody hears of it · after: it was answered, and that was the last thing it heard · late: it
 * was sent, and arrives when somebody else may drive already.
 */
export const KILLS = ['before', 'unacknowledged', 'after', 'late'] as const;
export type Kill = (typeof KILLS)[number];

export interface ApiUse {
  requests: number;
  /** Writes that were sent, or would have been. */
  writes: number;
  /** Writes that the API has carried out; an order that is left for whoever acts is none. */
  done: number;
  /** Whether it ever got the Lease. */
  leased: boolean;
}

export interface TransportOptions {
  readonly cluster: SimulatedCluster;
  readonly life: ProcessLifecycle;
  readonly use: ApiUse;
  /** One way. */
  readonly latencyMs: () => number;
  /** Asked at every write, with its number in this process, counted from 0. */
  readonly killAt: (write: number, request: ApiRequest) => Kill | undefined;
  readonly gate: ApiGate | undefined;
}

/** Longer than a Lease lasts that nobody renews. */
const LATE_MS = 17_000;

class NoAnswer extends Error {}
const AWAY = 'connect ECONNREFUSED';

export function simulatedTransport(options: TransportOptions): Transport {
  const { cluster, life, use, latencyMs, killAt, gate } = options;
  const { clock } = cluster;
  const authorization = `Bearer ${cluster.adminToken}`;

  const deliver = ({ method, path, body, contentType }: ApiRequest): Promise<ApiResponse> => {
    use.requests += 1;
    return cluster.apiFaults.handler({
      method,
      path,
      headers: { authorization, ...(contentType ? { 'content-type': contentType } : {}) },
      body,
    });
  };

  const answered = async (request: ApiRequest, thereMs: number): Promise<ApiAnswer> => {
    await sleep(clock, thereMs);
    if (gate?.isAway()) throw new NoAnswer(AWAY);
    const isOrder = leavesOrder(cluster, request);
    const response = await deliver(request);
    const serverTimeMs = Math.floor(cluster.world.clock.now() / 1000) * 1000;
    if (request.method !== 'GET' && !isNews(request) && response.status < 300) {
      if (!isOrder) use.done += 1;
      use.leased ||= request.path.includes('/leases');
    }
    await sleep(clock, latencyMs());
    return { ...answerOf(response), serverTimeMs };
  };

  return {
    send: async (request, timeoutMs) => {
      if (life.state === 'killed') return never();
      const isCounted = request.method !== 'GET' && !isNews(request);
      const kill = isCounted ? killAt(use.writes, request) : undefined;
      if (isCounted) use.writes += 1;
      if (kill === 'before') {
        life.kill();
        return never();
      }
      const answer = answered(request, kill === 'late' ? LATE_MS : latencyMs());
      if (kill === 'unacknowledged' || kill === 'late') life.kill();
      const late = sleep(clock, timeoutMs).then(() => {
        throw new NoAnswer(`no answer within ${timeoutMs} ms`);
      });
      const heard = use.leased ? gate?.asked(clock.now()) : undefined;
      const first = await life.guard(Promise.race([answer, late]).finally(heard));
      // What comes of this answer is never heard of: the next thing it asks for kills it.
      if (kill === 'after') life.kill();
      return first;
    },
    stream: (path, onLine, signal) =>
      gate?.isAway()
        ? life.guard(sleep(clock, latencyMs()).then(() => Promise.reject(new NoAnswer(AWAY))))
        : life.guard(followed(deliver({ method: 'GET', path }), { life, gate }, onLine, signal)),
  };
}

async function followed(
  asked: Promise<ApiResponse>,
  { life, gate }: Pick<TransportOptions, 'life' | 'gate'>,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const response = await asked;
  if (!('stream' in response)) return answerOf(response);
  const { stream, status } = response;
  return new Promise((resolve, reject) => {
    if (signal.aborted || life.state === 'killed') return reject(new NoAnswer('nobody listens'));
    const running = stream.open(
      (chunk) => {
        if (signal.aborted) return;
        for (const line of chunk.split('\n')) if (line !== '') onLine(line);
      },
      () => resolve({ status, retryAfterMs: undefined, text: '' }),
    );
    const stop = (): void => {
      running.stop();
      reject(new NoAnswer('nobody listens any more'));
    };
    signal.addEventListener('abort', stop, { once: true });
    life.onKill(stop);
    gate?.onCut(() => {
      running.stop();
      reject(new NoAnswer('the connection was reset'));
    });
  });
}

/** Events tell of a release, and nothing rests on them: a kill at one is a kill anywhere between two writes. */
function isNews({ path }: ApiRequest): boolean {
  return /\/events(?:\?|$)/.test(path);
}

/** Whether a write leaves an order beside the journal, and nothing else. */
function leavesOrder({ world }: SimulatedCluster, { method, path, body }: ApiRequest): boolean {
  const name = journalName(SERVICE);
  const object = path.split('?', 1)[0] ?? '';
  if (method !== 'PUT' || body === undefined || !object.endsWith(`/configmaps/${name}`))
    return false;
  const without = ({ data = {} }: Pick<ConfigMap, 'data'>) => ({ ...data, ...commandsData([]) });
  const stored = configMaps(world).get(NAMESPACE, name);
  return stored !== undefined && isDeepStrictEqual(without(stored), without(JSON.parse(body)));
}

function answerOf(response: ApiResponse): ApiAnswer {
  const { status, headers } = response;
  const seconds = headers['retry-after'];
  const text = 'body' in response ? textOf(response.body) : '';
  return { status, retryAfterMs: seconds === undefined ? undefined : Number(seconds) * 1000, text };
}

function textOf(body: string | Uint8Array): string {
  return typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
}

function never(): Promise<never> {
  return new Promise(() => undefined);
}
