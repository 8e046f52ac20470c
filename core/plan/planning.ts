/** From what was found and decided to a plan: everything a release needs to know, or why it cannot be. */

import type { PlanInput } from '../cluster/plan-input.ts';
import { probeTarget } from '../cluster/prober.ts';
import { readinessChecks, schemeAt } from '../cluster/readiness-checks.ts';
import { workloadText } from '../kubernetes/workload.ts';
import type { Plan, PlanBase } from './plan.ts';
import { planMaker } from './registry.ts';

export type Planned =
  | { readonly kind: 'planned'; readonly plan: Plan }
  | { readonly kind: 'unchanged'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

export function planRelease(input: PlanInput): Planned {
  const { settings, subject, image } = input;
  const isUnchanged = subject.container.image === image.reference;
  if (isUnchanged && settings.whenUnchanged !== 'release') {
    const why = `${workloadText(subject.deployment)} already runs ${image.reference}`;
    return { kind: 'unchanged', why };
  }
  const plan = planMaker(settings.strategy).plan(input, baseOf(input), isUnchanged);
  return typeof plan === 'string' ? { kind: 'refused', why: plan } : { kind: 'planned', plan };
}

/** What the plan of every strategy has. */
function baseOf({ release, at, settings, subject, image, metrics }: PlanInput): PlanBase {
  const { deployment, container, service, port, servicePort, readinessPath } = subject;
  const checks = readinessChecks(container);
  return {
    version: 1,
    release,
    at,
    namespace: deployment.metadata.namespace ?? 'default',
    service: service.metadata.name,
    container: container.name,
    image,
    previousImage: container.image ?? '',
    port,
    servicePort,
    readinessPath,
    readinessChecks: checks,
    scheme: schemeAt(port, checks, service, deployment.spec.template.spec),
    metrics,
    probe: probeTarget(settings.prober, container, service, port),
    settings,
    floor: deployment.spec.replicas ?? 1,
  };
}
