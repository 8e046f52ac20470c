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
/** In it somebody restarts an adopted stable, and the process that would have followed its pods is killed. */
const REPLACED_UNDRIVEN = 6_875;
/** In it somebody's workers come while nobody drives, with the labels to which the Gateway API leads. */
const COME_UNDRIVEN = 20_228;

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

test.each([
  [
    'a rollout of somebody else while nobody drives may end the last of the old pods',
    REPLACED_UNDRIVEN,
  ],
  [
    'pods of others that come while nobody drives are reached by a route until somebody does',
    COME_UNDRIVEN,
  ],
])(
  '%s',
  async (_, seed) => {
    const { broken, losses } = await play(generateScenario(seed, companyOf(seed)), () => undefined);
    expect(broken).toEqual([]);
    expect(losses.blamed).toBe(0);
  },
  60_000,
);
