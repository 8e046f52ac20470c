/** Which requests a release of these routes moves otherwise than by weight. */
import { isTwoSided } from '../base/vocabulary.ts';
import type { ByName } from '../kubernetes/by-name.ts';
import type { Plan } from '../plan/plan.ts';
import { routerOf } from '../routers/registry.ts';
import type { Finding } from './finding.ts';

/** `others`: every route of the namespace. */
export function checkRoutes(plan: Plan, others: ByName): Finding[] {
  if (!isTwoSided(plan)) return [];
  return routerOf(plan.routing)
    .warnings(plan, others)
    .map(({ check, message, advice }) => ({ check, severity: 'warn', message, advice }));
}
