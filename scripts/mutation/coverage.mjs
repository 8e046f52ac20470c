// Which tests reach which mutant: the fast tests are run once with none of them switched on. What a test
// file reached before it reaches still, as long as neither it nor the product nor the sample has changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { FAST_TESTS, NOT_FAST, OUT } from './tree.mjs';

const FILE = join(OUT, 'reached.json');

/** More files would not be near any more, and each costs its start. */
const MOST_FILES = 20;

/** Of each mutant the files that reach it, the nearest first, with the titles of the tests. */
export function reach(tree, folder, sampled, hashes) {
  const sample = hashOf([
    sampled.map(({ id, key }) => `${id} ${key}`).join('\n'),
    ...[...hashes].filter(([file]) => !file.startsWith('test/')).flat(),
  ]);
  const before = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {};
  const wanted = [...hashes.keys()].filter(
    (file) => isFast(file) && file.startsWith(partOf(tree, folder)),
  );
  const printOf = (file) => `${sample} ${hashes.get(file)}`;
  const missing = wanted.filter((file) => before[file]?.print !== printOf(file));
  const told = { ...before };
  const now = missing.length === 0 ? [] : runWithout(tree, missing);
  for (const each of now) told[each.file] = { ...each, print: printOf(each.file) };
  writeFileSync(FILE, JSON.stringify(told));
  const failing = missing.filter((file) => told[file]?.print !== printOf(file));
  if (failing.length > 0) throw new Error(`fail without any mutant: ${failing.join(', ')}`);
  const files = wanted.map((file) => told[file]);
  return {
    testsOf: (mutant) =>
      files
        .map((each) => reachedBy(each, mutant))
        .filter(({ titles }) => titles.length > 0)
        .sort(
          (a, b) => near(b.file, mutant.file) - near(a.file, mutant.file) || a.millis - b.millis,
        )
        .slice(0, MOST_FILES),
  };
}

function isFast(file) {
  const isTest = FAST_TESTS.some((folder) => file.startsWith(`${folder}/`));
  return isTest && file.endsWith('.test.ts') && !NOT_FAST.includes(file);
}

/** Of one folder the tests that mirror it or what it is a part of: the others say little of it for their time. */
function partOf(tree, folder) {
  const part = folder.split('/').slice(0, 2).join('/');
  return part !== '' && existsSync(join(tree, 'test', part)) ? `test/${part}/` : 'test/';
}

/** What the files that pass tell of themselves. */
function runWithout(tree, files) {
  const folder = join(OUT, 'reached');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const program = createRequire(import.meta.url).resolve('jest/bin/jest');
  const flags = ['--experimental-vm-modules', '--no-warnings'];
  const asked = ['--maxWorkers=2', '--silent', '--runTestsByPath', ...files];
  const env = { ...process.env, MUTANTS_REACHED: folder };
  const ran = spawnSync(process.execPath, [...flags, program, ...asked], {
    cwd: tree,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (ran.status !== 0) process.stderr.write(ran.stderr.slice(-4000));
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

/** What a module does while it is read concerns every test of the file. */
function reachedBy({ file, always, reached, millis }, { id }) {
  const titles = always.includes(id)
    ? Object.keys(millis)
    : Object.keys(reached).filter((title) => reached[title].includes(id));
  const spent = titles.reduce((sum, title) => sum + (millis[title] ?? 0), 0);
  return { file, titles, millis: spent };
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

function hashOf(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 16);
}
