// A spike is many errors and a rate far above the usual one: few errors, or a rate as usual, are none.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../../core/base/vocabulary.ts';
import type { ArmSample } from '../../../../core/judge/sample.ts';
import type { Facts } from '../../../../core/triggers/facts.ts';
import { resolveTrigger } from '../../../../core/triggers/settings.ts';
import { evaluateTriggers } from '../../../../core/triggers/trigger-state.ts';

type Arm = readonly [errors: number, requests: number];

function found(spike: object, candidate: Arm, stable: Arm, isCounted = true): string {
  const at = instant(0);
  const armOf = ([errors, requests]: Arm): ArmSample => ({ errors, requests });
  const window = {
    kind: 'measured',
    at,
    forMs: 60_000,
    candidate: armOf(candidate),
    stable: armOf(stable),
  } as const;
  const facts: Facts = {
    at,
    over: () => (isCounted ? window : undefined),
    values: { candidate: {}, stable: {} },
    health: { ready: 1, expected: 1, restarts: {} },
    usualThroughput: undefined,
  };
  const trigger = resolveTrigger({ errorSpike: spike, duration: '0' }, 'config');
  return evaluateTriggers([trigger], {}, facts).fired[0]?.why ?? 'calm';
}

describe('half as much again as the stable', () => {
  test.each<[string, Arm, Arm, string]>([
    ['is no spike', [15, 100], [10, 100], 'calm'],
    ['and one more is', [16, 100], [10, 100], 'error spike: 16%, more than 50% above 10%'],
    ['is none of nine errors', [9, 100], [0, 100], 'calm'],
    ['is one of ten', [10, 100], [0, 100], 'error spike: 10%'],
    ['is none beside a stable that has no requests', [50, 100], [0, 0], 'calm'],
    ['is none without requests', [0, 0], [0, 100], 'calm'],
  ])('%s', (_what, candidate, stable, why) => {
    expect(found({}, candidate, stable)).toContain(why);
  });

  test('is nothing where nothing was counted', () => {
    expect(found({}, [50, 100], [0, 100], false)).toBe('calm');
  });
});

describe('what the config says of a spike', () => {
  test.each<[object, Arm, Arm, string]>([
    [{ baseline: '10%' }, [15, 100], [0, 100], 'calm'],
    [{ baseline: '10%' }, [16, 100], [90, 100], 'above 10%'],
    [{ baseline: 0.1 }, [16, 100], [0, 0], 'above 10%'],
    [{ increasePercent: 100 }, [20, 100], [10, 100], 'calm'],
    [{ increasePercent: 100 }, [21, 100], [10, 100], 'more than 100% above 10%'],
    [{ minErrors: 3 }, [3, 100], [0, 100], 'error spike: 3%'],
    [{ minErrors: 3 }, [2, 100], [0, 100], 'calm'],
  ])('%j holds', (spike, candidate, stable, why) => {
    expect(found(spike, candidate, stable)).toContain(why);
  });
});
