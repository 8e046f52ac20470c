import { describe, expect, test } from '@jest/globals';
import { failedRequests } from '../../../core/release/report.ts';
import type { Decision } from '../../../core/release/tally.ts';
import { instant } from '../../../core/vocabulary.ts';

const DECISION: Decision = {
  at: instant(0),
  verdict: 'good',
  rule: 'judge sequential: errors',
  why: '',
  numbers: {},
  candidate: { requests: 40, errors: 3 },
  stable: { requests: 60, errors: 1 },
};
const NONE = { requests: 0, errors: 0 };

describe('how many requests failed', () => {
  test('is counted on both sides', () => {
    expect(failedRequests({ evidence: { decision: DECISION } })).toBe('4');
  });

  test('is none where all that were counted went well', () => {
    const decision = { ...DECISION, candidate: NONE, stable: { requests: 60, errors: 0 } };
    expect(failedRequests({ evidence: { decision } })).toBe('0');
  });

  test.each([
    ['nothing was watched', {}],
    ['nothing was counted', { decision: { ...DECISION, candidate: NONE, stable: NONE } }],
  ])('is unknown where %s', (_why, evidence) => {
    expect(failedRequests({ evidence })).toBe('unknown');
  });
});
