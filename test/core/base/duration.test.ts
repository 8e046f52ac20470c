import { describe, expect, test } from '@jest/globals';
import { formatDuration, parseDurationMs } from '../../../core/base/duration.ts';

describe('durations', () => {
  test.each([
    ['0', 0],
    ['250ms', 250],
    ['90s', 90_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['1.5s', 1_500],
    ['1m0s', 60_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  test.each(['', '5', '5 m', '-5s', '5d', 'five', '5mm', 's', '1h 30m'])('%j is none', (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  });

  test.each([
    [0, '0ms'],
    [999, '999ms'],
    [4_200, '4.2s'],
    [59_940, '59.9s'],
    [65_000, '1m5s'],
    [7_200_000, '2h'],
    [3_661_000, '1h1m1s'],
  ])('%d ms is written %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
