/** Every strategy with every router that it makes sense with: a line each. */
import { ROUTERS, type RouterName, type StrategyName } from '../../core/base/vocabulary.ts';

export interface Way {
  readonly strategy: StrategyName;
  readonly router: RouterName;
  /** What its release config says of the strategy, as YAML on one line. */
  readonly config: string;
}

const CANARY =
  '{canary: {steps: [{weight: 10, duration: 4s}, {weight: 50, duration: 4s}], monitoring: 4s}}';

export const VARIANTS: readonly Way[] = [
  { strategy: 'rolling', router: 'service', config: '{rolling: {monitoring: 5s}}' },
  ...ROUTERS.flatMap((router): Way[] => [
    { strategy: 'blue-green', router, config: '{blueGreen: {monitoring: 5s}}' },
    { strategy: 'canary', router, config: CANARY },
    { strategy: 'blue-green-with-canary', router, config: CANARY },
  ]),
];

export function nameOf({ strategy, router }: Way): string {
  return `${strategy} x ${router}`;
}
