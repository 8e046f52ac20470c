// Every change is told at once and once; what does not change is told now and then, so that whoever watches
// knows that somebody is at work.
import { describe, expect, test } from '@jest/globals';
import type { Warning } from '../../../core/analysis/analysis-state.ts';
import { because, type Instant, instant } from '../../../core/base/vocabulary.ts';
import type { Notification } from '../../../core/channels/channel.ts';
import type { Interference, ReleaseState } from '../../../core/state/state.ts';
import { enter, noting, turnedBack } from '../../../core/state/transitions.ts';
import {
  createProgressLog,
  hasMoved,
  type Iteration,
} from '../../../effects/driver/progress-log.ts';
import { AT, releaseIn } from '../../core/support/releases.ts';
import { fakeWorld } from '../support/world.ts';

const { plan, state, cluster } = releaseIn('blue-green', 'monitoring');
const at = (seconds: number): Instant => instant(AT + seconds * 1000);

const warning = (seconds: number, isFirst: boolean): Warning => ({
  at: at(seconds),
  trigger: 'errors',
  why: `${seconds} errors`,
  isFirst,
});
const CHANGE: Interference = {
  at: at(1),
  object: 'service pay',
  what: 'its selector',
  by: 'kubectl',
  response: 'repaired',
};

function told() {
  const world = fakeWorld();
  const { log } = world.process('deploy');
  const sent: Notification[] = [];
  const notifier = {
    tell: (notification: Notification) => void sent.push(notification),
    catchUp: () => undefined,
    told: async () => undefined,
  };
  const teller = { tell: () => undefined, told: async () => undefined };
  const tell = createProgressLog(plan, log, notifier, teller);
  /** How many lines a look makes after so many seconds. */
  const look = (seconds: number, after: ReleaseState, more: Partial<Iteration> = {}): number => {
    const { length } = world.lines;
    const seen = { ...cluster.observe([]), at: at(seconds) };
    const nothing = { answers: [], waitingFor: '', isNew: false };
    tell({ seen, before: state, after, ...nothing, ...more });
    return world.lines.length - length;
  };
  return { look, sent, lines: world.lines };
}

describe('the log of a release', () => {
  test('has a line for another phase and another direction, and a heartbeat every 20 s', () => {
    const { look } = told();
    expect(look(1, state)).toBe(1);
    expect(look(2, state)).toBe(0);
    expect(look(3, enter(state, 'holding', at(3)))).toBe(1);
    expect(look(4, turnedBack(state, 'monitoring', at(4), because('errors', 'because')))).toBe(1);
    expect(look(23, state)).toBe(0);
    expect(look(24, state)).toBe(1);
  });

  test('tells when nobody can say any more how the candidate does, and when somebody can again', () => {
    const { look } = told();
    look(1, state);
    const counted = { requests: 0, errors: 0 };
    const blind = noting(state, {
      decision: {
        at: at(2),
        rule: 'metrics',
        verdict: 'unmeasurable',
        candidate: counted,
        stable: counted,
      } as NonNullable<ReleaseState['evidence']['decision']>, // no more of it is looked at
    });
    expect(look(2, blind)).toBe(1);
    expect(look(3, blind, { before: blind })).toBe(0);
    expect(look(4, state, { before: blind })).toBe(1);
  });

  test('says of each change by others once who it was, though many are noted already', () => {
    const { look, lines } = told();
    look(1, state);
    const first = noting(state, { interferences: [CHANGE] });
    expect(look(2, first)).toBe(1);
    expect(lines.at(-1)).toContain('kubectl');
    expect(look(3, first, { before: first })).toBe(0);
    const second = noting(state, { interferences: [CHANGE, { ...CHANGE, at: at(4) }] });
    expect(look(4, second, { before: first })).toBe(1);
  });

  test('says what became of each order', () => {
    const { look, lines } = told();
    look(1, state);
    const answer = { id: 'a', order: 'pause', by: 'ada', at: at(2), taken: 'refused' } as const;
    expect(look(2, state, { answers: [{ ...answer, text: 'it has ended' }] })).toBe(1);
    expect(lines.at(-1)).toMatch(/pause.*ada.*it has ended/);
  });
});

describe('the channels', () => {
  test('are told of the beginning once, by whoever has begun it', () => {
    const { look, sent } = told();
    look(1, state, { isNew: true });
    look(2, state);
    expect(sent.map(({ event }) => event)).toEqual(['started']);
  });

  test('are told of a warning when its trigger fires first; the log every time', () => {
    const { look, sent } = told();
    look(1, state);
    const first = noting(state, { warnings: [warning(2, true)] });
    expect(look(2, first)).toBe(1);
    const again = noting(state, { warnings: [warning(2, true), warning(3, false)] });
    expect(look(3, again, { before: first })).toBe(1);
    expect(look(4, again, { before: again })).toBe(0);
    expect(sent).toMatchObject([{ event: 'anomaly', reason: '2 errors' }]);
  });
});

test.each<[string, ReleaseState, boolean]>([
  ['another phase', enter(state, 'holding', at(1)), true],
  ['another direction', { ...state, direction: 'back' }, true],
  ['the same phase at another time', { ...state, since: at(1) }, false],
])('a release has moved by %s: %p', (_what, after, expected) => {
  expect(hasMoved(state, after)).toBe(expected);
});
