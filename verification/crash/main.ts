/**
 * `npm run check:crash`: for every strategy, the process is killed before, after and between the
 * sending and the acknowledgement of every write of a release; then each of those who may come next
 * comes. A table, and a line for everything that was not as it should be.
 */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import {
  ROUTERS,
  type RouterName,
  STRATEGIES,
  type StrategyName,
} from '../../core/base/vocabulary.ts';
import { bentFor, NEIGHBOUR_NAMES, type NeighbourName, visitsOf } from '../neighbours/all.ts';
import type { Moment } from '../neighbours/visit.ts';
import { inParallel, type ShareOut } from '../parallel.ts';
import { KILLS, type Kill } from '../world/process/transport.ts';
import { type Candidate, plainScenario, type Scenario, type Shape } from '../world/scenario.ts';
import { workloadKind } from '../world/workloads.ts';
import {
  type Outcome,
  playKilled,
  type Setting,
  SUCCESSORS,
  type Successor,
  type Write,
  writesOf,
} from './play.ts';

interface Way {
  readonly strategy: StrategyName;
  readonly router: RouterName;
  readonly shape: Shape;
}

interface Case extends Way {
  readonly candidate: Candidate;
  readonly write: Write;
  readonly kill: Kill;
  readonly successor: Successor;
}

type Played = Case & Outcome;

const SHAPES = ['coloured', 'stateful-set'] as const satisfies readonly Shape[];
const CANDIDATES = ['good', 'failing'] as const satisfies readonly Candidate[];
const successors = Object.keys(SUCCESSORS) as Successor[]; // the keys of a constant

const options = yargs(hideBin(process.argv))
  .scriptName('check:crash')
  .options({
    strategy: { type: 'string', array: true, default: [...STRATEGIES], describe: 'Which of them' },
    router: { type: 'string', array: true, default: [...ROUTERS], describe: 'Which of them' },
    kill: { type: 'string', array: true, default: [...KILLS], describe: 'Only so' },
    write: { type: 'number', describe: "Only at the stage's write of this number" },
    neighbour: {
      type: 'string',
      array: true,
      choices: NEIGHBOUR_NAMES,
      default: [] as NeighbourName[],
      describe: 'Who comes to each release while it is watched',
    },
    every: { type: 'number', default: 1, describe: 'Only every so many-th case' },
  })
  .strict()
  .parseSync();

const scenarioFor = ({ strategy, router, shape }: Way, candidate: Candidate): Scenario => ({
  ...plainScenario(strategy, candidate, router),
  shape,
  windows: { monitoringSeconds: 8, drainMinSeconds: 1, drainMaxSeconds: 8, readySeconds: 60 },
});

const invited = NEIGHBOUR_NAMES.filter((name) => options.neighbour.includes(name));
const VISITED_IN: Moment = { kind: 'in', phase: 'monitoring', afterMs: 200 };

/** They come at the same moment of every release, so that each write has its place. */
function settingFor(way: Way, candidate: Candidate): Setting {
  const scenario = bentFor(scenarioFor(way, candidate), invited);
  const visits = visitsOf(scenario.seed, scenario, invited).map((visit) => ({
    ...visit,
    moment: visit.moment.kind === 'before' ? visit.moment : VISITED_IN,
  }));
  return { scenario, visits };
}

await inParallel<Case, Played>(import.meta.url, run, async (each) => {
  const { candidate, write, kill, successor } = each;
  const setting = settingFor(each, candidate);
  return { ...each, ...(await playKilled(setting, write, kill, successor)) };
});

async function run(playAll: ShareOut<Case, Played>): Promise<void> {
  const chosen = STRATEGIES.filter((strategy) => options.strategy.includes(strategy)).flatMap(
    waysOf,
  );
  const cases = (await Promise.all(chosen.map(casesOf)))
    .flat()
    .filter(({ kill, write }) => options.kill.includes(kill) && isAsked(write))
    .filter((_, at) => at % options.every === 0);
  const began = performance.now();
  const played = await playAll(cases, showBroken);
  print(
    row([
      'strategy',
      'router',
      'of a',
      'candidate',
      'next comes',
      'kill points',
      'promoted',
      'rolled back',
      'failed requests',
      'not as it should be',
    ]),
  );
  for (const way of chosen) {
    const { strategy, router } = way;
    for (const candidate of CANDIDATES) {
      for (const successor of successors) {
        const own = played.filter(
          (each) =>
            isSameWay(each, way) && each.candidate === candidate && each.successor === successor,
        );
        print(
          row([strategy, router, workloadKind(way).kind, candidate, successor, ...figures(own)]),
        );
      }
    }
  }
  const requests = played.reduce((sum, outcome) => sum + outcome.requests, 0);
  const wrong = played.filter(({ broken }) => broken.length > 0).length;
  const seconds = Math.round((performance.now() - began) / 1000);
  print(
    `${cases.length} releases killed, ${requests} requests, ${wrong} not as they should be, ${seconds} s`,
  );
  process.exitCode = wrong === 0 ? 0 : 1;
}

function showBroken(played: Played): void {
  const { strategy, router, candidate, kill, write, successor, broken } = played;
  const where = `${strategy} x ${router} of a ${workloadKind(played).kind}, ${candidate}: killed ${kill} ${write.stage}'s write ${write.nth} (${write.what}), then ${successor}`;
  for (const { invariant, seen } of broken) print(`${where}: ${invariant}: ${seen}`);
}

function isAsked({ nth }: Write): boolean {
  return options.write === undefined || options.write === nth;
}

async function casesOf(way: Way): Promise<Case[]> {
  const cases = await Promise.all(
    CANDIDATES.map(async (candidate) => {
      const writes = await writesOf(settingFor(way, candidate));
      return writes.flatMap((write) =>
        KILLS.filter((kill) => isMeant(kill, write)).flatMap((kill) =>
          successors.map((successor) => ({ ...way, candidate, write, kill, successor })),
        ),
      );
    }),
  );
  return cases.flat();
}

/** What rolls moves no route, and alone knows what to do with a StatefulSet. */
function waysOf(strategy: StrategyName): readonly Way[] {
  const asked = ROUTERS.filter((router) => options.router.includes(router));
  if (strategy !== 'rolling')
    return asked.map((router) => ({ strategy, router, shape: 'coloured' }));
  return asked
    .filter((router) => router === 'service')
    .flatMap((router) => SHAPES.map((shape) => ({ strategy, router, shape })));
}

function isSameWay(one: Way, two: Way): boolean {
  return one.strategy === two.strategy && one.router === two.router && one.shape === two.shape;
}

/** Nothing keeps out what creates an object: late, it leaves one over that nobody uses. */
function isMeant(kill: Kill, { what }: Write): boolean {
  return kill !== 'late' || !what.startsWith('POST');
}

function figures(own: readonly Outcome[]): string[] {
  const count = (is: (outcome: Outcome) => boolean): string => String(own.filter(is).length);
  return [
    String(own.length),
    count(({ outcome }) => outcome === 'promoted'),
    count(({ outcome }) => outcome === 'rolled-back'),
    String(own.reduce((sum, { lost }) => sum + lost, 0)),
    count(({ broken }) => broken.length > 0),
  ];
}

function row(cells: readonly string[]): string {
  const widths = [22, 11, 11, 10, 12, 12, 9, 12, 16, 0];
  return cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' ');
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
