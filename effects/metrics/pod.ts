/** Reads a pod's own metrics page, or says why it cannot be read. */
import type { Metric } from '../../core/config/analysis.ts';
import type { Pod } from '../../core/kubernetes/objects.ts';
import { readPage } from '../../core/metrics/pods.ts';
import type { Reading } from '../../core/release/observation.ts';
import type { MetricsPlan } from '../../core/release/plan.ts';
import { messageOf } from '../failure.ts';
import type { Outside } from '../outside.ts';
import { readMetricsPage } from './page.ts';

const TIMEOUT_MS = 2_000;

export async function readPod(
  { ask, clock }: Outside,
  pod: Pod,
  where: Extract<MetricsPlan, { kind: 'pods' }>,
  metrics: readonly Metric[],
): Promise<Reading> {
  const url = `http://${pod.status?.podIP}:${where.port}${where.path}`;
  const failed = (why: string): Reading => ({
    kind: 'failed',
    at: clock.now(),
    why: `${pod.metadata.name}: ${url}: ${why}`,
  });
  const answer = await ask({ method: 'GET', url, timeoutMs: TIMEOUT_MS });
  if (answer.kind === 'failed') return failed(answer.why);
  if (answer.status !== 200) return failed(`answered ${answer.status}`);
  const custom = metrics.flatMap(({ source }) =>
    source.provider === 'pods' ? [source.series] : [],
  );
  try {
    const page = readPage(readMetricsPage(answer.body), where.ignoredPaths, custom);
    return page
      ? { kind: 'counted', at: clock.now(), ...page }
      : failed('counts no requests by status');
  } catch (thrown) {
    return failed(`is no metrics page: ${messageOf(thrown)}`);
  }
}
