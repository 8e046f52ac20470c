// What cannot end well is bad input: a release that outlasts its Task, a rollout that may not move.
import { describe, expect, test } from '@jest/globals';
import { parseDurationMs } from '../../../core/base/duration.ts';
import { contradictions } from '../../../core/config/settings.ts';
import { settingsFor } from '../support/play.ts';

describe('a release that Tekton would kill in the middle', () => {
  test.each([
    ['35m', '40m', []],
    ['39m', '40m', []],
    ['40m', '40m', ['/limits/maxDuration']],
    ['3h', '40m', ['/limits/maxDuration']],
    ['3h', '4h', []],
    ['20m', '15m', ['/limits/maxDuration']],
  ])('maxDuration %s in a Task of %s', (maxDuration, task, expected) => {
    const settings = settingsFor('rolling', { limits: { maxDuration } });
    const found = contradictions(settings, parseDurationMs(task));
    expect(found.map(({ path }) => path)).toEqual(expected);
  });

  test('is told with both times and the way out', () => {
    const settings = settingsFor('canary', { limits: { maxDuration: '3h' } });
    const [fault] = contradictions(settings, 2_400_000);
    expect(fault?.message).toMatch(/^3h does not fit .* after 40m .*param deploy-timeout$/);
  });
});

describe('a rollout that may neither add a pod nor miss one', () => {
  const rolling = (maxSurge: number | string, maxUnavailable: number | string) =>
    settingsFor('rolling', { strategy: { rolling: { maxSurge, maxUnavailable } } });

  test.each<[number | string, number | string]>([
    [0, 0],
    ['0', '0'],
    ['0%', '0%'],
    ['00%', 0],
    [0, '0%'],
  ])('maxSurge %j, maxUnavailable %j is refused', (surge, missing) => {
    const faults = contradictions(rolling(surge, missing));
    expect(faults.map(({ path }) => path)).toEqual(['/strategy/rolling/maxSurge']);
  });

  test.each<[number | string, number | string]>([
    [1, 0],
    [0, 1],
    ['1%', '0%'],
    ['0%', '25%'],
  ])('maxSurge %j, maxUnavailable %j may be', (surge, missing) => {
    expect(contradictions(rolling(surge, missing))).toEqual([]);
  });

  test('counts written as texts are written as the API takes them', () => {
    expect(rolling('2', '1').rolling).toMatchObject({ maxSurge: 2, maxUnavailable: 1 });
    expect(rolling('20%', '0%').rolling).toMatchObject({ maxSurge: '20%', maxUnavailable: '0%' });
  });
});
