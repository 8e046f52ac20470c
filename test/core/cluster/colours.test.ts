// The two sides are told apart by one label: what names a side has to name the other afterwards, and nothing else.
import { describe, expect, test } from '@jest/globals';
import {
  colourIn,
  colourOfCandidate,
  inColour,
  recolourSelectors,
} from '../../../core/cluster/colours.ts';
import type { LabelSelector } from '../../../core/kubernetes/objects.ts';

const inOf = (...values: string[]) => ({ key: 'version', operator: 'In', values }) as const;

describe('the colour of a workload', () => {
  test.each<[string, LabelSelector, string | undefined]>([
    ['by a label', { matchLabels: { version: 'blue' } }, 'blue'],
    ['by an expression of one value', { matchExpressions: [inOf('green')] }, 'green'],
    ['of both by an expression of two', { matchExpressions: [inOf('green', 'blue')] }, undefined],
    [
      'not by an expression that leaves one out',
      { matchExpressions: [{ key: 'version', operator: 'NotIn', values: ['blue'] }] },
      undefined,
    ],
    [
      'not by an expression of another label',
      { matchExpressions: [{ key: 'tier', operator: 'In', values: ['blue'] }] },
      undefined,
    ],
    ['not by another version', { matchLabels: { version: 'v7' } }, undefined],
    ['not by nothing', {}, undefined],
  ])('%s', (_what, selector, colour) => expect(colourIn(selector)).toBe(colour));
});

describe('a selector in the other colour', () => {
  test('names it once, and leaves all that it says besides', () => {
    const tier = { key: 'tier', operator: 'Exists' } as const;
    const selector = { matchLabels: { app: 'pay' }, matchExpressions: [inOf('blue'), tier] };
    expect(inColour(selector, 'green')).toEqual({
      matchLabels: { app: 'pay', version: 'green' },
      matchExpressions: [tier],
    });
  });

  test('has no expressions where none is left', () => {
    expect(inColour({ matchExpressions: [inOf('blue')] }, 'green')).toEqual({
      matchLabels: { version: 'green' },
    });
    expect(inColour({ matchLabels: { version: 'blue' } }, 'green')).toEqual({
      matchLabels: { version: 'green' },
    });
  });
});

describe('rules of scheduling in the other colour', () => {
  const recoloured = (value: unknown) => recolourSelectors(value, 'blue', 'green');

  test('select the other side, however deep they lie', () => {
    const apart = (version: string) => ({
      podAntiAffinity: [
        { topologyKey: 'zone', labelSelector: { matchLabels: { app: 'pay', version } } },
      ],
    });
    expect(recoloured(apart('blue'))).toEqual(apart('green'));
    expect(recoloured([apart('blue'), apart('red')])).toEqual([apart('green'), apart('red')]);
  });

  test('by expressions too, and only those of this label', () => {
    const rules = (version: string) => [
      { key: 'version', operator: 'NotIn', values: [version, 'canary'] },
      { key: 'tier', operator: 'In', values: ['blue'] },
    ];
    expect(recoloured(rules('blue'))).toEqual(rules('green'));
  });

  test.each([
    [
      'the labels of nodes',
      { nodeAffinity: [{ key: 'version', operator: 'In', values: ['blue'] }] },
    ],
    ['a text that reads the same', { name: 'blue', key: 'version' }],
    ['values that are no demand', { key: 'version', values: ['blue'] }],
    ['nothing', null],
    ['a label of neither side', { matchLabels: { version: 'red', app: 'blue' } }],
  ])('are none: %s', (_what, value) => expect(recoloured(value)).toEqual(value));
});

test('a candidate without a colour has an empty one', () => {
  expect(colourOfCandidate({ selectors: { candidate: { version: 'green' } } })).toBe('green');
  expect(colourOfCandidate({ selectors: { candidate: { app: 'pay' } } })).toBe('');
});
