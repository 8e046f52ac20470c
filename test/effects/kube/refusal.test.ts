// What was refused is told in the API server's own words, and in nobody else's: a proxy may repeat the token.
import { describe, expect, test } from '@jest/globals';
import {
  isNoAnswer,
  isSuccess,
  refusal,
  refusalText,
  statusMessage,
  strange,
} from '../../../effects/kube/refusal.ts';

const REQUEST = { method: 'PATCH', path: '/api/v1/services/pay?fieldManager=x' } as const;

function answered(status: number, text: string) {
  return { status, retryAfterMs: undefined, text };
}

const status = (message: unknown, kind = 'Status') => JSON.stringify({ kind, message });

describe('a refusal', () => {
  test.each([
    [
      'says what the API says',
      answered(403, status('services is forbidden')),
      'PATCH /api/v1/services/pay: status 403: services is forbidden',
    ],
    [
      'says why no answer came',
      answered(0, 'connect ECONNREFUSED'),
      'PATCH /api/v1/services/pay: no answer: connect ECONNREFUSED',
    ],
    [
      'repeats nothing of another’s',
      answered(502, 'Bearer secret'),
      'PATCH /api/v1/services/pay: status 502: the answer is no Status of the API server, but 13 characters of something else',
    ],
    [
      'takes no other object for a Status',
      answered(500, status('secret', 'Pod')),
      expect.not.stringContaining('secret'),
    ],
    [
      'takes no other thing for a text',
      answered(500, status({ a: 1 })),
      expect.stringContaining('no Status'),
    ],
  ])('%s', (_what, answer, text) => expect(refusalText(REQUEST, answer)).toEqual(text));

  test('is no longer than a person reads', () => {
    expect(statusMessage(answered(422, status('x'.repeat(5_000)))).length).toBeLessThan(1_100);
  });

  test('is a failure of the stage, with advice where a right is missing', () => {
    const error = refusal(REQUEST, answered(403, status('no')), 3);
    expect([error.status, error.exitCode]).toEqual([403, 3]);
    expect(error.advice).toContain('docs/permissions.md');
    expect(refusal(REQUEST, answered(409, status('no')), 143).advice).toBeUndefined();
  });

  test('of an answer that is nothing of the API’s names a proxy', () => {
    expect(strange(REQUEST, answered(200, '<html>')).message).toContain('is a proxy in between?');
  });
});

test.each([
  [199, false],
  [200, true],
  [299, true],
  [300, false],
])('status %i is a success: %s', (code, is) => expect(isSuccess(answered(code, ''))).toBe(is));

test.each([
  [0, '', true],
  [401, '', true],
  [429, '', true],
  [500, '', true],
  [503, '', true],
  [403, 'pods is forbidden', false],
  [403, 'cannot create resource "pods"', true],
  [400, 'webhook does not support dry run', true],
  [422, 'spec is invalid', false],
  [499, '', false],
])('status %i (%s) says nothing of the object: %s', (code, why, is) => {
  expect(isNoAnswer(code, why)).toBe(is);
});
