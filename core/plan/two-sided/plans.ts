/** The plan of a release with two sides: a second Deployment, and the traffic that is moved to it. */

import type { ReleaseId, TwoSidedStrategy } from '../../base/vocabulary.ts';
import type { PlanInput } from '../../cluster/plan-input.ts';
import { startedFor } from '../../cluster/workload/restarted.ts';
import type { Settings } from '../../config/settings.ts';
import { routerNamed, routerOf } from '../../routers/registry.ts';
import type { Sizing } from '../../routers/router.ts';
import type { PlanBase, TwoSidedPlan, WeightStep } from '../plan.ts';
import { type PlanMaker, type Scope, withoutMark } from '../plan-maker.ts';
import { autoscalerFor, autoscalerTarget } from './autoscaler.ts';
import { goingBack } from './going-back.ts';
import { reachOf } from './reach.ts';
import { twoSidedShape } from './shape.ts';
import { sidesFor, type TwoSides } from './sides.ts';
import { strangeTwoSided } from './strange.ts';
import { templatesOf } from './templates.ts';

/** What tells the strategies with two sides apart. */
interface TwoSidedKind {
  readonly strategy: TwoSidedStrategy;
  readonly sizing: Sizing;
  /** By which it moves traffic. */
  steps(settings: Settings): readonly WeightStep[];
}

export function twoSidedPlans(kind: TwoSidedKind): PlanMaker<TwoSidedPlan> {
  return {
    plan: (input, base, isUnchanged) => planOf(kind, input, base, isUnchanged),
    scope: scopeOf,
    parts: partsOf,
    shape: twoSidedShape,
    stable: ({ stable }) => stable,
    candidate: ({ candidate: { template, name } }) => ({
      template,
      workload: name,
      controller: 'ReplicaSet',
    }),
    workloads: ({ stable, candidate }) => [stable.name, candidate.name],
    furtherServices: namesOfFurther,
    rollbackWindowMs: ({ rollbackWindowMs }) => rollbackWindowMs,
    templates: templatesOf,
    goingBack,
    strange: strangeTwoSided,
  };
}

function scopeOf(plan: TwoSidedPlan): Scope {
  return {
    deployments: [plan.stable.name, plan.candidate.name],
    service: plan.service,
    previewService: plan.previewService,
    furtherServices: namesOfFurther(plan),
    others: [
      ...routerOf(plan.routing).scope(plan),
      ...(plan.autoscaler ? [autoscalerTarget(plan.namespace, plan.autoscaler)] : []),
    ],
    podSelector: { matchLabels: { ...plan.selectors.both } },
  };
}

/** Plans of older versions have none. */
function namesOfFurther({ furtherServices = [] }: TwoSidedPlan): readonly string[] {
  return furtherServices.map(({ name }) => name);
}

function partsOf({
  stable,
  candidate,
  routing,
  furtherServices,
  steps,
  autoscaler,
}: TwoSidedPlan): Readonly<Record<string, unknown>> {
  return {
    workload: withoutMark(stable),
    pods: candidate.template.spec,
    routing,
    services: furtherServices,
    steps,
    autoscaler,
  };
}

function planOf(
  { strategy, sizing, steps: stepsOf }: TwoSidedKind,
  input: PlanInput,
  base: PlanBase,
  isUnchanged: boolean,
): TwoSidedPlan | string {
  const { settings, subject } = input;
  if (subject.statefulSet) return oneSided(input);
  const found = sidesFor(input, sizing);
  if (typeof found === 'string') return found;
  const sides = isUnchanged ? startedAnew(found, input.release) : found;
  const routing = routerNamed(settings.traffic.router).plan(input, sides.selectors);
  if (typeof routing === 'string') return routing;
  const autoscaler = autoscalerFor(input);
  if (typeof autoscaler === 'string') return autoscaler;
  const steps = stepsOf(settings);
  const reach = reachOf(input, { ...sides, routing, steps });
  if (typeof reach === 'string') return reach;
  return {
    ...base,
    ...sides,
    ...reach,
    headless: subject.service.spec.clusterIP === 'None',
    strategy,
    routing,
    steps,
    sizing,
    autoscaler,
  };
}

function startedAnew(sides: TwoSides, release: ReleaseId): TwoSides {
  const { candidate } = sides;
  return {
    ...sides,
    candidate: { ...candidate, template: startedFor(release, candidate.template) },
  };
}

/** Why a StatefulSet has no second side. */
function oneSided({ settings, subject }: PlanInput): string {
  const { name } = subject.deployment.metadata;
  return `service ${subject.service.metadata.name} is served by StatefulSet ${name}, and strategy ${settings.strategy} needs a Deployment: pods with names and volumes of their own cannot run twice; strategy rolling replaces them one by one`;
}
