// Neighbours in the simulated world: each comes when its name is called, the same way for the same
// seed, and a world without any keeps the story it always had.
import { describe, expect, test } from '@jest/globals';
import { NEIGHBOUR_NAMES, NEIGHBOURS } from '../../verification/neighbours/all.ts';
import type { Neighbour } from '../../verification/neighbours/visit.ts';
import { play } from '../../verification/simulation/play.ts';
import {
  companyOf,
  type GeneratedScenario,
  generateScenario,
} from '../../verification/simulation/scenario-generator.ts';

const SEEDS = Array.from({ length: 60 }, (_, at) => at + 1);
const ONE_TOLD_MS = 60_000;

describe('neighbours of a simulated release', () => {
  test.each(NEIGHBOUR_NAMES)('%s comes to many worlds, in each of its ways', (name) => {
    const neighbour: Neighbour = NEIGHBOURS[name];
    const visits = SEEDS.map((seed) =>
      generateScenario(seed, { invited: [name], alone: true }),
    ).flatMap((tale) => tale.visits.map((visit) => ({ visit, scenario: tale.scenario })));
    expect(visits.length).toBeGreaterThan(20);
    const possible = new Set(visits.flatMap(({ scenario }) => neighbour.variants(scenario)));
    expect(new Set(visits.map(({ visit }) => visit.variant))).toEqual(possible);
  });

  test('a seed without them tells the story that it has with them, but for their visits', () => {
    const { visits: none, ...alone } = generateScenario(7);
    const { visits, ...others } = generateScenario(7, {
      invited: ['route-put-back', 'self-heal'],
      alone: false,
    });
    expect(others).toEqual(alone);
    expect([none.length, visits.length]).toEqual([0, 2]);
  });

  test(
    'a seed lets the same happen every time, to the last word',
    async () => {
      const told = await Promise.all(
        [1, 2].map(async () => {
          const lines: string[] = [];
          const tale = generateScenario(17, {
            invited: ['foreign-pods', 'route-put-back'],
            alone: false,
          });
          const { came } = await play(tale, (line) => lines.push(line.replaceAll(/-\d+:/g, ':')));
          return { came, lines };
        }),
      );
      expect(told[0]?.came.length).toBeGreaterThan(0);
      expect(told[1]).toEqual(told[0]);
    },
    ONE_TOLD_MS,
  );

  test(
    'who led a Service to no pods leads it right again where the release leaves that to them',
    async () => {
      for (const story of ledToNobody()) {
        const { broken } = await play(story, () => undefined);
        expect({ story, broken }).toEqual({ story, broken: [] });
      }
    },
    ONE_TOLD_MS,
  );
});

/** Stories in which that happens, and a process is killed that would have put it right. */
function ledToNobody(): GeneratedScenario[] {
  const seeds = Array.from({ length: 4_000 }, (_, at) => at + 1);
  const stories = seeds.map((seed) => generateScenario(seed, companyOf(seed)));
  return stories
    .filter(({ visits, accidents }) => {
      const isLed = visits.some(
        ({ name, variant }) => name === 'route-put-back' && variant === 'to-nobody',
      );
      return isLed && accidents.some(({ kind }) => kind.startsWith('killed'));
    })
    .slice(0, 12);
}
