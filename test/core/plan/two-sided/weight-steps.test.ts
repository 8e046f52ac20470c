// By which steps traffic is moved: each rises, each is watched for its time, and the last one is all of it
// and is watched for as long as the config says that all of it is.
import { describe, expect, test } from '@jest/globals';
import type { StrategyName } from '../../../../core/base/vocabulary.ts';
import type { ReleaseConfig } from '../../../../core/config/schema.ts';
import { blueGreenSteps, canarySteps } from '../../../../core/plan/two-sided/weight-steps.ts';
import { settingsFor } from '../../support/play.ts';

function stepsFor(strategy: StrategyName, config: NonNullable<ReleaseConfig['strategy']> = {}) {
  const settings = settingsFor(strategy, { strategy: config });
  return strategy === 'blue-green' ? blueGreenSteps(settings) : canarySteps(settings);
}

/** `10% for 30s, then …` */
function steps(
  strategy: StrategyName,
  config: NonNullable<ReleaseConfig['strategy']> = {},
): string {
  return stepsFor(strategy, config)
    .map(({ weightPercent, watchMs }) => `${weightPercent}% ${watchMs / 1000}s`)
    .join(', ');
}

describe('a blue-green release', () => {
  test('gives all at once where nothing else is said', () => {
    expect(steps('blue-green', { blueGreen: { monitoring: '60s' } })).toBe('100% 60s');
  });

  test.each([
    [40, '40% 30s, 80% 30s, 100% 60s'],
    [50, '50% 30s, 100% 60s'],
    [25, '25% 30s, 50% 30s, 75% 30s, 100% 60s'],
    [100, '100% 60s'],
  ])(
    'that grows by %i %% watches all of it for the monitoring, and not for the interval',
    (incrementPercentage, expected) => {
      const blueGreen = {
        switch: 'gradual',
        incrementPercentage,
        interval: '30s',
        monitoring: '60s',
      };
      expect(steps('blue-green', { blueGreen } as NonNullable<ReleaseConfig['strategy']>)).toBe(
        expected,
      );
    },
  );

  test.each([
    ['names its steps', [{ weight: 30, duration: '10s' }], '30% 10s, 100% 60s'],
    ['names all of it too', [{ weight: 100, duration: '10s' }], '100% 10s'],
    ['names none', undefined, '50% 300s, 100% 60s'],
  ])('that is weighted and %s', (_what, written, expected) => {
    const blueGreen = {
      switch: 'weighted',
      monitoring: '60s',
      ...(written ? { steps: written } : {}),
    };
    expect(steps('blue-green', { blueGreen } as NonNullable<ReleaseConfig['strategy']>)).toBe(
      expected,
    );
  });

  test('is not moved by what is said of a canary', () => {
    expect(steps('blue-green', { canary: { steps: [{ weight: 10 }] } })).toBe('100% 300s');
  });
});

describe.each(['canary', 'blue-green-with-canary'] as const)('a %s release', (strategy) => {
  test('rises by 10, 25 and 50 to all where nothing else is said', () => {
    expect(steps(strategy)).toBe('10% 300s, 25% 300s, 50% 300s, 100% 300s');
  });

  test('watches a step for its own time, and all of it for its own or for the monitoring', () => {
    const rises = [{ weight: 5, duration: '1m' }, { weight: 60 }];
    expect(steps(strategy, { canary: { steps: rises, monitoring: '2m' } })).toBe(
      '5% 60s, 60% 300s, 100% 120s',
    );
    const all = [...rises, { weight: 100, duration: '3m' }];
    expect(steps(strategy, { canary: { steps: all, monitoring: '2m' } })).toBe(
      '5% 60s, 60% 300s, 100% 180s',
    );
  });

  test.each([
    ['to all', {}, '10% 60s, 30% 60s, 50% 60s, 70% 60s, 90% 60s, 100% 120s'],
    [
      'to a target, which is a step',
      { targetPercentage: 50 },
      '10% 60s, 30% 60s, 50% 60s, 100% 120s',
    ],
    [
      'to a target between two increments, and never above it',
      { targetPercentage: 45 },
      '10% 60s, 30% 60s, 45% 60s, 100% 120s',
    ],
    ['to a target that is where it begins', { targetPercentage: 10 }, '10% 60s, 100% 120s'],
  ])('that is counted rises %s', (_what, more, expected) => {
    const canary = {
      initialPercentage: 10,
      incrementPercentage: 20,
      incrementInterval: '1m',
      monitoring: '2m',
      ...more,
    };
    expect(steps(strategy, { canary })).toBe(expected);
  });
});

test.each<[StrategyName, NonNullable<ReleaseConfig['strategy']>]>([
  ['blue-green', { blueGreen: { switch: 'gradual', incrementPercentage: 7 } }],
  ['canary', { canary: { initialPercentage: 3, incrementPercentage: 9 } }],
  ['canary', { canary: { initialPercentage: 100 } }],
  ['canary', { canary: { initialPercentage: 1, incrementPercentage: 1, targetPercentage: 99 } }],
])(
  'of %s every step is above the one before, and the last one is all of it (%#)',
  (strategy, config) => {
    const weights = stepsFor(strategy, config).map((step) => step.weightPercent);
    expect(weights).toEqual([...new Set(weights)].toSorted((a, b) => a - b));
    expect(weights.at(-1)).toBe(100);
    expect(weights[0]).toBeGreaterThan(0);
  },
);
