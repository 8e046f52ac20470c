// What is added to a record is added to that one, and a release that has ended is remembered once.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../core/base/vocabulary.ts';
import {
  EMPTY_JOURNAL,
  type Journal,
  recordOf,
  serviceOfJournal,
  unfinished,
  withNote,
  withoutRollbackWindow,
  withResponses,
  withTransition,
} from '../../../core/journal/journal.ts';
import { AT, endedAs, journalOf, RUN, recordFor, releaseIn } from '../support/releases.ts';

const SECOND = recordFor('r2');
const FIRST = recordFor('r1');
const TWO: Journal = { ...EMPTY_JOURNAL, history: [SECOND, FIRST] };

describe('a note', () => {
  test.each([
    ['how its stages ended', { stages: { deploy: 'Succeeded' } }],
    ['what became of requests', { evidence: { judged: 'good' } }],
  ])('on one release says %s, and leaves every other as it is', (_what, note) => {
    const { history } = withNote(TWO, releaseId('r1'), note);
    expect(history).toEqual([SECOND, { ...FIRST, ...note }]);
  });

  test('takes the pods that were kept from one release alone', () => {
    const warm = { name: 'pay-blue' } as never; // whatever is kept
    const kept = {
      ...TWO,
      history: [
        { ...SECOND, warm },
        { ...FIRST, warm },
      ],
    };
    const { history } = withoutRollbackWindow(kept, releaseId('r2'));
    expect(history).toEqual([SECOND, { ...FIRST, warm }]);
  });
});

describe('a release', () => {
  const released = releaseIn('blue-green', 'monitoring');

  test('that goes on is unfinished, and no record of it is kept yet', () => {
    const journal = journalOf(released);
    expect(unfinished(journal)?.plan.release).toBe(RUN);
    expect(recordOf(journal, RUN)).toBeUndefined();
  });

  test('that has ended is remembered once, however often that is written', () => {
    const { plan, state } = endedAs('promoted', released);
    const once = journalOf({ plan, state });
    const twice = withTransition(once, plan, state, [], AT);
    expect(unfinished(twice)).toBeUndefined();
    expect(twice.history).toHaveLength(1);
    expect(recordOf(twice, RUN)).toMatchObject({ outcome: 'promoted', release: RUN });
  });

  test('keeps the last forty of its actions, and none of the release before', () => {
    const act = (name: string) => [{ id: name, text: name, effect: {} as never }]; // never carried out
    let journal = withTransition(EMPTY_JOURNAL, released.plan, released.state, act('a0'), AT);
    for (let each = 1; each <= 45; each += 1) {
      journal = withTransition(journal, released.plan, released.state, act(`a${each}`), AT);
    }
    const texts = journal.current?.actions.map(({ text }) => text);
    expect(texts).toHaveLength(40);
    expect(texts?.at(0)).toBe('a6');
    const next = { ...released.plan, release: releaseId('run-2') };
    journal = withTransition(journal, next, released.state, act('b'), AT);
    expect(journal.current?.actions.map(({ text }) => text)).toEqual(['b']);
  });
});

test('answers are added to those that there are', () => {
  const answer = (id: string) => ({ id }) as never; // only kept
  const once = withResponses(EMPTY_JOURNAL, [answer('a')]);
  expect(withResponses(once, [answer('b')]).answers).toEqual([{ id: 'a' }, { id: 'b' }]);
});

test('a journal is one by its name', () => {
  expect(serviceOfJournal('pay-release-journal')).toBe('pay');
  expect(serviceOfJournal('pay-release-config')).toBeUndefined();
});
