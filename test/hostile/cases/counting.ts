/** Kinds 4 and 5: honest counts, and a judge where no stable runs beside the candidate. */
import { plainScenario, type Scenario } from '../../../verification/world/scenario.ts';
import type { HostileCase } from '../case.ts';
import { longer } from './reach.ts';

const QUIET_MS = [1_000, 1_600, 3_000, 10_000];

const lowTraffic: HostileCase[] = (['blue-green', 'canary', 'rolling'] as const).flatMap(
  (strategy) =>
    QUIET_MS.map((everyMs) => ({
      id: `hostile n, ${strategy}, a request every ${everyMs / 1000} s`,
      kind: 5,
      title: 'a candidate that fails every request, with little traffic',
      scenario: failing(strategy, 1, { fresh: 1, keptAlive: 0, everyMs }),
      ends: ['rolled-back'],
    })),
);

const ninePercent: HostileCase[] = (
  ['blue-green', 'rolling', 'canary', 'blue-green-with-canary'] as const
).map((strategy) => ({
  id: `hostile y, ${strategy}`,
  kind: 5,
  title: 'a candidate that fails one request in eleven, a stable that fails none',
  scenario: failing(strategy, 11, plainScenario(strategy).load),
  ends: ['rolled-back'],
}));

/** What must not be rolled back for want of data. */
const goodAndQuiet: HostileCase[] = (['blue-green', 'canary', 'rolling'] as const).map(
  (strategy) => ({
    id: `a good candidate, ${strategy}, a request every 3 s`,
    kind: 5,
    title: 'a good candidate with little traffic',
    scenario: {
      ...longer(plainScenario(strategy), 60),
      load: { fresh: 1, keptAlive: 0, everyMs: 3_000 },
    },
    ends: ['promoted'],
  }),
);

function failing(
  strategy: Scenario['strategy'],
  failingEvery: number,
  load: Scenario['load'],
): Scenario {
  return { ...longer(plainScenario(strategy, 'failing'), 180), failingEvery, load };
}

export const COUNTING: readonly HostileCase[] = [...lowTraffic, ...ninePercent, ...goodAndQuiet];
