// A release that was left half done is never left so: whoever comes next goes on with it, undoes it, or says
// how it has ended, and begins its own only then.
import { describe, expect, test } from '@jest/globals';
import { because, type ReleaseId, releaseId } from '../../../core/base/vocabulary.ts';
import { EMPTY_JOURNAL, type Journal } from '../../../core/journal/journal.ts';
import type { Planned } from '../../../core/plan/planning.ts';
import { strategyOf } from '../../../core/strategies/registry.ts';
import type { Goal } from '../../../effects/driver/reconcile-loop.ts';
import {
  beginRelease,
  type CarriedOut,
  driveToCompletion,
  takeUp,
  undo,
} from '../../../effects/driver/run-release.ts';
import type { OwnedRelease } from '../../../effects/ownership/owned-release.ts';
import { APP } from '../../core/support/objects.ts';
import {
  BLUE,
  endedAs,
  journalOf,
  RUN,
  recordFor,
  releaseIn,
} from '../../core/support/releases.ts';
import { QUICK } from '../support/toy-service.ts';
import { driving } from './support.ts';

/** As the deploy stage does: what is begun already is gone on with, else it is planned and begun. */
async function runOrTakeUp(
  owned: OwnedRelease,
  release: ReleaseId,
  goal: Goal,
  planNow: () => Promise<Planned>,
): Promise<CarriedOut> {
  const taken = await takeUp(owned, release, goal);
  return taken.kind === 'begin' ? beginRelease(owned, await planNow(), goal) : taken;
}

const OTHER = releaseId('run-0');
const ours = releaseIn('blue-green', 'preparing', { config: QUICK });
const theirs = releaseIn('blue-green', 'preparing', { config: QUICK, release: OTHER, tag: 'v9' });

/** A process that is to carry out `run-1`, and finds this journal. */
async function found(journal: Journal, options: Parameters<typeof driving>[1] = {}) {
  const it = await driving('blue-green', { ...options, journal });
  let asked = 0;
  const plan = async (): Promise<Planned> => {
    asked += 1;
    return { kind: 'planned', plan: it.plan };
  };
  const run = (planNow = plan, release: ReleaseId = RUN, goal: 'ended' | 'handed-over' = 'ended') =>
    it.world.cameOf(runOrTakeUp(it.owned, release, goal, planNow), 600);
  const releases = () => it.saved.map(({ current }) => current?.plan.release);
  return { ...it, run, asked: () => asked, releases };
}

const went = (state: object) => ({
  value: { kind: 'went', plan: expect.anything(), state: expect.objectContaining(state) },
});

describe('a release', () => {
  test('begins where there is nothing to go on with', async () => {
    const it = await found(EMPTY_JOURNAL);
    expect(await it.run()).toEqual(went({ outcome: 'promoted' }));
    expect(it.world.serves()).toEqual(['v2']);
  });

  test('that was cut off is gone on with as it was planned, and not planned anew', async () => {
    const it = await found(journalOf(ours));
    expect(await it.run()).toEqual(went({ outcome: 'promoted' }));
    expect(it.asked()).toBe(0);
    expect(it.world.serves()).toEqual(['v2']);
  });

  test('that was cut off on its way back goes on back', async () => {
    const { plan, state } = ours;
    const back = strategyOf(plan).turnBack(state, state.since, because('errors', 'it was no good'));
    const it = await found(journalOf({ plan, state: back }));
    expect(await it.run()).toEqual(went({ outcome: 'rolled-back', cause: 'it was no good' }));
    expect(it.world.serves()).toEqual(['v1']);
  });

  test.each(['promoted', 'rolled-back', 'failed'] as const)(
    'that has ended %s only says so: a retry changes nothing',
    async (outcome) => {
      const it = await found(journalOf(endedAs(outcome, ours)));
      expect(await it.run()).toEqual(went({ outcome }));
      expect([it.asked(), it.writes(), it.saved]).toEqual([0, [], []]);
    },
  );

  test('that has ended, and others have come since, is not begun anew: that would undo theirs', async () => {
    const record = recordFor(RUN, { outcome: 'rolled-back' });
    const it = await found({ ...journalOf(endedAs('promoted', theirs)), history: [record] });
    expect(await it.run()).toEqual({ value: { kind: 'over', record } });
    expect([it.asked(), it.writes(), it.saved]).toEqual([0, [], []]);
  });

  test('is handed over where another stage concludes it', async () => {
    const it = await found(EMPTY_JOURNAL);
    expect(await it.run(undefined, RUN, 'handed-over')).toEqual(went({ phase: 'holding' }));
  });

  test('that is refused is bad input, and nothing is changed', async () => {
    const it = await found(EMPTY_JOURNAL);
    const refused = await it.run(async () => ({ kind: 'refused', why: 'there is no such thing' }));
    expect(refused).toMatchObject({ exitCode: 2, message: 'there is no such thing' });
    expect([it.writes(), it.saved]).toEqual([[], []]);
  });

  test('that changes nothing says so, and leaves no trace in the journal', async () => {
    const it = await found(EMPTY_JOURNAL);
    const unchanged = { kind: 'unchanged', why: 'v2 runs already' } as const;
    expect(await it.run(async () => unchanged)).toEqual({ value: unchanged });
    expect([it.writes(), it.saved]).toEqual([[], []]);
  });

  test('is not begun by a process that has to end', async () => {
    const it = await found(EMPTY_JOURNAL);
    it.stop.abort();
    expect(await it.run()).toMatchObject({ exitCode: 143 });
    expect([it.asked(), it.writes()]).toEqual([0, []]);
  });
});

describe('a release that another run has left unfinished', () => {
  test('is undone first, and only then the new one is planned: on what is there by then', async () => {
    const it = await found(journalOf(theirs));
    const came = await it.run(async () => {
      expect(it.saved.at(-1)?.history[0]).toMatchObject({ release: OTHER, outcome: 'rolled-back' });
      expect(it.world.serves()).toEqual(['v1']);
      return { kind: 'planned', plan: it.plan };
    });
    expect(came).toEqual(went({ outcome: 'promoted' }));
    expect(it.releases().lastIndexOf(OTHER)).toBeLessThan(it.releases().indexOf(RUN));
  });

  test('is undone though nothing is to be begun after it', async () => {
    const it = await found(journalOf(theirs));
    await it.run(async () => ({ kind: 'unchanged', why: 'v1 runs already' }));
    expect(it.saved.at(-1)?.history[0]).toMatchObject({ outcome: 'rolled-back' });
  });

  test('and cannot be undone stops the new one: a person has to see to it', async () => {
    const serving = releaseIn('blue-green', 'monitoring', { config: QUICK, release: OTHER });
    const it = await found(journalOf(serving));
    // Its stable is gone for good: there is nothing to send traffic back to.
    const failed = {
      ...serving.state,
      phase: 'preparing',
      direction: 'back',
    } as typeof serving.state;
    const entry = { plan: serving.plan, state: failed, actions: [] };
    it.world.api.drop({ apiVersion: 'apps/v1', kind: 'Deployment' }, `${APP}-blue`);
    const came = await it.world.cameOf(
      undo(it.owned, entry, because('left-unfinished', 'it was left')),
      900,
    );
    expect(came).toMatchObject({
      exitCode: 1,
      message: expect.stringContaining('cannot be undone'),
    });
    expect(it.saved.at(-1)?.history[0]).toMatchObject({ release: OTHER, outcome: 'failed' });
  });

  test('is not called undone by a process that has to end in the middle of it', async () => {
    const it = await found(journalOf(theirs));
    const entry = { ...theirs, actions: [] };
    const undoing = driveToCompletion(it.owned, entry, (state, at) =>
      strategyOf(theirs.plan).turnBack(state, at, because('errors', 'it was left')),
    );
    it.stop.abort();
    expect(await it.world.cameOf(undoing)).toMatchObject({ exitCode: 143 });
    expect(it.asked()).toBe(0);
  });
});

test('traffic is where it was after a release that was undone', async () => {
  const it = await found(journalOf(theirs));
  await it.run(async () => ({ kind: 'unchanged', why: '' }));
  expect(it.selector()).toEqual(BLUE);
});
