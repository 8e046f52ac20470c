/** Reads a pod's own metrics page, or says why it cannot be read. */
import { deserialize, serialize } from 'node:v8';
import type { MetricsPlan } from '../../../core/cluster/plan-input.ts';
import type { Pod } from '../../../core/kubernetes/objects.ts';
import type { Metric } from '../../../core/metrics/custom-metric.ts';
import { type PodPage, readPage } from '../../../core/metrics/page/pods.ts';
import type { Sample } from '../../../core/metrics/page/sample.ts';
import { measuringOf } from '../../../core/metrics/providers/registry.ts';
import { speaking, urlOf } from '../../../core/smoke/checks.ts';
import { messageOf } from '../../base/failure.ts';
import type { StageContext } from '../../context/stage-context.ts';
import { readMetricsPage } from './page.ts';

const TIMEOUT_MS = 2_000;

type PodMetrics = Extract<MetricsPlan, { kind: 'pods' }>;

/** A text says why nothing can be read. Histograms of the `paths` are kept apart. */
export async function readPod(
  context: StageContext,
  pod: Pod,
  where: PodMetrics,
  metrics: readonly Metric[],
  paths: ReadonlySet<string> = new Set(),
): Promise<PodPage | string> {
  const samples = await readSamples(context, pod, where);
  const custom = metrics.flatMap(({ source }) => {
    const measuring = measuringOf(source);
    return measuring.kind === 'page' ? [measuring.series] : [];
  });
  const page = typeof samples === 'string' ? samples : readPage(samples, custom, paths);
  if (typeof page === 'object') return ownCopy(page);
  const why = page ?? 'counts no requests by status';
  return `${pod.metadata.name}: ${pageOf(pod, where)}: ${why}`;
}

/** Its names are slices of the page's text, each of which would keep the whole of it in memory. */
function ownCopy(page: PodPage): PodPage {
  const copy: PodPage = deserialize(serialize(page));
  return copy;
}

/** What the page holds; a text says why it cannot be read. */
export async function readSamples(
  { ask }: StageContext,
  pod: Pod,
  where: PodMetrics,
): Promise<readonly Sample[] | string> {
  const answer = await ask({
    method: 'GET',
    url: pageOf(pod, where),
    timeoutMs: TIMEOUT_MS,
    ...speaking(where.scheme ?? 'HTTP'),
  });
  if (answer.kind === 'failed') return answer.why;
  if (answer.status !== 200) return `answered ${answer.status}`;
  try {
    return readMetricsPage(answer.body);
  } catch (thrown) {
    return `is not a metrics page: ${messageOf(thrown)}`;
  }
}

function pageOf({ status }: Pod, { port, path, scheme = 'HTTP' }: PodMetrics): string {
  return urlOf(scheme, status?.podIP ?? '', port, path);
}
