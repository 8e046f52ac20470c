/**
 * `npm run bench:releases`: releases by real processes under load, strategy by strategy, and every
 * request counted; then what a release costs the API server, from few pods to many. Fails where a
 * request did.
 */
import { cpus, totalmem } from 'node:os';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { ROUTERS, STRATEGIES } from '../../core/vocabulary.ts';
import { table } from '../table.ts';
import { type Cost, costOf } from './cost.ts';
import { releaseInTrouble } from './in-trouble.ts';
import { type Measured, releaseForReal } from './real.ts';
import { TROUBLES, type Trouble } from './troubles.ts';
import { nameOf, WAYS } from './ways.ts';

const options = yargs(hideBin(process.argv))
  .scriptName('bench:releases')
  .options({
    count: { type: 'number', default: 25, describe: 'Releases of each; 0: the cost alone' },
    troubled: {
      type: 'number',
      describe: 'Releases of each kind that loses requests; as many as of the others if left out',
    },
    strategy: { type: 'string', array: true, default: [...STRATEGIES], describe: 'Which of them' },
    router: { type: 'string', array: true, default: [...ROUTERS], describe: 'Which of them' },
    sizes: { type: 'number', array: true, default: [3, 30, 300], describe: 'Pods, for the cost' },
  })
  .strict()
  .parseSync();

/** An interval of 95% that is one covers as often. */
const LEAST_COVERED = 0.95;
const HIDDEN_SHARE = 0.01;
const GIB = 2 ** 30;

const ways = WAYS.filter(
  ({ strategy, router }) => options.strategy.includes(strategy) && options.router.includes(router),
);
print(
  `${cpus().length} x ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / GIB)} GiB, Node ${process.version}`,
);

const HEAD = [
  'strategy x router',
  'releases',
  'promoted',
  'rolled back',
  'otherwise',
  'requests',
  'failed',
  'last old answer after letting go: median',
  'max',
  'last bad answer after the decision: median',
  'max',
  'seconds a release',
];
const rows: (string | number)[][] = [HEAD];
let failed = 0;
for (const way of options.count > 0 ? ways : []) {
  const measured = await releaseForReal(process.cwd(), way, options.count, print);
  failed += measured.reduce((sum, one) => sum + one.failed, 0) + measured.filter(wentWrong).length;
  rows.push([nameOf(way), ...figures(measured)]);
}
if (options.count > 0) for (const line of ['', ...table(rows), '']) print(line);

const troubles: (string | number)[][] = [
  [
    'releases that lose requests',
    'releases',
    'requests',
    'not answered',
    'within the interval',
    'said none of more than 1%',
  ],
];
let isHonest = true;
const troubled = options.troubled ?? options.count;
for (const trouble of troubled > 0 ? TROUBLES.filter(isAsked) : []) {
  const measured = await releaseInTrouble(process.cwd(), trouble, troubled, print);
  const covered = measured.filter(isCovered).length;
  const hidden = measured.filter(isHidden).length;
  isHonest &&= covered >= LEAST_COVERED * measured.length && hidden === 0;
  const sum = (of: (one: Measured) => number) => measured.reduce((all, one) => all + of(one), 0);
  troubles.push([
    trouble.name,
    measured.length,
    sum(({ requests }) => requests),
    sum(({ unanswered }) => unanswered),
    covered,
    hidden,
  ]);
}
if (troubles.length > 1) for (const line of [...table(troubles), '']) print(line);

const costs: (string | number)[][] = [
  ['strategy x router', ...options.sizes.map((size) => `${size} pods: requests`)],
];
for (const way of ways) {
  const own: Cost[] = [];
  for (const size of options.sizes) own.push(await costOf(way, size));
  costs.push([
    nameOf(way),
    ...own.map(
      ({ requests, writes, seconds }) =>
        `${requests}, ${writes} of them writes, in ${seconds.toFixed(0)} s`,
    ),
  ]);
}
for (const line of table(costs)) print(line);
process.exitCode = failed === 0 && isHonest ? 0 : 1;

function isAsked({ way: { strategy, router } }: Trouble): boolean {
  return options.strategy.includes(strategy) && options.router.includes(router);
}

/** Whether what clients saw lies within what the product tells; "unknown" tells nothing. */
function isCovered({ unanswered, told }: Measured): boolean {
  return told !== undefined && told.least <= unanswered && unanswered <= told.most;
}

function isHidden({ requests, unanswered, told }: Measured): boolean {
  return told?.failed === 0 && unanswered > requests * HIDDEN_SHARE;
}

function figures(measured: readonly Measured[]): (string | number)[] {
  const outcomes = (outcome: string): number =>
    measured.filter((one) => one.outcome === outcome).length;
  const sum = (of: (one: Measured) => number): number =>
    measured.reduce((all, one) => all + of(one), 0);
  return [
    measured.length,
    outcomes('promoted'),
    outcomes('rolled-back'),
    measured.filter(wentWrong).length,
    sum(({ requests }) => requests),
    sum((one) => one.failed),
    ...lingering(measured.filter(({ expected }) => expected === 'promoted')),
    ...lingering(measured.filter(({ expected }) => expected === 'rolled-back')),
    (sum(({ tookMs }) => tookMs) / measured.length / 1000).toFixed(1),
  ];
}

/** Median and longest. Who was sent nothing any more before it was let go has not lingered at all. */
function lingering(measured: readonly Measured[]): [median: string, longest: string] {
  const sorted = measured
    .flatMap(({ lingeredMs }) => (lingeredMs === undefined ? [] : [Math.max(0, lingeredMs)]))
    .sort((a, b) => a - b);
  const text = (ms: number | undefined): string => (ms === undefined ? '-' : `${ms} ms`);
  return [text(sorted[Math.floor(sorted.length / 2)]), text(sorted.at(-1))];
}

function wentWrong({ outcome, expected }: Measured): boolean {
  return outcome !== expected;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
