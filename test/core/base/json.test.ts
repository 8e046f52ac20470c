// JSON that others wrote: not deeper and not longer than any answer is, whatever stands in its texts.
import { describe, expect, test } from '@jest/globals';
import { jsonOf } from '../../../core/base/json.ts';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('JSON of others', () => {
  test('is read down to 64 levels, and no deeper', () => {
    expect(jsonOf(nested(64))).toBeDefined();
    expect(jsonOf(nested(65))).toBeUndefined();
    expect(jsonOf('{"a":'.repeat(65))).toBeUndefined();
    expect(jsonOf('['.repeat(5_000_000))).toBeUndefined();
  });

  test.each<readonly [string, (values: number) => string]>([
    ['numbers', (values) => `[${'1,'.repeat(values - 2)}1]`],
    ['lists', (values) => `[${'[],'.repeat((values - 3) / 2)}[]]`],
    ['maps', (values) => `[${'{},'.repeat((values - 3) / 2)}{}]`],
    ['keys', (values) => `{${'"a":1,'.repeat(values - 2)}"a":1}`],
    ['texts with commas in them', (values) => `[${'",,[",'.repeat(values - 2)}"\\","]`],
  ])('are counted before they are parsed: %s', (_what, made) => {
    expect(jsonOf(made(1_001), 1_000)).toBeUndefined();
    expect(jsonOf(made(1_001), 1_001)).toBeDefined();
    expect(jsonOf(made(249_999))).toBeDefined();
    expect(jsonOf(made(250_001))).toBeUndefined();
  });

  test.each(['', '{', 'NaN', "{'a': 1}", '{"a": 1}}', 'undefined'])(
    'is JSON, or none: %s',
    (text) => {
      expect(jsonOf(text)).toBeUndefined();
    },
  );

  test.each(['['.repeat(99), '\\"[{'.repeat(99), '}]\\\\'])(
    'may have brackets in its texts %#',
    (text) => {
      const written = JSON.stringify({ text });
      expect(jsonOf(written)).toEqual({ text });
    },
  );
});
