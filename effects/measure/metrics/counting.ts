/** Reads the pods' pages again and again, and keeps what their clients have asked of each. */

import type { Reading } from '../../../core/cluster/observation.ts';
import type { Pod } from '../../../core/kubernetes/objects.ts';
import { isServing } from '../../../core/kubernetes/pods/pods.ts';
import { httpProbes } from '../../../core/kubernetes/pods/probes.ts';
import {
  clientsOf,
  countOn,
  type Own,
  type Periodic,
  type PodCount,
} from '../../../core/metrics/page/pod-count.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import type { OwnRequests } from '../own-requests.ts';
import { readPod } from './pod.ts';

/** Others may scrape the pods as well, at an unknown rate; Prometheus does so every 15 s or more. */
const OTHERS_SCRAPE_MS = 5_000;

/** `sharedPath`: by which path the stage asks the Service itself. */
export function createCounting(own: OwnRequests, plan: Plan, sharedPath: string | undefined) {
  const counts = new Map<string, PodCount>();
  return async (pod: Pod): Promise<Reading | undefined> => {
    const { metrics, settings } = plan;
    if (metrics.kind === 'none') return undefined;
    const periodic = periodicOf(plan, pod);
    const sent = own.to(pod.status?.podIP ?? '');
    const paths = new Set([...periodic.map(({ path }) => path), ...Object.keys(sent)]);
    if (sharedPath !== undefined) paths.add(sharedPath);
    const page = await readPod(own.context, pod, metrics, settings.analysis.metrics, paths);
    const at = own.context.clock.now();
    if (typeof page === 'string') return { kind: 'failed', at, why: page };
    const mine: Own = {
      sent: own.to(pod.status?.podIP ?? ''),
      periodic,
      isReady: isServing(pod),
    };
    const count = countOn(counts.get(keyOf(pod)), page, mine, at);
    counts.set(keyOf(pod), count);
    return { kind: 'counted', at, counters: clientsOf(count, sharedPath), gauges: page.gauges };
  };
}

/** A pod of a StatefulSet has the name of the one before it. */
function keyOf({ metadata }: Pod): string {
  return `${metadata.name}/${metadata.uid ?? ''}`;
}

function periodicOf({ metrics, container }: Plan, pod: Pod): Periodic[] {
  if (metrics.kind === 'none') return [];
  const spec = pod.spec.containers.find(({ name }) => name === container);
  const probes = metrics.probes ?? (spec ? httpProbes(spec) : []);
  return [
    ...probes.map((probe) => ({ ...probe, isCertain: true })),
    { path: metrics.path, everyMs: OTHERS_SCRAPE_MS, isCertain: false },
  ];
}
