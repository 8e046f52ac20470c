/** What a release's settings measure beside the pods' pages: each question, how often, and what its answer is. */

import type { Instant, Side } from '../../../core/base/vocabulary.ts';
import type { AnalysisSettings } from '../../../core/config/sections/analysis.ts';
import type { Pod } from '../../../core/kubernetes/objects.ts';
import { probedPaths } from '../../../core/kubernetes/pods/probes.ts';
import type { Metric } from '../../../core/metrics/custom-metric.ts';
import type { Measured, SideSubject } from '../../../core/metrics/metric.ts';
import { tellsSidesApart } from '../../../core/metrics/placeholders.ts';
import type { Measuring } from '../../../core/metrics/providers/provider.ts';
import { measuringOf } from '../../../core/metrics/providers/registry.ts';
import type { Question, SideSubjects } from '../../../core/metrics/question.ts';
import { trafficQuestion } from '../../../core/metrics/request-counters/registry.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { makerOf } from '../../../core/plan/registry.ts';
import { questionsOf } from '../../../core/triggers/kinds/registry.ts';
import type { StageContext } from '../../context/stage-context.ts';
import { metBy } from '../../expressions/cel.ts';
import { select } from '../../expressions/json-path.ts';
import { askSource } from './source.ts';

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

export function pollsOf(context: StageContext, plan: Plan): Poll[] {
  const { analysis, triggers } = plan.settings;
  const prober = plan.probe?.kind === 'http' ? plan.probe.path : undefined;
  const paths = { ignored: ownPaths(plan), prober };
  const traffic = trafficQuestion(analysis.traffic, analysis, paths);
  return [
    ...(traffic ? [pollOf(context, traffic)] : []),
    ...analysis.metrics.flatMap((metric) => metricPolls(context, analysis, metric)),
    ...questionsOf(triggers).map((question) => pollOf(context, question)),
  ];
}

function pollOf(context: StageContext, question: Question): Poll {
  const { name, intervalMs, access } = question;
  return {
    name,
    intervalMs,
    initialDelayMs: 0,
    count: undefined,
    measure: async (sides, at) => {
      const response = await askSource(context, question.query(sides), access);
      return question.read(response, sides, at());
    },
  };
}

/** What probes and scrapes ask, of the workload as it is written: webhooks send probes elsewhere. */
function ownPaths(plan: Plan): string[] {
  const { metrics, readinessPath } = plan;
  const written = makerOf(plan)
    .stable(plan)
    .template.spec.containers.find(({ name }) => name === plan.container);
  const paths = [readinessPath, ...(written ? probedPaths(written) : [])];
  if (metrics.kind === 'pods')
    paths.push(metrics.path, ...(metrics.probes ?? []).map(({ path }) => path));
  return [...new Set(paths.filter((path) => path !== undefined))];
}

/** None of what the pods' own pages tell: that is read along with their counters. */
function metricPolls(context: StageContext, analysis: AnalysisSettings, metric: Metric): Poll[] {
  const measuring = measuringOf(metric.source, analysis);
  return measuring.kind === 'asked' ? [metricPoll(context, metric, measuring)] : [];
}

function metricPoll(
  context: StageContext,
  metric: Metric,
  measuring: Extract<Measuring, { kind: 'asked' }>,
): Poll {
  const { name, intervalMs, initialDelayMs, count } = metric;
  const ask = async (subject: SideSubject, at: () => Instant): Promise<Measured> => {
    const query = measuring.query(subject, at());
    return measuring.read(await askSource(context, query, measuring.access), at(), select);
  };
  return {
    name,
    intervalMs,
    initialDelayMs,
    count,
    measure: async (sides, at) => {
      const apart = tellsSidesApart(measuring.template);
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
