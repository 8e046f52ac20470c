/**
 * `npm run bench:releases`: releases by real processes under load, strategy by strategy, and every
 * request counted; then releases that do lose requests, and whether the record says how many; then what
 * a release costs the API server, from few pods to many. Fails where a request did, or a record is wrong.
 */
import { cpus, totalmem } from 'node:os';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { ROUTERS, STRATEGIES } from '../../core/base/vocabulary.ts';
import { table } from '../table.ts';
import { type Cost, costOf } from './cost.ts';
import { HONESTY_HEAD, honestyOf, isHonest } from './honesty.ts';
import { releaseInTrouble } from './in-trouble.ts';
import { type Measured, releaseForReal } from './real.ts';
import { TROUBLES, type Trouble } from './troubles.ts';
import { nameOf, VARIANTS } from './variants.ts';

const PARTS = ['releases', 'lossy', 'cost'] as const;

const options = yargs(hideBin(process.argv))
  .scriptName('bench:releases')
  .options({
    count: { type: 'number', default: 25, describe: 'Releases of each' },
    only: {
      choices: PARTS,
      array: true,
      default: [...PARTS],
      describe: 'releases: that lose nothing; lossy: that lose requests; cost: requests to the API',
    },
    troubled: {
      type: 'number',
      describe: 'Releases of each kind that loses requests; as many as of the others if left out',
    },
    strategy: { type: 'string', array: true, default: [...STRATEGIES], describe: 'Which of them' },
    router: { type: 'string', array: true, default: [...ROUTERS], describe: 'Which of them' },
    sizes: { type: 'number', array: true, default: [3, 30, 300], describe: 'Pods, for the cost' },
  })
  .check(({ count, troubled = count }) => {
    const areCounts = [count, troubled].every((each) => Number.isInteger(each) && each > 0);
    if (!areCounts) throw new Error('--count and --troubled are whole numbers from 1');
    return true;
  })
  .strict()
  .parseSync();

const GIB = 2 ** 30;

const ways = VARIANTS.filter(
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
let isFine = true;
if (options.only.includes('releases')) {
  const rows: (string | number)[][] = [HEAD];
  for (const way of ways) {
    const measured = await releaseForReal(process.cwd(), way, options.count, print);
    isFine &&= measured.every((one) => one.failed === 0 && !wentWrong(one));
    rows.push([nameOf(way), ...figures(measured)]);
  }
  show(rows);
}
if (options.only.includes('lossy')) {
  const rows: (string | number)[][] = [[...HONESTY_HEAD]];
  for (const trouble of TROUBLES.filter(isAsked)) {
    const count = options.troubled ?? options.count;
    const measured = await releaseInTrouble(process.cwd(), trouble, count, print);
    isFine &&= isHonest(measured);
    rows.push([trouble.name, ...honestyOf(measured)]);
  }
  show(rows);
}
if (options.only.includes('cost')) {
  const rows: (string | number)[][] = [
    ['strategy x router', ...options.sizes.map((size) => `${size} pods: requests`)],
  ];
  for (const way of ways) {
    const own: Cost[] = [];
    for (const size of options.sizes) own.push(await costOf(way, size));
    rows.push([
      nameOf(way),
      ...own.map(
        ({ requests, writes, seconds }) =>
          `${requests}, ${writes} of them writes, in ${seconds.toFixed(0)} s`,
      ),
    ]);
  }
  show(rows);
}
process.exitCode = isFine ? 0 : 1;

function isAsked({ way: { strategy, router } }: Trouble): boolean {
  return options.strategy.includes(strategy) && options.router.includes(router);
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

function show(rows: readonly (string | number)[][]): void {
  for (const line of ['', ...table(rows), '']) print(line);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
