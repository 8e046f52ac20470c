// npm run check:mutation: breaks the product in small ways, one at a time, and looks whether a fast test
// notices. Stryker's mutators make the changes; Jest runs the tests that reach them, the nearest first.
//   --folder core/judge   only what is broken there (default: core, effects and steps)
//   --sample 400          so many of all mutants, drawn by --seed (default 40, 7); --sample all
//   --jobs 2              at once
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { reach } from './coverage.mjs';
import { mutantsIn, switchable } from './instrument.mjs';
import { memoryOf } from './memory.mjs';
import { report } from './report.mjs';
import { Killer } from './run.mjs';
import { copyOfTree, hashesIn } from './tree.mjs';

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '' },
    sample: { type: 'string', default: '40' },
    seed: { type: 'string', default: '7' },
    jobs: { type: 'string', default: String(availableParallelism()) },
  },
});

const folders = values.folder === '' ? ['core', 'effects', 'steps'] : [values.folder];
const tree = copyOfTree();
const hashes = hashesIn(tree);
const memory = memoryOf(hashes);
const mutants = await mutantsIn(tree, folders);
const drawn = sampleOf(mutants, values.sample, Number(values.seed));
const sampled = await switchable(tree, drawn);
process.stdout.write(
  `${mutants.length} mutants in ${folders.join(', ')}, ${sampled.length} tried\n`,
);
const reached = reach(tree, values.folder, sampled, hashes);

const results = [];
const queue = [...sampled];
await Promise.all(Array.from({ length: Number(values.jobs) }, work));
process.exitCode = report(results) ? 0 : 1;

async function work() {
  const killer = new Killer(tree);
  for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
    const tests = reached.testsOf(mutant);
    const before = memory.known(mutant, tests);
    const result = before ?? (await killer.kill(mutant, tests));
    if (before === undefined) memory.remember(mutant, tests, result);
    results.push({ ...mutant, ...result });
    const at = `${mutant.file}:${mutant.line} ${result.by ?? ''}`;
    process.stdout.write(
      `${String(results.length).padStart(4)} ${result.status.padEnd(8)} ${at}\n`,
    );
  }
  killer.end();
}

/** The same of the same mutants for the same seed, whatever the order of the files. */
function sampleOf(all, size, seed) {
  if (size === 'all') return all;
  const drawn = all.map((mutant) => [hash(`${seed} ${mutant.key}`), mutant]);
  drawn.sort(([a], [b]) => a - b);
  return drawn.slice(0, Number(size)).map(([, mutant]) => mutant);
}

/** FNV-1a in 32 bits. */
function hash(text) {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return value;
}
