// A story that breaks an invariant is made short before it is printed: what a person has to read of it.
import { describe, expect, test } from '@jest/globals';
import {
  type GeneratedScenario,
  generateScenario,
} from '../../verification/scenarios/scenario-generator.ts';
import { asTest, shorterThan, shrink, troublesIn } from '../../verification/simulation/shrink.ts';

/** One in which much goes wrong. */
function eventful(): GeneratedScenario {
  const seeds = Array.from({ length: 200 }, (_, at) => at + 1);
  const stories = seeds.map((seed) => generateScenario(seed));
  const most = stories.reduce((a, b) => (troublesIn(b) > troublesIn(a) ? b : a));
  if (troublesIn(most) < 6) throw new Error('nothing goes wrong in any of them');
  return most;
}

const INVARIANT = 'every release ends';
const never = 'nothing goes that still receives requests';

describe('a story that breaks', () => {
  test('keeps what it needs to break, and nothing else', async () => {
    const story = eventful();
    const needed = story.mishaps[0] ?? story.accidents[0];
    const breaks = async ({ mishaps, accidents }: GeneratedScenario): Promise<boolean> =>
      [...mishaps, ...accidents].some((each) => each === needed);
    const { scenario, left, before } = await shrink(story, INVARIANT, breaks);
    expect(left).toBe(1);
    expect(before).toBe(troublesIn(story));
    expect([...scenario.mishaps, ...scenario.accidents]).toEqual([needed]);
    expect(scenario.next).toBe(false);
  });

  test('stays as it is where all of it is needed', async () => {
    const story = eventful();
    const size = troublesIn(story);
    const breaks = async (each: GeneratedScenario): Promise<boolean> =>
      troublesIn(each) === size && each.next === story.next;
    expect((await shrink(story, never, breaks)).scenario).toEqual(story);
  });

  test('is never made longer', () => {
    const story = eventful();
    for (const shorter of shorterThan(story)) {
      expect(troublesIn(shorter)).toBeLessThanOrEqual(troublesIn(story));
    }
  });

  test('is printed as a test that plays the same', () => {
    const story = eventful();
    const lines = asTest({ scenario: story, left: 1, before: 1 }, INVARIANT).join('\n');
    const json = /GeneratedScenario = ([\s\S]*);\n {2}expect/.exec(lines)?.[1] ?? '';
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(story)));
  });
});
