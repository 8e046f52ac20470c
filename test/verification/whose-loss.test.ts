// Whose doing it is that a request is lost: the release's, or the application's own.
import { expect, test } from '@jest/globals';
import { play } from '../../verification/simulation/play.ts';
import { companyOf, generateScenario } from '../../verification/simulation/scenario-generator.ts';

/** In it the new pod of a StatefulSet of two crashes just before the old one, long told to go, is cut off. */
const CRASHED_IN_PASSING = 900_414;
/** In it whoever takes the release over waits ten seconds for its first answer, while the Service leads to somebody's workers. */
const STALLED_AT_ONCE = 383;
/** In it somebody replaces an adopted stable within seconds, while watches tell of pods four seconds late. */
const REPLACED_UNSEEN = 5_297;

test('with the new pod crashed, proxies try the old one to its last moment: what that cuts is the crash', async () => {
  const { broken, losses } = await play(generateScenario(CRASHED_IN_PASSING), () => undefined);
  expect(broken).toEqual([]);
  expect(losses.blamed).toBe(0);
  expect(losses.excused.crash).toBeGreaterThan(0);
}, 60_000);

test('whoever drives and gets no answer from the API cannot lead the Service away from the pods of others yet', async () => {
  const tale = generateScenario(STALLED_AT_ONCE, companyOf(STALLED_AT_ONCE));
  const { broken, losses } = await play(tale, () => undefined);
  expect(broken).toEqual([]);
  expect(losses.blamed).toBe(0);
  expect(losses.excused['foreign-unforeseen']).toBeGreaterThan(0);
}, 60_000);

test('a rollout of somebody else that is over before lagging watches tell of it leaves the old pods none', async () => {
  const tale = generateScenario(REPLACED_UNSEEN, companyOf(REPLACED_UNSEEN));
  const lagging = tale.mishaps.filter((each) => each.kind === 'watches');
  expect(lagging).toMatchObject([{ fault: 'watch-lagging' }]);
  expect((await play(tale, () => undefined)).broken).toEqual([]);
}, 60_000);
