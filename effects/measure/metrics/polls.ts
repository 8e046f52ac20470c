/** What a release's settings measure beside the pods' pages: each question, how often, and what its answer is. */

import { TRAFFIC } from '../../../core/analysis/request-window.ts';
import type { Instant, Side } from '../../../core/base/vocabulary.ts';
import type {
  AnalysisSettings,
  Metric,
  TrafficSource,
} from '../../../core/config/analysis/settings.ts';
import type { Pod } from '../../../core/kubernetes/objects.ts';
import { probedPaths } from '../../../core/kubernetes/pods/probes.ts';
import { OPEN } from '../../../core/metrics/access.ts';
import { type Resource, readUsage, usageQuery } from '../../../core/metrics/kubernetes.ts';
import {
  type Measured,
  type MetricResponse,
  type SideSubject,
  unmeasurable,
} from '../../../core/metrics/metric.ts';
import { filledIn, tellsSidesApart } from '../../../core/metrics/placeholders.ts';
import { instantQuery, rangeQuery, readNumber } from '../../../core/metrics/prometheus/api.ts';
import { PRESET_QUERIES } from '../../../core/metrics/prometheus/presets.ts';
import { readTraffic, trafficQuery } from '../../../core/metrics/prometheus/traffic.ts';
import { jsonQuery, readJson } from '../../../core/metrics/providers/http-json.ts';
import { type Plan, templateBefore } from '../../../core/plan/plan.ts';
import { dependencyKey } from '../../../core/triggers/facts.ts';
import type { StageContext } from '../../context/stage-context.ts';
import { metBy } from '../../expressions/cel.ts';
import { select } from '../../expressions/json-path.ts';
import { askSource } from './source.ts';

export type SideSubjects = Readonly<Record<Side, SideSubject>>;

export interface Poll {
  readonly name: string;
  readonly intervalMs: number;
  readonly initialDelayMs: number;
  readonly count: number | undefined;
  /** By side; a side that is not told is not measured by this. */
  measure(sides: SideSubjects, at: () => Instant): Promise<Partial<Record<Side, Measured>>>;
}

/** How a query can name either side, by the pods that it has just now. */
export function subjectsOf(
  { namespace, service, settings }: Plan,
  pods: Readonly<Record<Side, readonly Pod[]>>,
): SideSubjects {
  const backends = { stable: service, candidate: settings.previewService };
  const of = (side: Side): SideSubject => ({
    namespace,
    service,
    side,
    backend: backends[side],
    pods: pods[side],
  });
  return { stable: of('stable'), candidate: of('candidate') };
}

const ALWAYS = { initialDelayMs: 0, count: undefined } as const;
const USAGE_MS = 15_000;
const DEPENDENCY_MS = 5_000;
/** A range is asked for at so many points. */
const POINTS = 20;
export function pollsOf(context: StageContext, plan: Plan): Poll[] {
  const { analysis, triggers } = plan.settings;
  const polls: Poll[] = [];
  if (analysis.traffic.provider === 'prometheus')
    polls.push(trafficPoll(context, plan, analysis.traffic));
  for (const metric of analysis.metrics) {
    // What the pods' own pages tell is read along with their counters.
    if (metric.source.provider !== 'pods') polls.push(metricPoll(context, analysis, metric));
  }
  for (const resource of ['cpu', 'memory'] as const) {
    const name = `${resource}_usage`;
    const wanted = triggers.some((each) => each.kind === 'metric' && each.metric === name);
    if (wanted) polls.push(usagePoll(context, name, resource));
  }
  for (const trigger of triggers) {
    if (trigger.kind === 'dependency' && trigger.url !== undefined) {
      polls.push(dependencyPoll(context, trigger.name, trigger.url));
    }
  }
  return polls;
}

function trafficPoll(
  context: StageContext,
  plan: Plan,
  traffic: Extract<TrafficSource, { provider: 'prometheus' }>,
): Poll {
  const { prometheus } = plan.settings.analysis;
  const preset = PRESET_QUERIES[traffic.preset];
  const ignored = ownPaths(plan);
  const proberPath = plan.probe?.kind === 'http' ? plan.probe.path : undefined;
  return {
    ...ALWAYS,
    name: TRAFFIC,
    intervalMs: traffic.intervalMs,
    measure: async (sides, at) => {
      const query = trafficQuery(preset, sides, traffic.selectors, ignored, proberPath);
      const question = instantQuery(prometheus?.address ?? '', query);
      return readTraffic(await askSource(context, question, prometheus), preset, at());
    },
  };
}

/** What probes and scrapes ask, of the workload as it is written: webhooks send probes elsewhere. */
function ownPaths(plan: Plan): string[] {
  const { metrics, readinessPath } = plan;
  const written = templateBefore(plan).spec.containers.find(({ name }) => name === plan.container);
  const paths = [readinessPath, ...(written ? probedPaths(written) : [])];
  if (metrics.kind === 'pods')
    paths.push(metrics.path, ...(metrics.probes ?? []).map(({ path }) => path));
  return [...new Set(paths.filter((path) => path !== undefined))];
}

function metricPoll(context: StageContext, analysis: AnalysisSettings, metric: Metric): Poll {
  const { name, intervalMs, initialDelayMs, count, source } = metric;
  const text = source.provider === 'prometheus' ? source.query : 'url' in source ? source.url : '';
  const ask = async (subject: SideSubject, at: () => Instant): Promise<Measured> => {
    switch (source.provider) {
      case 'prometheus': {
        const { address = '', ...access } = analysis.prometheus ?? {};
        const query = filledIn(source.query, subject);
        const { rangeMs } = source;
        const range = rangeMs && { windowMs: rangeMs, stepMs: Math.max(1_000, rangeMs / POINTS) };
        const question = range
          ? rangeQuery(address, query, at(), range)
          : instantQuery(address, query);
        return readNumber(await askSource(context, question, { ...OPEN, ...access }), at());
      }
      case 'http-json': {
        const reply = await askSource(context, jsonQuery(source.url, subject), source.access);
        return readJson(reply, source.path, select, at());
      }
      case 'pods':
        return unmeasurable(at(), 'no-answer', 'is read from the pods');
    }
  };
  return {
    name,
    intervalMs,
    initialDelayMs,
    count,
    measure: async (sides, at) => {
      const apart = tellsSidesApart(text);
      const [candidate, other] = await Promise.all([
        ask(sides.candidate, at),
        apart ? ask(sides.stable, at) : undefined,
      ]);
      const stable = other ?? candidate;
      if (candidate.kind !== 'value') return { candidate, stable };
      const met = metBy(
        metric,
        candidate.value,
        stable.kind === 'value' ? stable.value : Number.NaN,
      );
      return { candidate: met ? { ...candidate, met } : candidate, stable };
    },
  };
}

function usagePoll(context: StageContext, name: string, resource: Resource): Poll {
  return {
    ...ALWAYS,
    name,
    intervalMs: USAGE_MS,
    measure: async (sides, at) => {
      const reply = await askSource(context, usageQuery(sides.candidate.namespace));
      return {
        candidate: readUsage(reply, resource, sides.candidate.pods, at()),
        stable: readUsage(reply, resource, sides.stable.pods, at()),
      };
    },
  };
}

/** Of a dependency it is asked only whether it answers; the same for both sides. */
function dependencyPoll(context: StageContext, name: string, url: string): Poll {
  return {
    ...ALWAYS,
    name: dependencyKey(name),
    intervalMs: DEPENDENCY_MS,
    measure: async (_sides, at) => ({
      candidate: checked(await askSource(context, { to: 'http', url }), at()),
    }),
  };
}

function checked(reply: MetricResponse, at: Instant): Measured {
  if (reply.kind === 'failed') return unmeasurable(at, 'no-answer', reply.why);
  return reply.status < 500
    ? { kind: 'value', at, value: 1 }
    : unmeasurable(at, 'no-answer', `answered ${reply.status}`);
}
