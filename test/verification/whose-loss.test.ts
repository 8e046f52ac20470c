// Whose doing it is that a request is lost: the release's, or the application's own.
import { expect, test } from '@jest/globals';
import { play } from '../../verification/simulation/play.ts';
import { generateScenario } from '../../verification/simulation/scenario-generator.ts';

/** In it the new pod of a StatefulSet of two crashes just before the old one, long told to go, is cut off. */
const CRASHED_IN_PASSING = 900_414;

test('with the new pod crashed, proxies try the old one to its last moment: what that cuts is the crash', async () => {
  const { broken, losses } = await play(generateScenario(CRASHED_IN_PASSING), () => undefined);
  expect(broken).toEqual([]);
  expect(losses.blamed).toBe(0);
  expect(losses.excused.crash).toBeGreaterThan(0);
}, 60_000);
