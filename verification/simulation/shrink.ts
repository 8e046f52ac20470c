/**
 * Makes a story that breaks an invariant as short as it can be: everything that goes wrong in it is left
 * out, one thing after the other, as long as the same invariant still breaks.
 */
import type { Invariant } from '../invariants/broken.ts';
import type { GeneratedScenario } from '../scenarios/scenario-generator.ts';
import { play } from './play.ts';

/** Each costs as long as a story takes. */
const MOST_TRIES = 60;

const LISTS = ['crashes', 'mishaps', 'accidents', 'orders', 'visits'] as const;

export interface Shrunk {
  readonly scenario: GeneratedScenario;
  /** How many things still go wrong in it, of how many there were. */
  readonly left: number;
  readonly before: number;
}

export async function shrink(
  found: GeneratedScenario,
  invariant: Invariant,
  breaks: (scenario: GeneratedScenario) => Promise<boolean> = (scenario) =>
    stillBreaks(scenario, invariant),
): Promise<Shrunk> {
  let scenario = found;
  let tries = 0;
  for (let goesOn = true; goesOn; ) {
    goesOn = false;
    for (const shorter of shorterThan(scenario)) {
      if (tries >= MOST_TRIES) break;
      tries += 1;
      if (!(await breaks(shorter))) continue;
      scenario = shorter;
      goesOn = true;
      break;
    }
  }
  return { scenario, left: troublesIn(scenario), before: troublesIn(found) };
}

async function stillBreaks(scenario: GeneratedScenario, wanted: Invariant): Promise<boolean> {
  const { broken } = await play(scenario, () => undefined);
  return broken.some(({ invariant }) => invariant === wanted);
}

/** The largest cuts first: a whole list, then one of it, then who comes afterwards. */
export function shorterThan(scenario: GeneratedScenario): GeneratedScenario[] {
  const whole = LISTS.filter((list) => scenario[list].length > 1).map((list) => ({
    ...scenario,
    [list]: [],
  }));
  const single = LISTS.flatMap((list) =>
    scenario[list].map((_, left) => {
      const kept = (_: unknown, at: number): boolean => at !== left;
      return { ...scenario, [list]: scenario[list].filter(kept) };
    }),
  );
  const rival = scenario.rivalAtMs === undefined ? [] : [{ ...scenario, rivalAtMs: undefined }];
  const next = scenario.next ? [{ ...scenario, next: false }] : [];
  return [...whole, ...single, ...rival, ...next];
}

export function troublesIn(scenario: GeneratedScenario): number {
  const listed = LISTS.reduce((sum, list) => sum + scenario[list].length, 0);
  return listed + (scenario.rivalAtMs === undefined ? 0 : 1);
}

/** A test that plays it, to be pasted into test/verification. */
export function asTest({ scenario }: Shrunk, invariant: Invariant): string[] {
  return [
    `test(${JSON.stringify(`${invariant} (seed ${scenario.scenario.seed})`)}, async () => {`,
    `  const scenario: GeneratedScenario = ${JSON.stringify(scenario, undefined, 2).replaceAll('\n', '\n  ')};`,
    '  expect((await play(scenario, () => undefined)).broken).toEqual([]);',
    '}, 60_000);',
  ];
}
