// Which tests reach which mutant: the fast tests are run once with none of them switched on.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from './run.mjs';
import { OUT } from './tree.mjs';

/** More files would not be near any more, and each costs its start. */
const MOST_FILES = 30;

/** Of one folder the tests that mirror it or what it is a part of: the others say little of it for their time. */
function testsFor(tree, folder) {
  const part = folder.split('/').slice(0, 2).join('/');
  return part !== '' && existsSync(join(tree, 'test', part)) ? [`test/${part}/`] : [];
}

/** Of each mutant the files that reach it, the nearest first, with the titles of the tests. */
export function reach(tree, folder) {
  const told = join(OUT, 'reached');
  rmSync(told, { recursive: true, force: true });
  const [command, args] = jest(['--maxWorkers=2', '--silent', ...testsFor(tree, folder)]);
  const env = { ...process.env, MUTANTS_REACHED: told };
  const ran = spawnSync(command, args, { cwd: tree, env, encoding: 'utf8' });
  if (ran.status !== 0) {
    process.stderr.write(ran.stderr.slice(-4000));
    throw new Error('the fast tests fail without any mutant');
  }
  const files = readdirSync(told).map((name) => JSON.parse(readFileSync(join(told, name), 'utf8')));
  return {
    testsOf: (mutant) =>
      files
        .map((each) => reachedBy(each, mutant, tree))
        .filter(({ titles }) => titles.length > 0)
        .sort(
          (a, b) => near(b.file, mutant.file) - near(a.file, mutant.file) || a.millis - b.millis,
        )
        .slice(0, MOST_FILES),
  };
}

/** What a module does while it is read concerns every test of the file. */
function reachedBy({ file, always, reached, millis }, { id }, tree) {
  const titles = always.includes(id)
    ? Object.keys(millis)
    : Object.keys(reached).filter((title) => reached[title].includes(id));
  const spent = titles.reduce((sum, title) => sum + (millis[title] ?? 0), 0);
  return { file: file.slice(tree.length + 1), titles, millis: spent };
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
