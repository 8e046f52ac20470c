/**
 * `npm run check:migration`: the real program on a real PostgreSQL is killed (SIGKILL) before, during and
 * after each of its questions to the server, while a writer and a reader of the table go on; then two
 * runners come at once. The end has to be the same, whatever happened.
 */
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { Bench } from './bench.ts';
import { casesOf, play } from './play.ts';
import { PARTS, type Part } from './scripts.ts';

const options = yargs(hideBin(process.argv))
  .scriptName('check:migration')
  .options({
    part: {
      type: 'string',
      array: true,
      default: PARTS.map(({ name }) => name as string),
      describe: 'Only of these',
    },
    every: { type: 'number', default: 1, describe: 'Only every so many-th kill' },
    first: { type: 'number', default: 0, describe: 'The first of them, from 0' },
    hands: { type: 'number', default: 2, describe: 'How many at once' },
    'worst-write': {
      type: 'number',
      default: 500,
      describe: 'How much longer a write may wait than one of a table beside, in ms',
    },
  })
  .strict()
  .parseSync();

const sum = { kills: 0, wrong: 0, writes: 0, worstWriteMs: 0, worstBesideMs: 0 };
const bench = await Bench.start();
try {
  await check();
} finally {
  await bench.close();
}
process.exitCode = sum.wrong === 0 && sum.kills > 0 ? 0 : 1;

async function check(): Promise<void> {
  print('making a database for each part to begin with');
  const made = await bench.templates();
  const began = performance.now();
  for (const part of PARTS.filter(({ name }) => options.part.includes(name))) {
    await checkPart(part, made);
  }
  const { kills, wrong, writes, worstWriteMs, worstBesideMs } = sum;
  const seconds = Math.round((performance.now() - began) / 1000);
  print(
    `${kills} kills, ${writes} writes, the worst ${Math.round(worstWriteMs)} ms (of a table beside ${Math.round(worstBesideMs)} ms), ${wrong} not as they should be, ${seconds} s`,
  );
}

async function checkPart(part: Part, made: ReadonlyMap<string, string>): Promise<void> {
  const all = await casesOf(bench, part, made);
  const cases = all.filter((_, at) => at % options.every === options.first);
  let killed = 0;
  const hand = async (): Promise<void> => {
    for (let next = cases.shift(); next; next = cases.shift()) {
      const played = await play(bench, next, options['worst-write']);
      sum.writes += played.writes;
      sum.worstWriteMs = Math.max(sum.worstWriteMs, played.worstWriteMs);
      sum.worstBesideMs = Math.max(sum.worstBesideMs, played.worstBesideMs);
      if (played.broken.length > 0) sum.wrong += 1;
      for (const each of played.broken) {
        print(`${part.name}, killed ${next.moment} question ${next.at}: ${each}`);
      }
      if (!played.wasKilled) continue;
      killed += 1;
      // Each takes seconds: nobody is to think that it hangs.
      if (killed % 10 === 0) print(`${part.name}: ${killed} kills so far`);
    }
  };
  await Promise.all(Array.from({ length: options.hands }, hand));
  sum.kills += killed;
  print(`${part.name.padEnd(10)} ${String(killed).padStart(5)} kills of ${all.length} places`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
