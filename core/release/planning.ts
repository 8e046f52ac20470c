/** From what was found and decided to a plan: everything a release needs to know, or why it cannot be. */
import { colouring } from './colours.ts';
import type { Plan } from './plan.ts';
import { type PlanInput, snapshot } from './plan-input.ts';

export type Planned =
  | { readonly kind: 'planned'; readonly plan: Plan }
  | { readonly kind: 'unchanged'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

export function planRelease(input: PlanInput): Planned {
  const { settings, subject, image } = input;
  const { deployment, container } = subject;
  const { name } = deployment.metadata;
  if (container.image === image.reference) {
    return { kind: 'unchanged', why: `deployment ${name} already runs ${image.reference}` };
  }
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
    metrics: input.metrics,
    settings,
    floor: deployment.spec.replicas ?? 1,
  } as const;
  switch (settings.strategy) {
    case 'rolling':
      return {
        kind: 'planned',
        plan: {
          ...base,
          strategy: 'rolling',
          workload: snapshot(deployment),
          maxSurge: settings.rolling.maxSurge,
        },
      };
    case 'blue-green': {
      const colours = colouring(input);
      if (typeof colours === 'string') return { kind: 'refused', why: colours };
      const plan = { ...base, ...colours, strategy: 'blue-green' } as const;
      return { kind: 'planned', plan };
    }
  }
}
