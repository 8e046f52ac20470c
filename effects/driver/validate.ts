import type { Service } from '../../core/kubernetes/network-objects.ts';
import { isServing } from '../../core/kubernetes/pods/pods.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { type Target, targetsAmong } from '../../core/smoke/target.ts';
import { strategyOf } from '../../core/strategies/registry.ts';
import { StageFailure } from '../base/failure.ts';
import type { StageContext } from '../context/stage-context.ts';
import { observePods } from '../inputs/own-pods.ts';
import { wholePlan } from '../inputs/whole-plan.ts';
import type { Kube } from '../kube/client.ts';
import { smoke } from '../measure/smoke.ts';

export interface Validation {
  /** `4 checks of 2 targets` */
  readonly checked: string;
  /** A line for each check that failed. */
  readonly faults: readonly string[];
}

export async function validate(context: StageContext, known: Plan): Promise<Validation> {
  const plan = await wholePlan(context.kube, known);
  const targets = await targetsOf(context.kube, plan);
  const faults = await smoke(context, targets);
  const checks = targets.reduce((sum, target) => sum + target.checks.length, 0);
  const checked = `${checks} checks of ${targets.length} targets`;
  return { checked, faults };
}

/** Every pod of the candidate, and the Service. */
async function targetsOf(kube: Kube, plan: Plan): Promise<Target[]> {
  const { namespace, service: name } = plan;
  const [service, seen] = await Promise.all([
    kube.get<Service>({ apiVersion: 'v1', kind: 'Service', namespace, name }),
    observePods(kube, plan),
  ]);
  if (!service) throw new StageFailure(1, `service ${name} is gone from namespace ${namespace}`);
  const candidate = strategyOf(plan).sides(plan, seen).candidate.filter(isServing);
  if (candidate.length === 0) throw new StageFailure(1, 'no pod of the candidate is ready');
  return targetsAmong(plan, candidate, service);
}
