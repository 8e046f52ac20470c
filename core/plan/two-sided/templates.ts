/** The pod templates of a plan with two sides. */

import type { TwoSidedPlan } from '../plan.ts';
import type { TemplateSlot } from '../plan-maker.ts';

export function templatesOf({ stable, candidate }: TwoSidedPlan): TemplateSlot<TwoSidedPlan>[] {
  const { before } = candidate;
  const slots: TemplateSlot<TwoSidedPlan>[] = [
    {
      workload: stable.name,
      template: stable.template,
      put: (into, template) => ({ ...into, stable: { ...into.stable, template } }),
    },
    {
      workload: candidate.name,
      template: candidate.template,
      isToBeMade: before === undefined,
      put: (into, template) => ({ ...into, candidate: { ...into.candidate, template } }),
    },
  ];
  if (!before) return slots;
  const earlier: TemplateSlot<TwoSidedPlan> = {
    workload: before.name,
    template: before.template,
    put: (into, template) => ({
      ...into,
      candidate: { ...into.candidate, before: { ...before, template } },
    }),
  };
  return [...slots, earlier];
}
