// Whoever keeps on changing what a release writes has a reason, and is told of by name; what the API has
// refused was written by nobody, and nobody is blamed for it.
import { describe, expect, test } from '@jest/globals';
import { type Instant, instant } from '../../../core/base/vocabulary.ts';
import { interfered, isFight, notWritten } from '../../../core/state/interference.ts';
import type { Interference, ReleaseState, TwoSidedState } from '../../../core/state/state.ts';
import { AT, releaseIn } from '../support/releases.ts';

const minutes = (count: number): Instant => instant(AT + count * 60_000);
const { state } = releaseIn('blue-green', 'preparing');
if (state.strategy === 'rolling') throw new Error('it has two sides');

const repaired = (at: Instant, object = 'service pay', by = 'kubectl'): Interference => ({
  at,
  object,
  what: 'its selector',
  by,
  response: 'repaired',
});

function changed(...changes: readonly Interference[]): ReleaseState {
  return changes.reduce<ReleaseState>(interfered, state);
}

describe('writing an object again', () => {
  test('is no fight the first three times, and one the fourth', () => {
    const twice = [repaired(minutes(0)), repaired(minutes(1))];
    expect(isFight(changed(...twice), repaired(minutes(2)))).toBe(false);
    expect(isFight(changed(...twice, repaired(minutes(2))), repaired(minutes(3)))).toBe(true);
  });

  test('after a fight with one hand is no fight with another, whose first change may end all', () => {
    const fight = Array.from({ length: 3 }, (_, at) =>
      repaired(minutes(at), 'service pay', 'argo'),
    );
    expect(isFight(changed(...fight), repaired(minutes(3)))).toBe(false);
  });

  test('is a fight after nine times, by whatever names the hands go', () => {
    const by = (count: number) =>
      Array.from({ length: count }, (_, at) => repaired(minutes(0), 'service pay', `hand ${at}`));
    expect(isFight(changed(...by(8)), repaired(minutes(1)))).toBe(false);
    expect(isFight(changed(...by(9)), repaired(minutes(1)))).toBe(true);
  });

  test.each<[string, Interference[], Instant]>([
    [
      'of another object',
      Array.from({ length: 3 }, () => repaired(minutes(0), 'other')),
      minutes(1),
    ],
    ['that is long ago', Array.from({ length: 3 }, () => repaired(minutes(0))), minutes(10)],
    [
      'that was accepted and not written again',
      Array.from({ length: 3 }, () => ({ ...repaired(minutes(0)), response: 'accepted' as const })),
      minutes(1),
    ],
  ])('%s makes none', (_what, changes, at) => {
    expect(isFight(changed(...changes), repaired(at))).toBe(false);
  });

  test('is remembered for the record, the last twenty times', () => {
    const many = Array.from({ length: 25 }, (_, at) => repaired(minutes(at)));
    expect(changed(...many).evidence.interferences).toEqual(many.slice(5));
  });
});

describe('what the API has refused to write', () => {
  const writing = (times: number, since = AT): TwoSidedState => ({
    ...state,
    writes: { since, times },
  });
  const scaling = (times: number, id = 'a', isSeen = false): TwoSidedState => ({
    ...state,
    scaling: { id, isSeen, times },
  });

  test.each<[string, TwoSidedState, TwoSidedState, object]>([
    ['a route for the first time', state, writing(1), { writes: { since: AT, times: 0 } }],
    ['a route once more', writing(4), writing(5), { writes: { since: AT, times: 4 } }],
    [
      'a route in another phase',
      writing(4),
      writing(1, minutes(1)),
      { writes: { since: minutes(1), times: 0 } },
    ],
    ['the autoscaler for the first time', state, scaling(1), { scaling: { times: 0 } }],
    ['the autoscaler once more', scaling(4), scaling(5), { scaling: { times: 4 } }],
    [
      'the autoscaler otherwise',
      scaling(4, 'a'),
      scaling(1, 'b'),
      { scaling: { id: 'b', times: 0 } },
    ],
  ])('(%s) is not counted as written', (_what, before, next, expected) => {
    expect(notWritten(before, next)).toMatchObject(expected);
  });

  test('and was decided because somebody put it back is noted once and not at every try', () => {
    const seen = scaling(1, 'a', true);
    expect(notWritten(seen, scaling(2))).toMatchObject({ scaling: { isSeen: false, times: 1 } });
  });

  test('changes nothing else of the state, and nothing of a release without routes', () => {
    const next = { ...writing(5), cause: 'because' };
    expect(notWritten(writing(4), next)).toEqual({ ...next, writes: { since: AT, times: 4 } });
    const { state: rolling } = releaseIn('rolling', 'rolling');
    expect(notWritten(rolling, rolling)).toBe(rolling);
  });
});
