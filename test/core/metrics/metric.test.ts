// A number is a number: what is none is not measured, and never good.
import { expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import { numberOf } from '../../../core/metrics/metric.ts';

const AT = instant(0);

test.each<[unknown, number]>([
  [3, 3],
  ['0.25', 0.25],
  [' 7 ', 7],
  ['-1e3', -1_000],
  [0, 0],
])('%j is one', (written, value) => {
  expect(numberOf(written, AT)).toEqual({ kind: 'value', at: AT, value });
});

test.each<[unknown, string]>([
  ['NaN', 'nan'],
  ['Inf', 'nan'],
  ['+Inf', 'nan'],
  ['-Inf', 'nan'],
  [Number.NaN, 'nan'],
  [Number.POSITIVE_INFINITY, 'nan'],
  ['fooInf', 'string'],
  ['Infinite', 'string'],
  ['', 'string'],
  ['  ', 'string'],
  ['seven', 'string'],
  [null, 'string'],
  [true, 'string'],
  [{ value: 3 }, 'string'],
])('%j is none, and %s tells why', (written, oddity) => {
  expect(numberOf(written, AT)).toMatchObject({ kind: 'unmeasurable', oddity });
});
