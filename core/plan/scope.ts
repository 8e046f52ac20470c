/** Which objects a release has to look at. */

import type { Plan } from './plan.ts';
import type { Scope } from './plan-maker.ts';
import { makerOf } from './registry.ts';

export function scopeOf(plan: Plan): Scope {
  return makerOf(plan).scope(plan);
}
