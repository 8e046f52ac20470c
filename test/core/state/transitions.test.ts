// What passes from phase to phase and what does not: no proof, no patience and no order of one phase counts
// in the next, and no time counts in which nobody looked.
import { describe, expect, test } from '@jest/globals';
import { ALL_SEEN } from '../../../core/analysis/analysis-state.ts';
import { because, type Instant, instant } from '../../../core/base/vocabulary.ts';
import type { ReleaseState } from '../../../core/state/state.ts';
import {
  blocked,
  countedFrom,
  elapsedMs,
  ended,
  enter,
  isPropagating,
  observedSince,
  paused,
  resumed,
  takenOver,
  turnedBack,
  unmeasuredMs,
  watchLeftMs,
} from '../../../core/state/transitions.ts';
import { AT, releaseIn } from '../support/releases.ts';

const { state } = releaseIn('blue-green', 'monitoring', {
  metrics: 'pods',
});
const at = (seconds: number): Instant => instant(AT + seconds * 1000);
const begun: ReleaseState = { ...state, startedAt: at(0), since: at(0) };

/** Nothing could be said of the candidate for `ms`, and perhaps not since then either. */
function blind(ms: number, since?: Instant): ReleaseState {
  if (!begun.tally) throw new Error('it is watched');
  return { ...begun, tally: { ...begun.tally, unseen: { ms, since } } };
}

describe('entering a phase', () => {
  const before: ReleaseState = {
    ...blind(5_000),
    wait: { kind: 'skipped' },
    stillness: { since: at(0), requests: { stable: 1, candidate: 1 } },
    endpointsSince: at(0),
    handingBackSince: at(0),
  };

  test('proves nothing by what stood still, was in force or was said in the last one', () => {
    expect(enter(before, 'holding', at(9))).toMatchObject({
      phase: 'holding',
      since: at(9),
      wait: { kind: 'running' },
      tally: { unseen: ALL_SEEN },
      stillness: undefined,
      endpointsSince: undefined,
      handingBackSince: undefined,
    });
  });

  test('keeps what was measured, noted and decided', () => {
    const next = enter({ ...before, cause: 'because' }, 'holding', at(9));
    expect(next).toMatchObject({ cause: 'because', evidence: before.evidence, startedAt: at(0) });
    expect(next.tally?.totals).toEqual(before.tally?.totals);
  });

  test('counts the pause that it ends', () => {
    const next = enter(paused({ ...begun, pausedMs: 1_000 }, at(5), 60_000), 'holding', at(9));
    expect(next.pausedMs).toBe(1_000 + 4_000);
  });
});

describe('a release that is taken over', () => {
  test('has all of its time again: while nobody looked nothing was watched', () => {
    const next = takenOver({ ...begun, endpointsSince: at(0) }, at(500));
    expect(next).toMatchObject({ phase: begun.phase, since: at(500), endpointsSince: undefined });
  });

  test('waits as an operator has said, whoever drives', () => {
    expect(takenOver({ ...begun, wait: { kind: 'skipped' } }, at(5)).wait.kind).toBe('skipped');
    const held = paused(begun, at(5), 60_000);
    expect(takenOver(held, at(9))).toBe(held);
  });

  test('and has ended is left as it ended', () => {
    const over = ended(begun, at(5), 'promoted');
    expect(takenOver(over, at(9))).toBe(over);
  });
});

describe('turning back', () => {
  test('is for the first cause, whatever comes after it', () => {
    const back = turnedBack(begun, 'preparing', at(5), because('errors', 'errors'));
    expect(back).toMatchObject({ direction: 'back', phase: 'preparing', cause: 'errors' });
    expect(turnedBack(back, 'retiring', at(9), because('errors', 'late'))).toBe(back);
    const known: ReleaseState = { ...begun, cause: 'known before' };
    expect(turnedBack(known, 'preparing', at(5), because('errors', 'errors')).cause).toBe(
      'known before',
    );
  });

  test('and not getting there is failed, with both reasons', () => {
    const back = turnedBack(begun, 'preparing', at(5), because('errors', 'errors'));
    expect(blocked(back, at(9), 'there is no stable')).toMatchObject({
      phase: 'done',
      outcome: 'failed',
      cause: 'errors; and the way back is blocked: there is no stable',
    });
  });

  test('an end keeps the cause of the way there', () => {
    const back = turnedBack(begun, 'preparing', at(5), because('errors', 'errors'));
    expect(ended(back, at(9), 'rolled-back', because('errors', 'another'))).toMatchObject({
      cause: 'errors',
    });
    expect(ended(begun, at(9), 'failed', because('errors', 'another'))).toMatchObject({
      cause: 'another',
    });
  });
});

describe('what was written', () => {
  test('is in force since it was first seen so, and every proxy has its time from then on', () => {
    const seen = observedSince(begun, at(5));
    expect(observedSince(seen, at(7)).endpointsSince).toBe(at(5));
    expect(isPropagating(seen, 3_000, at(7.9))).toBe(true);
    expect(isPropagating(seen, 3_000, at(8))).toBe(false);
  });

  test('and is not seen in force is not on its way to any proxy', () => {
    expect(isPropagating({ ...begun, endpointsSince: undefined }, 3_000, at(1))).toBe(false);
  });
});

describe('the time of a phase', () => {
  test('stands still while it is paused', () => {
    const held = paused(begun, at(10), 600_000);
    expect(elapsedMs(held, at(10))).toBe(10_000);
    expect(elapsedMs(held, at(300))).toBe(10_000);
    expect(countedFrom(held, at(300))).toBe(at(290));
  });

  test('goes on with as much left as it had, and the pause is remembered', () => {
    const on = resumed(paused(begun, at(10), 600_000), at(300));
    expect(elapsedMs(on, at(305))).toBe(15_000);
    expect(on).toMatchObject({ wait: { kind: 'running' }, pausedMs: 290_000 });
  });

  test('is not changed by going on where nothing was paused', () => {
    expect(resumed(begun, at(9))).toBe(begun);
  });
});

describe('watching', () => {
  test('is over once its time has passed, and not before', () => {
    expect(watchLeftMs(begun, 60_000, at(59))).toBe(1_000);
    expect(watchLeftMs(begun, 60_000, at(60))).toBe(0);
  });

  test('does not count time in which nothing could be said of the candidate', () => {
    expect(watchLeftMs(blind(20_000), 60_000, at(60))).toBe(20_000);
    expect(watchLeftMs(blind(20_000, at(50)), 60_000, at(60))).toBe(30_000);
    expect(unmeasuredMs(blind(20_000, at(50)), at(60))).toBe(30_000);
    expect(unmeasuredMs({ ...begun, tally: undefined }, at(60))).toBe(0);
  });

  test('is cut short by an operator', () => {
    expect(watchLeftMs({ ...blind(20_000), wait: { kind: 'skipped' } }, 60_000, at(1))).toBe(0);
  });
});
