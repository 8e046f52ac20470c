import { describe, expect, test } from '@jest/globals';
import type { Decision } from '../../../core/analysis/analysis-state.ts';
import { instant, releaseId } from '../../../core/base/vocabulary.ts';
import { textOf } from '../../../core/report/log/render-event.ts';
import { endFields, failedRequests, reasonText } from '../../../core/report/status-line.ts';

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

  test('is the errors that pods counted and the least that was not answered, and the reason says both', () => {
    const probes = {
      fresh: { sent: 210, lost: 20 },
      keptAlive: { sent: 210, lost: 0 },
      how: { refused: 20 },
      errors: 0,
    };
    const counted = {
      stable: { requests: 3_000, errors: 0 },
      candidate: { requests: 1_000, errors: 7 },
    };
    const usual = { requests: 3_000, ms: 30_000, squares: 12, stretches: 20 };
    const lostIf = { fresh: 400, keptAlive: 0 };
    const missed = { expected: 300, counted: 100 };
    const sums = { requests: 4_200, lost: 200, lostIf, usual, missed };
    const evidence = { availability: { probes, counted, ...sums } };
    expect(failedRequests({ evidence })).toBe('160');
    expect(reasonText({ cause: 'error_rate 20% above 10%', evidence })).toBe(
      'error_rate 20% above 10%; answered with an error: 7 of 4000 requests; not answered: 20 of 420 probes (refused 20), some 200 of 4200 requests, 153 to 605',
    );
    const record = {
      release: releaseId('r'),
      strategy: 'blue-green',
      outcome: 'promoted',
      cause: undefined,
      from: 'pay:v1',
      to: 'pay:v2',
      startedAt: instant(0),
      endedAt: instant(60_000),
      evidence,
    } as const;
    expect(textOf({ event: 'release-ended', ...endFields(record, 'pay') })).toContain(
      ' answered-with-error="7 of 4000 requests" not-answered="20 of 420 probes (refused 20), some 200 of 4200 requests, 153 to 605"',
    );
  });

  test.each([
    ['nothing was watched', {}],
    ['nothing was counted', { decision: { ...DECISION, candidate: NONE, stable: NONE } }],
  ])('is unknown where %s', (_why, evidence) => {
    expect(failedRequests({ evidence })).toBe('unknown');
  });
});
