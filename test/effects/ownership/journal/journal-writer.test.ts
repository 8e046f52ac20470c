// What was decided is in the journal before it is done; what says nothing new is not written again.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../../core/base/vocabulary.ts';
import type { Action } from '../../../../core/cluster/action.ts';
import type { CommandResponse } from '../../../../core/journal/commands/command.ts';
import { EMPTY_JOURNAL, type Journal } from '../../../../core/journal/journal.ts';
import type { ReleaseState } from '../../../../core/state/state.ts';
import { enter, noting } from '../../../../core/state/transitions.ts';
import { journalWriter } from '../../../../effects/ownership/journal/journal-writer.ts';
import { AT, journalOf, releaseIn } from '../../../core/support/releases.ts';
import { fakeWorld } from '../../support/world.ts';

const { plan, state: begun } = releaseIn('rolling', 'rolling');
const state: ReleaseState = { ...begun, tally: undefined };
const measured: ReleaseState = {
  ...state,
  tally: releaseIn('rolling', 'monitoring', { metrics: 'pods' }).state.tally,
};
const next = enter(state, 'monitoring', AT);

const action = (id: string): Action => ({
  id,
  text: id,
  effect: { kind: 'show-log', pod: 'p', container: 'c' },
});

const ANSWER: CommandResponse = {
  id: 'order-1',
  order: 'pause',
  by: 'ada',
  at: AT,
  taken: 'heeded',
  text: 'it waits',
};

/** A writer, and what it asked and wrote, in order. */
function writer(journal: Journal = EMPTY_JOURNAL) {
  const { clock, passes } = fakeWorld();
  const order: string[] = [];
  const saved: Journal[] = [];
  let fails: Error | undefined;
  const file = {
    journal: () => saved.at(-1) ?? journal,
    save: async (next: Journal) => {
      order.push('save');
      if (fails) throw fails;
      saved.push(next);
    },
    assertUnchanged: async () => undefined,
  };
  const nothing = () => Promise.reject(new Error('not asked for here'));
  const lease = {
    predecessor: 'none',
    ensureHeld: async () => void order.push('ensureHeld'),
    answeredAt: () => AT,
    handOver: nothing,
    release: nothing,
  } as const;
  const save = journalWriter({ journal: file, lease, clock }, plan);
  return { save, saved, order, passes, fail: (thrown?: Error) => (fails = thrown) };
}

describe('a transition', () => {
  test('is written only by whoever is sure to hold the Lease', async () => {
    const { save, order } = writer();
    await save(state, [], []);
    expect(order).toEqual(['ensureHeld', 'save']);
  });

  test.each<[string, ReleaseState, Action[], CommandResponse[]]>([
    ['another phase', next, [], []],
    ['what was noted of it', noting(state, { judged: 'good' }), [], []],
    ['a cause', { ...state, cause: 'because' }, [], []],
    ['an action that was not decided before', state, [action('roll'), action('settle')], []],
    ['the answer to an order, which is else taken up twice', state, [], [ANSWER]],
  ])('is written for %s', async (_what, after, actions, answers) => {
    const { save, saved } = writer();
    await save(state, [action('roll')], []);
    await save(after, actions, answers);
    expect(saved).toHaveLength(2);
    expect(saved[1]?.current?.state.phase).toBe(after.phase);
    expect(saved[1]?.answers).toEqual(answers);
  });

  test('is not written again as long as nothing new was decided', async () => {
    const { save, saved, order } = writer();
    await save(state, [action('roll')], []);
    for (const actions of [[], [action('roll')]]) await save(state, actions, []);
    await save(
      { ...state, stillness: { since: AT, requests: { stable: 1, candidate: 1 } } },
      [],
      [],
    );
    expect(saved).toHaveLength(1);
    expect(order).toEqual(['ensureHeld', 'save']);
  });

  test('that could not be written is written the next time, though it is the same', async () => {
    const { save, saved, fail } = writer();
    fail(new Error('the API is away'));
    await expect(save(state, [], [])).rejects.toThrow('the API is away');
    fail();
    await save(state, [], []);
    expect(saved).toHaveLength(1);
  });

  test('of a release that the journal does not know is news, and is so only once', async () => {
    const { save } = writer();
    expect(await save(state, [], [])).toBe(true);
    expect(await save(next, [], [])).toBe(false);
  });

  test('of a release that was taken over is no news', async () => {
    const { save } = writer(journalOf({ plan, state }));
    expect(await save(state, [], [])).toBe(false);
  });

  test('keeps what others have written: the history, and what was answered', async () => {
    const other = releaseIn('rolling', 'rolling', { release: releaseId('before') });
    const before = { ...journalOf(other), answers: [ANSWER] };
    const { save, saved } = writer(before);
    await save(state, [], []);
    expect(saved[0]).toMatchObject({ answers: [ANSWER], current: { plan: { release: 'run-1' } } });
  });
});

describe('what was measured', () => {
  test('is written now and then: whoever is killed loses no more than half a minute of it', async () => {
    const { save, saved, passes } = writer();
    await save(measured, [], []);
    for (let second = 1; second < 30; second += 1) {
      await passes(1);
      await save(measured, [], []);
    }
    expect(saved).toHaveLength(1);
    await passes(1);
    await save(measured, [], []);
    expect(saved).toHaveLength(2);
  });

  test('comes along with a transition', async () => {
    const { save, saved } = writer();
    await save(measured, [], []);
    expect(measured.tally).toBeDefined();
    expect(saved[0]?.current?.state.tally).toBeDefined();
  });

  test('is no reason to write where nothing was measured', async () => {
    const { save, saved, passes } = writer();
    await save(state, [], []);
    await passes(300);
    await save(state, [], []);
    expect(saved).toHaveLength(1);
  });
});
