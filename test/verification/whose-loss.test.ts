// Whose doing it is that a request is lost: the release's, or the application's own and its neighbours'.
// Stories are chosen by what goes wrong in them, and not by seeds, which mean what the generator makes of them.
import { expect, test } from '@jest/globals';
import {
  companyOf,
  type GeneratedScenario,
  generateScenario,
} from '../../verification/scenarios/scenario-generator.ts';
import { play } from '../../verification/simulation/play.ts';

const STORIES = 6;
const LIMIT_MS = 120_000;

/** The first stories of all seeds in which this goes wrong. */
function storiesIn(goesWrong: (story: GeneratedScenario) => boolean): GeneratedScenario[] {
  const found: GeneratedScenario[] = [];
  for (let seed = 1; found.length < STORIES && seed < 20_000; seed += 1) {
    const story = generateScenario(seed, companyOf(seed));
    if (goesWrong(story)) found.push(story);
  }
  return found;
}

/** Nothing is broken in any of them, and no request is lost through a release; what else was lost, by reason. */
async function excusedIn(stories: readonly GeneratedScenario[]): Promise<Record<string, number>> {
  expect(stories).toHaveLength(STORIES);
  const excused: Record<string, number> = {};
  for (const story of stories) {
    const { broken, losses } = await play(story, () => undefined);
    expect({ story, broken, blamed: losses.blamed }).toEqual({ story, broken: [], blamed: 0 });
    for (const [reason, count] of Object.entries(losses.excused)) {
      excused[reason] = (excused[reason] ?? 0) + count;
    }
  }
  return excused;
}

const comes = ({ visits }: GeneratedScenario, name: string): boolean =>
  visits.some((visit) => visit.name === name);
const isKilled = ({ accidents }: GeneratedScenario): boolean =>
  accidents.some(({ kind }) => kind === 'killed' || kind === 'killed-at-write');

test(
  'a pod of a StatefulSet that crashes loses what it holds: that is the crash, and not the release',
  async () => {
    const crashing = storiesIn(
      ({ scenario, crashes, visits }) =>
        scenario.shape === 'stateful-set' && crashes.length > 0 && visits.length === 0,
    );
    expect((await excusedIn(crashing)).crash).toBeGreaterThan(0);
  },
  LIMIT_MS,
);

test(
  'a process that gets no answer from the API cannot lead the Service away from the pods of others yet',
  async () => {
    const unanswered = storiesIn(
      (story) =>
        comes(story, 'foreign-pods') && story.mishaps.some(({ kind }) => kind === 'api-unanswered'),
    );
    await excusedIn(unanswered);
  },
  LIMIT_MS,
);

test(
  'a rollout of somebody else that is over before lagging watches tell of it leaves the old pods none',
  async () => {
    const lagging = storiesIn(
      (story) =>
        comes(story, 'restart') &&
        story.mishaps.some((each) => each.kind === 'watches' && each.fault === 'watch-lagging'),
    );
    await excusedIn(lagging);
  },
  LIMIT_MS,
);

test(
  'a rollout of somebody else while no process drives may end the last of the old pods',
  async () => {
    await excusedIn(storiesIn((story) => comes(story, 'restart') && isKilled(story)));
  },
  LIMIT_MS,
);

test(
  'pods of others that come while no process drives are reached by a route until one does',
  async () => {
    const undriven = storiesIn(
      (story) =>
        comes(story, 'foreign-pods') && isKilled(story) && story.scenario.router === 'gateway-api',
    );
    await excusedIn(undriven);
  },
  LIMIT_MS,
);
