// Whose turn it is: the newest that was asked for, whatever order the runs' pods start in.
import { describe, expect, test } from '@jest/globals';
import { instant, type ReleaseId, releaseId } from '../../../../core/base/vocabulary.ts';
import {
  type Asking,
  isConcluded,
  isEarlierInQueue,
  queueData,
  readQueue,
  repeated,
  whyToGiveWay,
  withPlaceInQueue,
} from '../../../../core/journal/commands/queue.ts';
import {
  EMPTY_JOURNAL,
  type Journal,
  type ReleaseRecord,
} from '../../../../core/journal/journal.ts';

const UID = '6113728f-27ae-42c7-b1a1-77c8d03f9e96';
const ask = (release: string, seconds: number): Asking => ({
  release: releaseId(release),
  askedAt: instant(seconds * 1000),
});
const record = (release: string, startedAt: number, endedAt: number, more: object = {}) =>
  ({
    release: releaseId(release),
    outcome: 'promoted',
    startedAt: instant(startedAt * 1000),
    endedAt: instant(endedAt * 1000),
    ...more,
  }) as ReleaseRecord; // what is looked at of one
const ended = (...history: ReleaseRecord[]): Journal => ({ ...EMPTY_JOURNAL, history });
const one = releaseId('one');
const two = releaseId('two');

describe('of runs that wait for a service', () => {
  const all = [ask('one', 10), ask('two', 20), ask('three', 30)];
  const orders = [all, [...all].reverse(), [all[1], all[2], all[0]] as Asking[]];

  test.each(orders.map((order) => [order.map(({ release }) => release).join(', '), order]))(
    'the newest gets it, in whatever order they come: %s',
    (_names, order) => {
      const turns = (order as Asking[]).reduce<readonly Asking[]>(withPlaceInQueue, []);
      const why = (release: string) => whyToGiveWay(turns, EMPTY_JOURNAL, releaseId(release));
      expect(why('one')).toBe('three was asked for later: it gives way');
      expect(why('two')).toBe('three was asked for later: it gives way');
      expect(why('three')).toBeUndefined();
    },
  );

  test('of two that were created in the same second one gives way, not both and not neither', () => {
    const turns = withPlaceInQueue(withPlaceInQueue([], ask('one', 10)), ask('two', 10));
    const ways = [one, two].map((release) => whyToGiveWay(turns, EMPTY_JOURNAL, release));
    expect(ways.filter((why) => why === undefined)).toHaveLength(1);
  });

  test('one that has not asked is never told to give way', () => {
    expect(whyToGiveWay(all, EMPTY_JOURNAL, releaseId('by-hand'))).toBeUndefined();
  });

  test('one that has begun is never told to give way: it is superseded by an order or not at all', () => {
    expect(whyToGiveWay(all, ended(record('one', 11, 12)), one)).toBeUndefined();
  });

  test('what somebody began by hand meanwhile is newer, what began before is not', () => {
    const turns = [ask('two', 20)];
    expect(whyToGiveWay(turns, ended(record('by-hand', 25, 26)), two)).toMatch(/^by-hand was/);
    expect(whyToGiveWay(turns, ended(record('by-hand', 15, 26)), two)).toBeUndefined();
  });

  test('one that was asked for earlier is not newer because it began later', () => {
    const turns = [ask('one', 10), ask('two', 20)];
    expect(whyToGiveWay(turns, ended(record('one', 25, 26)), two)).toBeUndefined();
  });

  test('only one that waited, and earlier, may be superseded', () => {
    const turns = [ask('one', 10), ask('two', 20)];
    expect(isEarlierInQueue(turns, one, two)).toBe(true);
    expect(isEarlierInQueue(turns, two, one)).toBe(false);
    expect(isEarlierInQueue(turns, releaseId('by-hand'), two)).toBe(false);
  });
});

describe('a push that is delivered again', () => {
  const run = (uid: string): ReleaseId => releaseId(`deploy-shop-6113728f27ae-a10867b1-${uid}`);
  const again = UID.replace('6', '7');

  test('is known by the name of its run, and released no second time', () => {
    const journal = ended(record(run(UID), 10, 11));
    expect(repeated(journal, run(again))).toBe(run(UID));
    const turns = [{ release: run(again), askedAt: instant(99_000), repeats: run(UID) }];
    expect(whyToGiveWay(turns, journal, run(again))).toBe(
      `the same push was released before, by ${run(UID)}`,
    );
  });

  test('is none where the run itself is begun again, or has another name', () => {
    const journal = ended(record(run(UID), 10, 11));
    expect(repeated(journal, run(UID))).toBeUndefined();
    expect(repeated(journal, releaseId(`deploy-shop-other-${again}`))).toBeUndefined();
    expect(repeated(journal, releaseId('by-hand'))).toBeUndefined();
  });
});

describe('what is kept beside the journal', () => {
  test('comes back as it was written, oldest first, the last twenty', () => {
    const many = Array.from({ length: 25 }, (_, at) => ask(`run-${at}`, 100 - at));
    const turns = many.reduce<readonly Asking[]>(withPlaceInQueue, []);
    const back = readQueue(queueData(turns));
    expect(back).toEqual(turns);
    expect(back).toHaveLength(20);
    expect(back.at(-1)?.release).toBe('run-0');
  });

  test('is nobody’s turn where it is something else', () => {
    const odd = ['{', '{}', '[1, null, {"release": 1}, {"release": "x", "askedAt": "now"}]'];
    for (const text of odd) expect(readQueue({ 'turns.json': text })).toEqual([]);
  });

  test('has a run once, however often its pod is made anew', () => {
    const turns = withPlaceInQueue(withPlaceInQueue([], ask('one', 10)), ask('one', 10));
    expect(turns).toHaveLength(1);
  });
});

describe('the release before', () => {
  const at = (seconds: number) => instant(seconds * 1000);
  const stages = { deploy: 'Failed' };

  test('is written about until its last stage has concluded it, or nobody can be coming any more', () => {
    expect(isConcluded(EMPTY_JOURNAL, at(0))).toBe(true);
    expect(isConcluded(ended(record('one', 0, 10)), at(11))).toBe(false);
    expect(isConcluded(ended(record('one', 0, 10)), at(131))).toBe(true);
  });

  test('holds nobody up by who is still to be told of it: that is in the outbox', () => {
    expect(isConcluded(ended(record('one', 0, 10, { stages })), at(11))).toBe(true);
  });
});
