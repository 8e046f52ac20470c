/**
 * Measures what the next decision needs, in the background: the pods' counters, smoke checks, and
 * fresh connections through the Service. What is asked for is named by a key, so that an old
 * measurement never answers a new question.
 */
import type { Pod } from '../core/kubernetes/objects.ts';
import { isServing } from '../core/kubernetes/pods.ts';
import { countersOf } from '../core/metrics/pods.ts';
import type { Need, Reading, Report } from '../core/release/observation.ts';
import type { MetricsPlan, Plan } from '../core/release/plan.ts';
import { checksOf } from '../core/smoke/checks.ts';
import { strategyOf } from '../core/strategies/registry.ts';
import { other, type Side } from '../core/vocabulary.ts';
import type { Clock } from './clock.ts';
import { messageOf } from './failure.ts';
import { askOver } from './http.ts';
import { readMetricsPage } from './metrics-page.ts';
import type { Observer } from './observer.ts';
import { podTarget, smoke } from './smoke.ts';

export interface Measuring {
  readonly readings: ReadonlyMap<string, Reading>;
  readonly reports: ReadonlyMap<string, Report>;
  /** Starts what is due; does not wait for it. */
  meet(needs: readonly Need[]): void;
}

const SCRAPE_TIMEOUT_MS = 2_000;
const ANSWER_TIMEOUT_MS = 3_000;
/** So many fresh connections in a row, all to the same side, are no chance. */
const ANSWERS = 10;
const RETRY_MS = 250;

export function startMeasuring(
  plan: Plan,
  observer: Observer,
  clock: Clock,
  changed: () => void,
): Measuring {
  const readings = new Map<string, Reading>();
  const reports = new Map<string, Report>();
  const underWay = new Set<string>();

  const podNamed = (name: string): Pod | undefined =>
    observer.look().pods.find(({ metadata }) => metadata.name === name);

  const once = (key: string, work: () => Promise<void>): void => {
    if (underWay.has(key)) return;
    underWay.add(key);
    void work().finally(() => {
      underWay.delete(key);
      changed();
    });
  };

  const read = async (pod: Pod): Promise<void> => {
    if (plan.metrics.kind === 'none') return;
    const reading = await readCounters(pod, plan.metrics, clock);
    readings.set(pod.metadata.name, reading);
  };

  const report = (key: string, checked: string, failures: readonly string[]): void => {
    reports.set(key, { key, at: clock.now(), checked, failures });
  };

  const meet = (need: Need): void => {
    switch (need.kind) {
      case 'readings':
        for (const name of need.pods) {
          const pod = podNamed(name);
          const last = readings.get(name)?.at ?? 0;
          if (pod && clock.now() - last >= need.everyMs) once(`read ${name}`, () => read(pod));
        }
        return;
      case 'smoke':
        if (reports.has(need.key)) return;
        once(need.key, async () => {
          const pods = need.pods.map(podNamed).filter((pod) => pod !== undefined);
          const targets = pods.map((pod) => podTarget(pod, plan.port));
          const failures = await smoke(checksOf(plan), targets, clock);
          report(need.key, `${pods.length} pods`, failures);
        });
        return;
      case 'answers':
        if (reports.get(need.key)?.failures.length === 0) return;
        once(need.key, async () => {
          report(need.key, `${ANSWERS} connections`, await answers(plan, observer, need.side));
          await clock.sleep(RETRY_MS);
        });
    }
  };

  return {
    readings,
    reports,
    meet: (needs) => {
      for (const need of needs) meet(need);
    },
  };
}

/** A pod's counters now, or why they cannot be told. */
export async function readCounters(
  pod: Pod,
  metrics: Extract<MetricsPlan, { kind: 'pods' }>,
  clock: Clock,
): Promise<Reading> {
  const url = `http://${pod.status?.podIP}:${metrics.port}${metrics.path}`;
  const failed = (why: string): Reading => ({
    kind: 'failed',
    at: clock.now(),
    why: `${pod.metadata.name}: ${url}: ${why}`,
  });
  const answer = await askOver({ method: 'GET', url, timeoutMs: SCRAPE_TIMEOUT_MS });
  if (answer.kind === 'failed') return failed(answer.why);
  if (answer.status !== 200) return failed(`answered ${answer.status}`);
  try {
    const counters = countersOf(readMetricsPage(answer.body), metrics.ignoredPaths);
    if (!counters) return failed('counts no requests by status');
    return { kind: 'counted', at: clock.now(), counters };
  } catch (thrown) {
    return failed(`is no metrics page: ${messageOf(thrown)}`);
  }
}

/** Whether fresh connections through the Service all reach `side`, told by the configured header. */
async function answers(plan: Plan, observer: Observer, side: Side): Promise<string[]> {
  const { confirm } = plan.settings.drain;
  const view = observer.look();
  const { service } = view;
  if (!confirm || !service) return ['nothing to ask'];
  const sides = strategyOf(plan).sides(plan, view);
  const path = confirm.path ?? plan.readinessPath ?? '/';
  const headerAt = async (url: string): Promise<string | undefined> => {
    const answer = await askOver({ method: 'GET', url, timeoutMs: ANSWER_TIMEOUT_MS });
    return answer.headers.get(confirm.header.toLowerCase());
  };
  const own = async (of: Side): Promise<string | undefined> => {
    const ip = sides[of].find(isServing)?.status?.podIP;
    return ip === undefined ? undefined : headerAt(`http://${ip}:${plan.port}${path}`);
  };
  const [expected, unexpected] = await Promise.all([own(side), own(other(side))]);
  if (expected === undefined) return [`no ${side} pod answers with the header ${confirm.header}`];
  if (expected === unexpected) return [`both sides answer ${confirm.header}: ${expected}`];
  const url = `http://${service.spec.clusterIP}:${plan.servicePort}${path}`;
  for (let asked = 0; asked < ANSWERS; asked += 1) {
    const seen = await headerAt(url);
    if (seen !== expected) return [`${url} answered ${confirm.header}: ${seen ?? 'nothing'}`];
  }
  return [];
}
