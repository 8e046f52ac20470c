// JSON that others wrote: not deeper than any answer is, however many brackets stand in its texts.
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
