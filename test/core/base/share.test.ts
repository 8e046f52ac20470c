import { describe, expect, test } from '@jest/globals';
import { countOf, formatShare, parseShare } from '../../../core/base/share.ts';

describe('shares', () => {
  test.each([
    ['5%', 0.05],
    ['0.05', 0.05],
    [0.2, 0.2],
    ['100%', 1],
    ['0', 0],
    ['.5', 0.5],
  ])('%s is %d', (written, fraction) => {
    expect(parseShare(written)).toBeCloseTo(fraction);
  });

  test.each(['', '5 percent', '-1%', '101%', 'a%', 1.5])('%j is none', (written) => {
    expect(parseShare(written)).toBeUndefined();
  });

  test.each([
    [0.2, '20%'],
    [0.005, '0.5%'],
    [0.123, '12.3%'],
  ])('%d is written %s', (fraction, text) => {
    expect(formatShare(fraction)).toBe(text);
  });

  test.each([
    [2, 10, 2],
    ['25%', 3, 1],
    ['25%', 10, 3],
    ['2', 10, 2],
  ])('%s of %d is %d, rounded up', (written, whole, count) => {
    expect(countOf(written, whole)).toBe(count);
  });
});
