/** What the release would do if it began now: asked of the stable, foreseen, and shown to the API server. */

import { type Instant, isTwoSided } from '../../core/base/vocabulary.ts';
import type { Observation } from '../../core/cluster/observation.ts';
import { type Forecast, foresee } from '../../core/forecast/forecast.ts';
import { byName } from '../../core/kubernetes/by-name.ts';
import type { PodTemplate } from '../../core/kubernetes/objects.ts';
import type { Plan } from '../../core/plan/plan.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import { checkRoutes } from '../../core/preflight/routes.ts';
import { checkTime, withoutLimit } from '../../core/preflight/time.ts';
import { checkParts } from '../../core/preflight/workload.ts';
import type { StageContext } from '../../effects/context/stage-context.ts';
import { askStable } from '../../effects/inputs/ask-stable.ts';
import type { PlanInputs } from '../../effects/inputs/plan-inputs.ts';
import { rehearse } from '../../effects/inputs/rehearse.ts';
import { trySources } from '../../effects/measure/metrics/try.ts';

export interface Begun {
  readonly findings: readonly Finding[];
  /** The candidate's pods as they would be admitted. */
  readonly template: PodTemplate;
  /** As it would go where nothing goes wrong. */
  readonly forecast: Forecast;
}

/** Throws BadInput where a source can never be measured. */
export async function tryBeginning(
  context: StageContext,
  plan: Plan,
  inputs: PlanInputs,
  extraPods: number,
): Promise<Begun> {
  const { kube, clock, log } = context;
  const { pods, subject } = inputs;
  for (const event of await trySources(context, plan, pods)) log.event(event);
  if (plan.settings.drain.hook && isTwoSided(plan)) {
    log.event({
      event: 'check',
      check: 'drain-hook',
      asked: 'whether its port is open',
      note: 'not called on the stable, which it would drain',
    });
  }
  const forecast = foresee(withoutLimit(plan), seenIn(inputs, clock.now()));
  const [stable, rehearsal] = await Promise.all([
    askStable(context, plan, { ...inputs, service: subject.service }),
    rehearse(kube, plan, forecast.created, extraPods),
  ]);
  const ways = checkRoutes(plan, inputs.others);
  const held = [...checkParts(plan, pods), ...checkTime(plan, forecast)];
  const findings = [...stable, ...ways, ...held, ...rehearsal.findings];
  return { findings, template: rehearsal.template, forecast };
}

/** As far as a forecast needs it. */
function seenIn(inputs: PlanInputs, at: Instant): Observation {
  const { subject, deployments, previewService, pods, replicaSets, others } = inputs;
  const statefulSet = subject.statefulSet ? [subject.statefulSet] : [];
  return {
    at,
    service: subject.service,
    previewService,
    deployments: new Map(deployments.map((each) => [each.metadata.name, each])),
    pods,
    replicaSets,
    slices: [],
    previewSlices: [],
    others: new Map([...others, ...byName(statefulSet)]),
    events: [],
    readings: new Map(),
    measured: new Map(),
    reports: new Map(),
    called: new Set(),
  };
}
