import { describe, expect, test } from '@jest/globals';
import { formatDuration, parseDuration } from '../../base/duration.ts';

describe('durations are read as Go reads them', () => {
  test.each([
    ['0', 0],
    ['20s', 20_000],
    ['1h0m0s', 3_600_000],
    ['1h30m', 5_400_000],
    ['1.5h', 5_400_000],
    ['100ms', 100],
    ['.5s', 500],
    ['-5s', -5_000],
  ])('%s', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  test.each(['', '5', 's', '5x', '5s x', 'soon', '1h 5m'])('%p is none', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );
});

test.each([
  [0, '0s'],
  [500, '500ms'],
  [1_500, '1.5s'],
  [15_000, '15s'],
  [60_000, '1m0s'],
  [100_000, '1m40s'],
  [3_600_000, '1h0m0s'],
  [5_400_000, '1h30m0s'],
])('%d milliseconds are written %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
