// Neighbours in the simulated world: each comes when its name is called, the same way for the same
// seed, and a world without any keeps the story it always had.
import { describe, expect, test } from '@jest/globals';
import { services } from '../../embedded-cluster/kubernetes/collection.ts';
import { NEIGHBOUR_NAMES, NEIGHBOURS } from '../../verification/neighbours/all.ts';
import { letIn } from '../../verification/neighbours/arrive.ts';
import type { Neighbour } from '../../verification/neighbours/visit.ts';
import {
  companyOf,
  type GeneratedScenario,
  generateScenario,
} from '../../verification/scenarios/scenario-generator.ts';
import { play } from '../../verification/simulation/play.ts';
import { CALM, runPipeline } from '../../verification/world/process/pipeline.ts';
import { plainScenario } from '../../verification/world/scenario.ts';
import { startWorld, tell } from '../../verification/world/world.ts';

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

  test(
    'who heals a route between the record of a release and the end of its process would break it for good',
    async () => {
      const world = await startWorld(plainScenario('blue-green'));
      const { clock } = world.cluster;
      const afterItMs = 60_000;
      const moment = { kind: 'at', atMs: afterItMs } as const;
      const visit = { name: 'self-heal', variant: 'every-4s', moment };
      const { deeds, stop } = letIn(world, [visit], () => undefined);
      const release = runPipeline(world, { id: 'first', tag: 'v2' }, () => CALM);
      const ends = await tell(world, release, afterItMs);
      await clock.advanceTo(clock.now() + afterItMs);
      stop();
      world.stop();
      expect(ends).toMatchObject({ conclude: { kind: 'exited', code: 0 } });
      expect(deeds.came).toEqual(['self-heal every-4s']);
      const [service] = services(world.cluster.world).list('default');
      expect(service?.spec.selector).toEqual({ app: 'shop', version: 'green' });
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
