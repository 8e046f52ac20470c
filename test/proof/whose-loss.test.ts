// Whose doing it is that a request is lost: the release's, or the application's own.
import { expect, test } from '@jest/globals';
import { play } from '../../proof/simulation/play.ts';
import { companyOf, taleOf } from '../../proof/simulation/tale.ts';

/** In it the new pod of a StatefulSet of two crashes just before the old one, long told to go, is cut off. */
const CRASHED_IN_PASSING = 900_414;
/** In it whoever takes the release over waits ten seconds for its first answer, while the Service leads to somebody's workers. */
const STALLED_AT_ONCE = 383;

test('with the new pod crashed, proxies try the old one to its last moment: what that cuts is the crash', async () => {
  const { broken, losses } = await play(taleOf(CRASHED_IN_PASSING), () => undefined);
  expect(broken).toEqual([]);
  expect(losses.blamed).toBe(0);
  expect(losses.excused.crash).toBeGreaterThan(0);
}, 60_000);

test('whoever drives and gets no answer from the API cannot lead the Service away from the pods of others yet', async () => {
  const tale = taleOf(STALLED_AT_ONCE, companyOf(STALLED_AT_ONCE));
  const { broken, losses } = await play(tale, () => undefined);
  expect(broken).toEqual([]);
  expect(losses.blamed).toBe(0);
  expect(losses.excused['foreign-unforeseen']).toBeGreaterThan(0);
}, 60_000);
