import { describe, expect, test } from '@jest/globals';
import type { Trigger } from '../../../core/config/settings.ts';
import { isBlindTooLong, type Judgement, judge } from '../../../core/judge/limits.ts';
import type { Observation, Reading } from '../../../core/release/observation.ts';
import type { Tally } from '../../../core/release/state.ts';
import { instant } from '../../../core/vocabulary.ts';

const TRIGGER: Trigger = {
  metric: 'error_rate',
  operator: 'gt',
  value: 0.1,
  durationMs: 3_000,
  minRequests: 20,
};

type Counts = Record<string, [requests: number, errors: number] | 'silent'>;

function look(atMs: number, counts: Counts, tally?: Tally): Judgement {
  const at = instant(atMs);
  const readings = new Map(
    Object.entries(counts).map(([pod, counted]): [string, Reading] => [
      pod,
      counted === 'silent'
        ? { kind: 'failed', at, why: 'refused' }
        : { kind: 'counted', at, counters: { requests: counted[0], errors: counted[1] } },
    ]),
  );
  const seen = { at, readings } as unknown as Observation; // the judge looks at nothing else
  return judge([TRIGGER], tally, seen, Object.keys(counts));
}

/** One look a second at what the pods have counted by then. */
function watch(counts: readonly Counts[], everyMs = 1_000): Judgement {
  let judgement: Judgement | undefined;
  counts.forEach((counted, index) => {
    judgement = look(index * everyMs, counted, judgement?.tally);
  });
  if (!judgement) throw new Error('nothing to judge');
  return judgement;
}

describe('the limit on errors', () => {
  test('what a pod counted before it was watched does not count', () => {
    expect(watch([{ a: [1_000, 900] }])).toMatchObject({ verdict: 'not-enough-data' });
  });

  test('few requests say nothing, however bad', () => {
    expect(watch([{ a: [0, 0] }, { a: [10, 10] }]).verdict).toBe('not-enough-data');
  });

  test('enough good requests are good', () => {
    expect(watch([{ a: [0, 0] }, { a: [100, 5] }])).toMatchObject({
      verdict: 'good',
      why: 'error_rate 5% over 100 requests',
    });
  });

  test('too many errors are bad once they last', () => {
    const rising: Counts[] = [0, 1, 2, 3, 4].map((s) => ({ a: [s * 50, s * 10] }));
    expect(watch(rising.slice(0, 4)).verdict).toBe('good');
    expect(watch(rising)).toMatchObject({
      verdict: 'bad',
      why: 'error_rate 20% above 10% for 3s (40 of 200 requests)',
    });
  });

  test('the pods are judged together', () => {
    const bad: Counts[] = [0, 1, 2, 3, 4].map((s) => ({ a: [s * 50, 0], b: [s * 50, s * 30] }));
    expect(watch(bad).verdict).toBe('bad');
  });

  test('a restart resets counters and hides nothing', () => {
    const counts: Counts[] = [{ a: [0, 0] }, { a: [100, 0] }, { a: [30, 30] }];
    expect(watch(counts).why).toBe('error_rate 23.1% over 130 requests');
  });

  test('what is old says nothing about now: a late fault is seen as quickly as an early one', () => {
    const calm: Counts[] = Array.from({ length: 300 }, (_, s) => ({ a: [s * 50, 0] }));
    const fault: Counts[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((s) => ({
      a: [15_000 + s * 50, s * 40],
    }));
    expect(watch([...calm, ...fault]).verdict).toBe('bad');
  });

  test('silence is unmeasurable, and too long a silence is known as such', () => {
    const first = look(0, { a: 'silent' });
    expect(first.verdict).toBe('unmeasurable');
    const later = look(59_000, { a: 'silent' }, first.tally);
    expect(isBlindTooLong(later.tally, instant(59_000))).toBe(false);
    expect(isBlindTooLong(later.tally, instant(60_000))).toBe(true);
  });

  test('one pod that speaks is enough to see', () => {
    const blind = look(0, { a: 'silent', b: 'silent' });
    expect(look(1_000, { a: 'silent', b: [5, 0] }, blind.tally).tally.blindSince).toBeUndefined();
  });
});
