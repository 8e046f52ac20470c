// Which tests reach which mutant: the fast tests are run once with none of them switched on.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from './run.mjs';
import { OUT } from './tree.mjs';

/** More would not be near any more, and each costs its start. */
const MOST_TESTS = 30;

/** Of one folder the tests that mirror it, where it has some: the others say little of it for their time. */
function testsFor(tree, folders) {
  const mirrored = folders.length === 1 && existsSync(join(tree, 'test', folders[0]));
  return mirrored ? [`test/${folders[0]}`] : [];
}

export function reach(tree, folders) {
  const folder = join(OUT, 'reached');
  rmSync(folder, { recursive: true, force: true });
  const [command, args] = jest(['--maxWorkers=2', '--silent', ...testsFor(tree, folders)]);
  const env = { ...process.env, MUTANTS_REACHED: folder };
  const ran = spawnSync(command, args, { cwd: tree, env, encoding: 'utf8' });
  if (ran.status !== 0) {
    process.stderr.write(ran.stderr.slice(-4000));
    throw new Error('the fast tests fail without any mutant');
  }
  const byMutant = new Map();
  for (const name of readdirSync(folder)) {
    const { testPath, ids } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    const test = testPath.slice(tree.length + 1);
    for (const id of ids) byMutant.set(id, [...(byMutant.get(id) ?? []), test]);
  }
  return {
    testsOf: ({ id, file }) =>
      (byMutant.get(id) ?? []).sort((a, b) => near(b, file) - near(a, file)).slice(0, MOST_TESTS),
  };
}

/** How many parts of the path a test shares with the file that it mirrors. */
function near(test, file) {
  const a = test
    .replace(/^test\//, '')
    .replace('.test.ts', '')
    .split('/');
  const b = file.replace('.ts', '').split('/');
  const shared = a.findIndex((part, at) => part !== b[at]);
  return shared === -1 ? a.length : shared;
}
