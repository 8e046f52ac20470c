/**
 * What the cluster itself tells of pods: processor time and memory from metrics.k8s.io against the
 * containers' limits, and readiness and restarts from the pods' status.
 */

import { jsonOf } from '../base/json.ts';
import type { Instant } from '../base/vocabulary.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { isServing, isTerminating } from '../kubernetes/pods/pods.ts';
import { quantity } from '../kubernetes/pods/quantity.ts';
import { timeOf } from '../kubernetes/time.ts';
import {
  type Measured,
  type MetricQuery,
  type MetricResponse,
  noResponse,
  unmeasurable,
} from './metric.ts';

export const RESOURCES = ['cpu', 'memory'] as const;
export type Resource = (typeof RESOURCES)[number];

interface PodUsage {
  readonly metadata: { readonly name: string };
  readonly timestamp?: string;
  readonly containers: readonly {
    readonly name: string;
    readonly usage: Readonly<Partial<Record<Resource, string>>>;
  }[];
}

/** metrics-server measures every 15 s to 60 s; older than this it has stopped. */
const STALE_MS = 180_000;

export function usageQuery(namespace: string): MetricQuery {
  return {
    to: 'kubernetes-api',
    url: `/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods`,
  };
}

/** The highest share of its limit that a pod uses: one pod at its limit is one that is killed. */
export function readUsage(
  reply: MetricResponse,
  resource: Resource,
  pods: readonly Pod[],
  at: Instant,
): Measured {
  if (reply.kind === 'answered' && reply.status === 404) {
    return unmeasurable(
      at,
      'no-answer',
      'this cluster serves no metrics.k8s.io: is metrics-server there?',
    );
  }
  const none = noResponse(reply, at);
  if (none) return none;
  const list = reply.kind === 'answered' ? jsonOf(reply.body) : undefined;
  if (!isUsageList(list)) return unmeasurable(at, 'malformed', 'no list of pod metrics');
  const usages = new Map(list.items.map((usage) => [usage.metadata.name, usage]));
  const shares: number[] = [];
  for (const pod of pods) {
    const usage = usages.get(pod.metadata.name);
    const limit = limitOf(pod, resource);
    if (!usage || limit === undefined) continue;
    const taken = timeOf(usage.timestamp);
    if (taken !== undefined && at - taken > STALE_MS) {
      return unmeasurable(
        at,
        'stale',
        `usage of ${pod.metadata.name} is ${Math.round((at - taken) / 1000)} s old`,
      );
    }
    shares.push(usedBy(usage, resource) / limit);
  }
  if (shares.length > 0) return { kind: 'value', at, value: Math.max(...shares) };
  const limited = pods.some((pod) => limitOf(pod, resource) !== undefined);
  const why = limited
    ? 'no usage of these pods is known yet'
    : `the pods have no ${resource} limit`;
  return unmeasurable(at, 'empty', why);
}

/** In cores or bytes, over all containers; undefined where one may use as much as it likes. */
export function limitOf(pod: Pod, resource: Resource): number | undefined {
  const limits = pod.spec.containers.map(({ resources }) => resources?.limits?.[resource]);
  if (limits.length === 0 || limits.some((limit) => limit === undefined)) return undefined;
  return limits.reduce((sum, limit) => sum + quantity(limit), 0) || undefined;
}

/** How many pods of a side are ready, and how often each has been restarted so far. */
export interface Health {
  readonly ready: number;
  readonly expected: number;
  readonly restarts: Readonly<Record<string, number>>;
}

export function healthOf(pods: readonly Pod[], expected: number): Health {
  const alive = pods.filter((pod) => !isTerminating(pod));
  const restartsOf = ({ status }: Pod): number =>
    (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
  return {
    ready: alive.filter(isServing).length,
    expected,
    restarts: Object.fromEntries(alive.map((pod) => [pod.metadata.name, restartsOf(pod)])),
  };
}

function usedBy({ containers }: PodUsage, resource: Resource): number {
  return containers.reduce((sum, { usage }) => sum + quantity(usage[resource]), 0);
}

function isUsageList(value: unknown): value is { readonly items: readonly PodUsage[] } {
  const { items } = Object(value);
  return Array.isArray(items) && items.every(isUsage);
}

function isUsage(value: unknown): value is PodUsage {
  const { metadata, timestamp, containers } = Object(value);
  if (typeof metadata?.name !== 'string' || !Array.isArray(containers)) return false;
  if (timestamp !== undefined && typeof timestamp !== 'string') return false;
  return containers.every((container: unknown) => isObject(Object(container).usage));
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
