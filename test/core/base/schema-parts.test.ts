import { describe, expect, test } from '@jest/globals';
import { together, withOneOf } from '../../../core/base/schema-parts.ts';

const SHARED = { type: 'string' } as const;

describe('a schema of parts', () => {
  test('has the keys of each, where they stood first', () => {
    const parts = [
      { a: SHARED, b: { type: 'number' } },
      { c: { type: 'number' }, a: SHARED },
    ];
    expect(Object.keys(together(parts))).toEqual(['a', 'b', 'c']);
  });

  test('has no key that two parts mean differently', () => {
    const parts = [{ a: SHARED }, { a: { type: 'number' } }];
    expect(() => together(parts)).toThrow('a is a key of two schemas');
  });

  test('may want exactly one of its keys', () => {
    expect(withOneOf({ type: 'object' }, ['a', 'b'])).toEqual({
      type: 'object',
      oneOf: [{ required: ['a'] }, { required: ['b'] }],
    });
  });
});
