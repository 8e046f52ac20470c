// How bad a finding is, and on which side of the line: what no one has rated is on neither.
import { describe, expect, test } from '@jest/globals';
import { reaches, severityOf, stricter } from '../../../core/security/severity.ts';
import { zonedTimeOf } from '../../../core/security/time.ts';

test.each([
  ['CRITICAL', 'critical'],
  ['High', 'high'],
  ['medium', 'medium'],
  ['LOW', 'low'],
  ['Negligible', 'low'],
  ['UNKNOWN', 'unknown'],
  ['severe', 'unknown'],
  ['', 'unknown'],
  [7, 'unknown'],
  [undefined, 'unknown'],
])('%p of a scanner is %s', (text, severity) => {
  expect(severityOf(text)).toBe(severity);
});

test.each([
  ['critical', 'high', true],
  ['high', 'high', true],
  ['medium', 'high', false],
  ['low', 'low', true],
  ['low', 'medium', false],
  ['unknown', 'low', false],
  ['critical', 'critical', true],
  ['high', 'critical', false],
] as const)('%s reaches the line %s: %p', (severity, threshold, expected) => {
  expect(reaches(severity, threshold)).toBe(expected);
});

test.each([
  ['high', 'low', 'low'],
  ['low', 'high', 'low'],
  ['critical', 'critical', 'critical'],
] as const)('of %s and %s the stricter line is %s', (a, b, expected) => {
  expect(stricter(a, b)).toBe(expected);
});

describe('a time', () => {
  const noon = Date.parse('2026-11-30T12:00:00Z');
  test.each([
    ['2026-11-30T12:00:00Z', noon],
    ['2026-11-30T14:30:00+02:30', noon],
    ['2026-11-30T06:59:00-05:01', noon],
    ['2026-11-30T12:00:00.1239999999Z', noon + 123],
  ])('%s is what it says', (text, expected) => {
    expect(zonedTimeOf(text)).toBe(expected);
  });

  test.each([
    ['2026-11-30T12:00:00'],
    ['2026-11-30T12:00:00Z and more'],
    ['at 2026-11-30T12:00:00Z'],
    ['2026-11-30T24:00:00Z'],
    ['2026-11-30T12:60:00Z'],
    ['2026-11-30T12:00:60Z'],
    ['2026-11-30T12:00:00+24:00'],
    ['2026-02-29T12:00:00Z'],
    ['2026-11-30'],
    [1_764_504_000],
  ])('%p is none', (text) => {
    expect(zonedTimeOf(text)).toBeUndefined();
  });
});
