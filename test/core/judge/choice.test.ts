import { expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import { judgeFor } from '../../../core/judge/choice.ts';
import type { MeasuredWindow } from '../../../core/judge/sample.ts';

/** Both sides alike, for some seconds. */
const alike = (seconds: number): MeasuredWindow[] =>
  Array.from({ length: seconds }, (_, index) => ({
    kind: 'measured',
    at: instant((index + 1) * 1_000),
    forMs: 1_000,
    candidate: { requests: 60, errors: 10 },
    stable: { requests: 60, errors: 10 },
  }));

test('a step of a few seconds can end with a good candidate: how long it lasts is not the judge’s to say', () => {
  const judge = judgeFor({ judge: 'sequential' });
  const evidence = alike(8).reduce((before, window) => judge.take(before, window), judge.begin());
  expect(judge.verdict(evidence)).toMatchObject({
    verdict: 'good',
    why: expect.stringMatching(/that it is fine$/),
  });
});

test('and not with one of whom too little was seen', () => {
  const judge = judgeFor({ judge: 'sequential' });
  const evidence = alike(1).reduce((before, window) => judge.take(before, window), judge.begin());
  expect(judge.verdict(evidence).verdict).toBe('not-enough-data');
});
