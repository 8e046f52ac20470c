/** npm run fuzz -- [--minutes 5] [--target metrics-page] [--seed 1]: tries to break the parsers. */
import { availableParallelism } from 'node:os';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { keep, keepFound, readInputs } from './corpus.ts';
import { type Hunted, hunt } from './hunt.ts';
import { table } from './table.ts';
import { TARGETS } from './targets/all.ts';

const NAMES = TARGETS.map(({ name }) => name);
const CORPUS = { folder: 'fuzz/corpus', keptFolder: 'out/fuzz/corpus' };

const { minutes, target, seed } = yargs(hideBin(process.argv))
  .usage('npm run fuzz -- [--minutes 5] [--target <name>] [--seed 1]')
  .options({
    minutes: { type: 'number', default: 1, describe: 'How long each target is tried' },
    target: { choices: NAMES, describe: 'Only this one' },
    seed: { type: 'number', default: 1, describe: 'The same seed tries the same inputs' },
  })
  .strict()
  .version(false)
  .check(({ minutes: given }) => given > 0 || '--minutes must be more than 0')
  .parseSync();

async function fuzz(name: string): Promise<Hunted> {
  const known = [CORPUS.folder, CORPUS.keptFolder].flatMap((folder) => readInputs(folder, name));
  const quarry = {
    worker: new URL('worker.mjs', import.meta.url),
    targets: new URL('targets.mjs', import.meta.url),
    target: name,
    known,
  };
  const untilMs = Date.now() + minutes * 60_000;
  const hunted = await hunt(quarry, { seed, tries: Number.MAX_SAFE_INTEGER, untilMs });
  keep(CORPUS, name, hunted.kept);
  for (const found of hunted.found) {
    const { kind, what } = found.fault;
    const where = kind === 'growth' ? '' : ` ${keepFound(CORPUS, name, found)}`;
    process.stdout.write(`${name}: ${kind}: ${what}${where}\n`);
  }
  return hunted;
}

const left = target === undefined ? [...NAMES] : [target];
const done: Hunted[] = [];
const lane = async (): Promise<void> => {
  for (let name = left.shift(); name !== undefined; name = left.shift())
    done.push(await fuzz(name));
};
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, lane));
done.sort((a, b) => NAMES.indexOf(a.target) - NAMES.indexOf(b.target));
process.stdout.write(`${table(done)}\n`);
process.exit(done.some(({ found }) => found.length > 0) ? 1 : 0);
