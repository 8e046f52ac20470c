/** Every strategy by its name. A plan carries its strategy's name, and so finds its way here. */
import type { Plan } from '../plan/plan.ts';
import type { ReleaseState } from '../state/state.ts';
import { rolling } from './rolling/strategy.ts';
import type { Strategy } from './strategy.ts';
import { twoSided } from './two-sided/strategy.ts';

/** A strategy whose plan and state are known to be its own only at run time. */
type AnyStrategy = Strategy<Plan, ReleaseState>;

export function strategyOf(plan: Plan): AnyStrategy {
  switch (plan.strategy) {
    case 'rolling':
      return rolling as unknown as AnyStrategy; // a release's plan and state carry the same strategy
    case 'blue-green':
    case 'canary':
    case 'blue-green-with-canary':
      return twoSided as unknown as AnyStrategy; // as above
  }
}
