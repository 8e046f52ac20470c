/** How each strategy makes its plan, by its name. */

import type { StrategyName } from '../base/vocabulary.ts';
import type { Plan } from './plan.ts';
import type { PlanMaker } from './plan-maker.ts';
import { rollingPlans } from './rolling/plans.ts';
import { twoSidedPlans } from './two-sided/plans.ts';
import { blueGreenSteps, canarySteps } from './two-sided/weight-steps.ts';

const MAKERS: Readonly<Record<StrategyName, PlanMaker<Plan>>> = {
  rolling: rollingPlans,
  'blue-green': twoSidedPlans({ strategy: 'blue-green', sizing: 'full', steps: blueGreenSteps }),
  canary: twoSidedPlans({ strategy: 'canary', sizing: 'by-weight', steps: canarySteps }),
  'blue-green-with-canary': twoSidedPlans({
    strategy: 'blue-green-with-canary',
    sizing: 'full',
    steps: canarySteps,
  }),
};

export function planMaker(strategy: StrategyName): PlanMaker<Plan> {
  return MAKERS[strategy];
}

export function makerOf({ strategy }: Plan): PlanMaker<Plan> {
  return planMaker(strategy);
}
