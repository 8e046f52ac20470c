// What is said of how traffic moves: what is left out is safe, and what contradicts itself is told, each with
// its path.
import { describe, expect, test } from '@jest/globals';
import type { StrategyName } from '../../../../core/base/vocabulary.ts';
import type { ReleaseConfig } from '../../../../core/config/schema.ts';
import { resolveBlueGreen } from '../../../../core/config/sections/strategy/blue-green.ts';
import { resolveCanary } from '../../../../core/config/sections/strategy/canary.ts';
import { besideIn, strategyIssues, watchedMs } from '../../../../core/config/sections/strategy.ts';
import { settingsFor } from '../../support/play.ts';

const MINUTE = 60_000;

describe('a switch', () => {
  test('is instant where nothing is said', () => {
    expect(resolveBlueGreen()).toEqual({
      mode: { kind: 'instant' },
      replicas: undefined,
      monitoringMs: 5 * MINUTE,
    });
  });

  test('that is gradual begins with one increment, and ends with all', () => {
    expect(resolveBlueGreen({ switch: 'gradual' }).mode).toEqual({
      kind: 'gradual',
      initial: 10,
      increment: 10,
      target: 100,
      intervalMs: 30_000,
    });
  });

  test('that is weighted has its steps, each with its time', () => {
    const steps = [{ weight: 20, duration: '1m' }, { weight: 60 }];
    expect(resolveBlueGreen({ switch: 'weighted', steps }).mode).toEqual({
      kind: 'weighted',
      steps: [
        { weightPercent: 20, watchMs: MINUTE },
        { weightPercent: 60, watchMs: 5 * MINUTE },
      ],
    });
  });
});

describe('a canary', () => {
  test('goes by steps where nothing is said', () => {
    expect(resolveCanary().moving).toMatchObject({
      kind: 'steps',
      steps: [{ weightPercent: 10 }, { weightPercent: 25 }, { weightPercent: 50 }],
    });
  });

  test.each([
    [{ initialPercentage: 20 }, { initial: 20, increment: 20, target: 100 }],
    [{ incrementPercentage: 5 }, { initial: 10, increment: 5, target: 100 }],
    [{ targetPercentage: 40 }, { initial: 10, increment: 10, target: 40 }],
  ])('is counted where a percentage is said: %j', (written, expected) => {
    expect(resolveCanary(written).moving).toMatchObject({ kind: 'increments', ...expected });
  });

  test('goes by its steps, whatever percentages are said beside them', () => {
    const written = { initialPercentage: 20, steps: [{ weight: 3 }] };
    expect(resolveCanary(written).moving).toMatchObject({
      kind: 'steps',
      steps: [{ weightPercent: 3 }],
    });
  });

  test('keeps the headers by which its visitors are told', () => {
    expect(resolveCanary({ headers: { 'x-canary': 'yes' } }).headers).toEqual({
      'x-canary': 'yes',
    });
  });
});

const issues = (strategy: StrategyName, config: Partial<ReleaseConfig>): string[] => {
  const settings = settingsFor(strategy, config);
  return strategyIssues(settings, settings.traffic).map(
    ({ path, message }) => `${path} ${message}`,
  );
};

describe('what contradicts itself is told', () => {
  test.each<[string, StrategyName, Partial<ReleaseConfig>, string]>([
    [
      'steps that fall',
      'canary',
      { strategy: { canary: { steps: [{ weight: 50 }, { weight: 20 }] } } },
      '/strategy/canary/steps/1/weight 20 does not rise above 50',
    ],
    [
      'steps that stay where they are',
      'canary',
      { strategy: { canary: { steps: [{ weight: 20 }, { weight: 20 }] } } },
      '/strategy/canary/steps/1/weight 20 does not rise above 20',
    ],
    [
      'a first step of nothing',
      'canary',
      { strategy: { canary: { steps: [{ weight: 0 }] } } },
      '/strategy/canary/steps/0/weight 0 does not rise above 0',
    ],
    [
      'steps of a weighted switch that fall',
      'blue-green',
      { strategy: { blueGreen: { switch: 'weighted', steps: [{ weight: 9 }, { weight: 8 }] } } },
      '/strategy/blueGreen/steps/1/weight 8',
    ],
    [
      'a target below the beginning',
      'canary',
      { strategy: { canary: { initialPercentage: 30, targetPercentage: 20 } } },
      '/strategy/canary/targetPercentage 20 is less than initialPercentage 30',
    ],
    [
      'increments so small that the steps have no end',
      'canary',
      { strategy: { canary: { incrementPercentage: 1e-300, incrementInterval: '0s' } } },
      '/strategy/canary/incrementPercentage makes more than 100 steps',
    ],
    [
      'increments of a switch that are more steps than a journal holds',
      'blue-green',
      {
        strategy: {
          blueGreen: { switch: 'gradual', incrementPercentage: 0.001, interval: '0s' },
        },
      },
      '/strategy/blueGreen/incrementPercentage makes more than 100 steps',
    ],
    [
      'headers that a Service cannot route by',
      'canary',
      { strategy: { canary: { headers: { a: 'b' } } } },
      '/strategy/canary/headers',
    ],
    [
      'a router of a release that moves no traffic',
      'rolling',
      { traffic: { router: 'istio' } },
      '/traffic/router',
    ],
  ])('%s', (_what, strategy, config, expected) => {
    const found = issues(strategy, config);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  test.each<[string, StrategyName, Partial<ReleaseConfig>]>([
    [
      'a target that is where it begins',
      'canary',
      { strategy: { canary: { initialPercentage: 20, targetPercentage: 20 } } },
    ],
    [
      'headers where a mesh routes by them',
      'canary',
      { strategy: { canary: { headers: { a: 'b' } } }, traffic: { router: 'istio' } },
    ],
    [
      'headers that a rolling release does not look at',
      'rolling',
      { strategy: { canary: { headers: { a: 'b' } } } },
    ],
    ['nothing at all', 'blue-green', {}],
  ])('%s does not', (_what, strategy, config) => {
    expect(issues(strategy, config)).toEqual([]);
  });
});

describe('how long the candidate is watched in all', () => {
  test.each<[string, StrategyName, NonNullable<ReleaseConfig['strategy']>, number]>([
    ['rolling', 'rolling', { rolling: { monitoring: '2m' } }, 2],
    ['an instant switch', 'blue-green', { blueGreen: { monitoring: '2m' } }, 2],
    [
      'a gradual one: every interval before all of it',
      'blue-green',
      {
        blueGreen: { switch: 'gradual', incrementPercentage: 40, interval: '1m', monitoring: '2m' },
      },
      2 + 2,
    ],
    [
      'a weighted one',
      'blue-green',
      {
        blueGreen: {
          switch: 'weighted',
          steps: [{ weight: 50, duration: '3m' }],
          monitoring: '2m',
        },
      },
      3 + 2,
    ],
    [
      'steps',
      'canary',
      {
        canary: {
          steps: [
            { weight: 5, duration: '1m' },
            { weight: 50, duration: '4m' },
          ],
          monitoring: '2m',
        },
      },
      1 + 4 + 2,
    ],
    [
      'increments',
      'canary',
      {
        canary: {
          initialPercentage: 10,
          incrementPercentage: 30,
          incrementInterval: '1m',
          monitoring: '2m',
        },
      },
      3 + 2,
    ],
  ])('%s', (_what, strategy, config, minutes) => {
    expect(watchedMs(settingsFor(strategy, { strategy: config })).watchMs).toBe(minutes * MINUTE);
  });
});

test.each<[StrategyName, NonNullable<ReleaseConfig['strategy']>, string]>([
  ['rolling', {}, 'at first'],
  ['blue-green', {}, 'never'],
  ['blue-green', { blueGreen: { switch: 'gradual' } }, 'always'],
  ['blue-green', { blueGreen: { switch: 'weighted' } }, 'always'],
  ['canary', {}, 'always'],
])('a stable serves beside the candidate of %s (%j) %s', (strategy, config, expected) => {
  expect(besideIn(settingsFor(strategy, { strategy: config }))).toBe(expected);
});
