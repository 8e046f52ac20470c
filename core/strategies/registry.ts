/** Every strategy by its name. A plan carries its strategy's name, and so finds its way here. */
import type { StrategyName } from '../base/vocabulary.ts';
import type { Plan } from '../plan/plan.ts';
import type { ReleaseState } from '../state/state.ts';
import { rolling } from './rolling/strategy.ts';
import type { Strategy } from './strategy.ts';
import { twoSided } from './two-sided/strategy.ts';

/** A strategy whose plan and state are known to be its own only at run time. */
type AnyStrategy = Strategy<Plan, ReleaseState>;

/** A release's plan and state carry the same strategy: each is given its own. */
const STRATEGIES: Readonly<Record<StrategyName, AnyStrategy>> = {
  rolling,
  'blue-green': twoSided,
  canary: twoSided,
  'blue-green-with-canary': twoSided,
};

export function strategyOf({ strategy }: { readonly strategy: StrategyName }): AnyStrategy {
  return STRATEGIES[strategy];
}

/** The candidate was found good, and the release waits for somebody to validate and conclude it. */
export function isHandedOver(state: ReleaseState): boolean {
  return strategyOf(state).waitsFor(state) === 'validation';
}
