// What guards, operators and the way back rest on, phase by phase: a table that a person can check.
import { describe, expect, test } from '@jest/globals';
import { because, instant } from '../../../../core/base/vocabulary.ts';
import {
  TWO_SIDED_PHASES,
  type TwoSidedPhase,
  type TwoSidedState,
} from '../../../../core/state/state.ts';
import { beginning } from '../../../../core/strategies/strategy.ts';
import {
  phaseOf,
  reversed,
  turnBack,
} from '../../../../core/strategies/two-sided/phase-registry.ts';
import { FIRST_ROUTE_CHANGE } from '../../../../core/strategies/two-sided/route/changes.ts';

const AT = instant(1_000);

function stateIn(phase: TwoSidedPhase, step: number): TwoSidedState {
  return { ...beginning(AT), strategy: 'canary', phase, step, stage: FIRST_ROUTE_CHANGE };
}

/** Step and whether requests may reach the candidate, the weight in force, both ways back. */
const TABLE = [
  ['routing', 0, false, -1, 'retiring', 'retiring'],
  ['preparing', 0, false, -1, 'retiring', 'retiring'],
  ['preparing', 1, true, 0, 'preparing', 'preparing'],
  ['testing', 0, false, -1, 'retiring', 'retiring'],
  ['switching', 0, true, -1, 'preparing', 'preparing'],
  ['switching', 1, true, 0, 'preparing', 'preparing'],
  ['confirming', 1, true, 1, 'preparing', 'preparing'],
  ['monitoring', 1, true, 1, 'preparing', 'preparing'],
  ['holding', 1, true, 1, 'preparing', 'preparing'],
  // Concluded: it is finished, unless the stable's place itself is in danger.
  ['landing', 1, true, 1, 'landing', 'preparing'],
  ['draining', 1, true, 1, 'draining', 'preparing'],
  ['retiring', 1, true, 1, 'retiring', 'preparing'],
  ['tidying', 1, true, 1, 'tidying', 'preparing'],
  ['done', 1, true, -1, 'done', 'done'],
] as const;

describe('the phases', () => {
  test('are all in the table', () => {
    expect(new Set(TABLE.map(([phase]) => phase))).toEqual(new Set(TWO_SIDED_PHASES));
  });

  test.each(TABLE)(
    '%s of step %i: served %s, step %i in force, back by %s, reversed by %s',
    (name, step, mayServe, stepInForce, back, reverse) => {
      const state = stateIn(name, step);
      const phase = phaseOf(state);
      expect(phase.mayServe(state)).toBe(mayServe);
      expect(phase.stepInForce(state)).toBe(stepInForce);
      expect(turnBack(state, AT, because('errors', 'why')).phase).toBe(back);
      expect(reversed(state, AT, because('errors', 'why')).phase).toBe(reverse);
    },
  );

  test.each([
    ['waitsFor', 'write', ['routing', 'switching']],
    ['waitsFor', 'time', ['monitoring']],
    ['waitsFor', 'validation', ['holding']],
    ['waitsFor', 'end', ['landing', 'draining', 'retiring', 'tidying', 'done']],
    ['writesRoutes', true, ['routing', 'switching', 'landing', 'tidying']],
    ['isAboutWeight', true, ['switching', 'confirming', 'monitoring']],
    ['ownership', 'taking', ['routing']],
    ['ownership', 'returning', ['tidying']],
    ['loser', 'drained', ['draining']],
    ['loser', 'ended', ['retiring', 'tidying', 'done']],
  ] as const)('%s is %s in %j', (property, value, phases) => {
    const found = TWO_SIDED_PHASES.filter(
      (phase) => phaseOf(stateIn(phase, 0))[property] === value,
    );
    expect(found).toEqual(phases);
  });
});
