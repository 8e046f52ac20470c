/** From what was found and decided to a plan: everything a release needs to know, or why it cannot be. */

import type { ReleaseId } from '../base/vocabulary.ts';
import { type PlanInput, snapshot } from '../cluster/plan-input.ts';
import { probeTarget } from '../cluster/prober.ts';
import { readinessChecks, schemeAt } from '../cluster/readiness-checks.ts';
import { type Hardening, hardened, hardeningOf } from '../cluster/workload/hardening.ts';
import { startedFor } from '../cluster/workload/restarted.ts';
import type { PodTemplate } from '../kubernetes/objects.ts';
import { workloadText } from '../kubernetes/workload.ts';
import { routerNamed } from '../routers/registry.ts';
import { revisionsAmong } from './own-pods.ts';
import type { Plan } from './plan.ts';
import { oneSided, statefulSetSnapshot } from './rolling/stateful-set.ts';
import { autoscalerFor } from './two-sided/autoscaler.ts';
import { reachOf } from './two-sided/reach.ts';
import { sidesFor, type TwoSides } from './two-sided/sides.ts';
import { stepsOf } from './two-sided/weight-steps.ts';

export type Planned =
  | { readonly kind: 'planned'; readonly plan: Plan }
  | { readonly kind: 'unchanged'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

export function planRelease(input: PlanInput): Planned {
  const { settings, subject, image } = input;
  const { deployment, container } = subject;
  const isUnchanged = container.image === image.reference;
  if (isUnchanged && settings.whenUnchanged !== 'release') {
    return {
      kind: 'unchanged',
      why: `${workloadText(deployment)} already runs ${image.reference}`,
    };
  }
  const checks = readinessChecks(container);
  const base = {
    version: 1,
    release: input.release,
    at: input.at,
    namespace: deployment.metadata.namespace ?? 'default',
    service: subject.service.metadata.name,
    container: container.name,
    image,
    previousImage: container.image ?? '',
    port: subject.port,
    servicePort: subject.servicePort,
    readinessPath: subject.readinessPath,
    readinessChecks: checks,
    scheme: schemeAt(subject.port, checks, subject.service, deployment.spec.template.spec),
    metrics: input.metrics,
    probe: probeTarget(settings.prober, container, subject.service, subject.port),
    settings,
    floor: deployment.spec.replicas ?? 1,
  } as const;
  switch (settings.strategy) {
    case 'rolling': {
      const statefulSet = subject.statefulSet && statefulSetSnapshot(subject.statefulSet);
      if (typeof statefulSet === 'string') return { kind: 'refused', why: statefulSet };
      const hardening = hardeningOf(settings, input.kubernetesMinor);
      return {
        kind: 'planned',
        plan: {
          ...base,
          strategy: 'rolling',
          workload: snapshot(deployment),
          template: isUnchanged ? anew(input, hardening) : undefined,
          maxSurge: settings.rolling.maxSurge,
          revisionsBefore: revisionsAmong(input.pods),
          statefulSet,
          hardening,
        },
      };
    }
    case 'blue-green':
    case 'canary':
    case 'blue-green-with-canary': {
      if (subject.statefulSet) return { kind: 'refused', why: oneSided(input) };
      const found = sidesFor(input);
      if (typeof found === 'string') return { kind: 'refused', why: found };
      const sides = isUnchanged ? startedAnew(found, input.release) : found;
      const routing = routerNamed(settings.traffic.router).plan(input, sides.selectors);
      if (typeof routing === 'string') return { kind: 'refused', why: routing };
      const autoscaler = autoscalerFor(input);
      if (typeof autoscaler === 'string') return { kind: 'refused', why: autoscaler };
      const steps = stepsOf(settings);
      const reach = reachOf(input, { ...sides, routing, steps });
      if (typeof reach === 'string') return { kind: 'refused', why: reach };
      const plan = {
        ...base,
        ...sides,
        ...reach,
        headless: subject.service.spec.clusterIP === 'None',
        strategy: settings.strategy,
        routing,
        steps,
        sizing: settings.strategy === 'canary' ? 'by-weight' : 'full',
        autoscaler,
      } as const;
      return { kind: 'planned', plan };
    }
  }
}

/** The same image again, in pods that are new: with the config as it is now. */
function anew({ subject, release }: PlanInput, hardening: Hardening | undefined): PodTemplate {
  const { deployment, container } = subject;
  return startedFor(release, hardened(deployment.spec.template, container.name, hardening));
}

function startedAnew(sides: TwoSides, release: ReleaseId): TwoSides {
  const { candidate } = sides;
  return {
    ...sides,
    candidate: { ...candidate, template: startedFor(release, candidate.template) },
  };
}
