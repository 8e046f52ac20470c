// A release that nobody finishes does not stay half done for ever; one that waits for a person does.
import { describe, expect, test } from '@jest/globals';
import { because, type Instant, instant } from '../../../core/base/vocabulary.ts';
import type { ReleaseState } from '../../../core/state/state.ts';
import { ended, paused } from '../../../core/state/transitions.ts';
import { overdue } from '../../../core/strategies/overdue.ts';
import { AT, releaseIn } from '../support/releases.ts';

const { plan, state } = releaseIn('blue-green', 'monitoring', {
  metrics: 'pods',
  config: { limits: { maxDuration: '10m' } },
});
const at = (seconds: number): Instant => instant(AT + seconds * 1000);
const begun: ReleaseState = { ...state, startedAt: at(0), since: at(0) };

describe('a release that takes too long', () => {
  const late = at(600);

  test('is told when its time is over, and not before', () => {
    expect(overdue(plan, begun, at(599))).toBeUndefined();
    expect(overdue(plan, begun, late)?.text).toContain('not promoted within 10m');
  });

  test('is given the time that it was paused', () => {
    expect(overdue(plan, { ...begun, pausedMs: 100_000 }, at(699))).toBeUndefined();
    expect(overdue(plan, { ...begun, pausedMs: 100_000 }, at(700))).toBeDefined();
    expect(overdue(plan, paused(begun, at(500), 900_000), at(900))).toBeUndefined();
  });

  test('because nobody resumes it turns back when its pause is over', () => {
    const held = paused(begun, at(10), 60_000);
    expect(overdue(plan, held, at(69))).toBeUndefined();
    expect(overdue(plan, held, at(70))).toEqual(
      because('pause-ended', 'paused for 1m, and not resumed'),
    );
  });

  test.each<[string, ReleaseState]>([
    ['waits for somebody to conclude it', { ...begun, phase: 'holding' } as ReleaseState],
    ['is on its way back: that has no other way', { ...begun, direction: 'back' }],
    ['has ended', ended(begun, at(5), 'promoted')],
  ])('is none that %s', (_what, unhurried) => {
    expect(overdue(plan, unhurried, late)).toBeUndefined();
  });
});
