/** Which objects a release has to look at: no more than these are watched. */
import type { Labels } from '../kubernetes/labels.ts';
import type { Plan } from './plan.ts';

export interface Scope {
  readonly deployments: readonly string[];
  readonly service: string;
  readonly previewService: string | undefined;
  /** Carried by the pods of either side. */
  readonly podLabels: Labels;
}

export function scopeOf(plan: Plan): Scope {
  switch (plan.strategy) {
    case 'rolling':
      return {
        deployments: [plan.workload.name],
        service: plan.service,
        previewService: undefined,
        podLabels: plan.workload.selector.matchLabels ?? {},
      };
    case 'blue-green':
      return {
        deployments: [plan.stable.name, plan.candidate.name],
        service: plan.service,
        previewService: plan.previewService,
        podLabels: shared(
          plan.stable.selector.matchLabels ?? {},
          plan.candidate.selector.matchLabels ?? {},
        ),
      };
  }
}

function shared(a: Labels, b: Labels): Labels {
  return Object.fromEntries(Object.entries(a).filter(([key, value]) => b[key] === value));
}
