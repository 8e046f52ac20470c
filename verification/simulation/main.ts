/**
 * `npm run check:simulation`: releases by the production stages in worlds that a seed makes up, with
 * everything going wrong that can. Counts broken invariants; a seed that broke one can be replayed.
 */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import type { Invariant } from '../invariants/broken.ts';
import { NEIGHBOUR_NAMES } from '../neighbours/all.ts';
import { inParallel, type ShareOut } from '../parallel.ts';
import {
  type Company,
  companyOf,
  type GeneratedScenario,
  generateScenario,
} from '../scenarios/scenario-generator.ts';
import { type Played, play } from './play.ts';
import { asTest, shrink } from './shrink.ts';

interface Told extends Played {
  readonly seed: number;
  /** What happened, where somebody wants to know. */
  readonly lines: readonly string[];
  /** A test that plays no more of it than breaks. */
  readonly shrunk: readonly string[];
}

const options = yargs(hideBin(process.argv))
  .scriptName('check:simulation')
  .options({
    seeds: { type: 'number', default: 200, describe: 'How many worlds' },
    'first-seed': { type: 'number', default: 1, describe: 'The first of them' },
    only: {
      type: 'string',
      coerce: namesIn,
      describe: 'Only these neighbours come (all: one or two of all), and nothing else goes wrong',
    },
    with: {
      type: 'string',
      coerce: namesIn,
      describe: 'These neighbours come (all: one or two of all; none), besides everything else',
    },
    shrink: {
      type: 'boolean',
      default: true,
      describe: 'Leaves out of what breaks all that it does not need, and prints a test',
    },
    show: { type: 'boolean', default: false, describe: 'Tells what happens in each' },
  })
  .strict()
  .parseSync();

/** Who comes to every seed; undefined: as each seed has it. */
const asked: Company | undefined =
  options.only || options.with
    ? { invited: options.only ?? options.with ?? [], alone: options.only !== undefined }
    : undefined;

const SHOWN_PER_SEED = 3;
const HOUR_MS = 3_600_000;

await inParallel<number, Told>(import.meta.url, simulate, async (seed) => {
  const scenario = generateScenario(seed, asked ?? companyOf(seed));
  const lines = [JSON.stringify(scenario)];
  const played = await play(scenario, (line) => {
    if (options.show) lines.push(line);
  });
  const [first] = played.broken;
  const shrunk = first && options.shrink ? await shortest(scenario, first.invariant) : [];
  return { ...played, seed, lines: options.show ? lines : [], shrunk };
});

/** What is left of a story once everything is out of it that the broken invariant does not need. */
async function shortest(scenario: GeneratedScenario, invariant: Invariant): Promise<string[]> {
  const shrunk = await shrink(scenario, invariant);
  const { left, before } = shrunk;
  return [`  ${left} of ${before} things that go wrong are left:`, ...asTest(shrunk, invariant)];
}

async function simulate(all: ShareOut<number, Told>): Promise<void> {
  const seeds = Array.from({ length: options.seeds }, (_, at) => options.firstSeed + at);
  const began = performance.now();
  const told = await all(seeds, show);
  const seconds = (performance.now() - began) / 1000;
  const sum = (of: (one: Told) => number): number =>
    told.reduce((total, one) => total + of(one), 0);
  const failing = told.filter(({ broken }) => broken.length > 0).map(({ seed }) => seed);
  const lost = sum(({ losses }) => losses.blamed);
  print(`outcomes: ${counted(told.map(({ outcome }) => ({ [outcome]: 1 })))}`);
  print(
    `requests: ${sum(({ requests }) => requests)}, lost through a release ${lost}, lost otherwise: ${counted(told.map(({ losses }) => losses.excused))}`,
  );
  const hours = Math.round(sum(({ virtualMs }) => virtualMs) / HOUR_MS);
  const rate = (seeds.length / seconds).toFixed(1);
  print(`seeds: ${seeds.length}, ${rate} a second, ${hours} hours of cluster time`);
  const where = failing.length === 0 ? '0' : `in ${failing.length} seeds: ${failing.join(', ')}`;
  if (told.some(({ came }) => came.length > 0)) {
    print(`neighbours: ${counted(told.flatMap(({ came }) => came.map((one) => ({ [one]: 1 }))))}`);
  }
  print(`broken invariants: ${where}`);
  process.exitCode = failing.length === 0 ? 0 : 1;
}

function namesOf({ invited }: Company): string {
  if (invited === 'some') return 'all';
  return invited.length === 0 ? 'none' : invited.join(',');
}

/** `restart,self-heal`, `all`, or `none` */
function namesIn(given: string | undefined): Company['invited'] | undefined {
  if (given === 'all') return 'some';
  if (given === 'none') return [];
  return given?.split(',').map((name) => {
    const known = NEIGHBOUR_NAMES.find((each) => each === name);
    if (!known)
      throw new Error(
        `no neighbour ${name}: there are ${NEIGHBOUR_NAMES.join(', ')}, all, or none`,
      );
    return known;
  });
}

function show({ seed, broken, lines, shrunk }: Told): void {
  for (const line of lines) print(line);
  for (const { invariant, atMs, seen } of broken.slice(0, SHOWN_PER_SEED)) {
    print(`seed ${seed}: ${invariant}: after ${(atMs / 1000).toFixed(1)} s: ${seen}`);
  }
  if (broken.length === 0) return;
  const who = asked ? ` --${asked.alone ? 'only' : 'with'} ${namesOf(asked)}` : '';
  print(`  replay: npm run check:simulation -- --first-seed ${seed} --seeds 1${who} --show`);
  for (const line of shrunk) print(line);
}

function counted(all: readonly Readonly<Record<string, number>>[]): string {
  const totals = new Map<string, number>();
  for (const [name, count] of all.flatMap((one) => Object.entries(one))) {
    totals.set(name, (totals.get(name) ?? 0) + count);
  }
  const parts = [...totals].map(([name, count]) => `${name} ${count}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
