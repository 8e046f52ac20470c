// What was tried before is not tried again: a mutant that was killed as long as its file and the test that
// killed it are the same, one that was not as long as its file and every test that reaches it are.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUT } from './tree.mjs';

const FILE = join(OUT, 'results.json');

/** Of a tree into which no switch was written yet. */
export function memoryOf(tree) {
  const results = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {};
  const hashes = hashesIn(tree, ['core', 'effects', 'steps', 'test']);
  const printOf = (files) => files.map((file) => hashes.get(file) ?? 'gone').join(' ');
  return {
    known: (mutant, tests) => {
      const found = results[placeOf(mutant)];
      const isSame =
        found?.print === printOf(found?.files ?? []) &&
        (found.status === 'killed' || sameFiles(found.files, filesOf(mutant, tests)));
      return isSame ? { status: found.status, by: found.by } : undefined;
    },
    remember: (mutant, tests, { status, by, where }) => {
      const files = where === undefined ? filesOf(mutant, tests) : [mutant.file, where];
      results[placeOf(mutant)] = { status, by, files, print: printOf(files) };
      mkdirSync(OUT, { recursive: true });
      writeFileSync(FILE, JSON.stringify(results));
    },
  };
}

/** The same line may stand in a file twice. */
const placeOf = ({ key, line }) => `${line} ${key}`;

function filesOf({ file }, tests) {
  return [file, ...tests.map((test) => test.file).sort()];
}

function sameFiles(a, b) {
  return a.length === b.length && a.every((file, at) => file === b[at]);
}

function hashesIn(tree, folders) {
  const names = folders.flatMap((folder) =>
    readdirSync(join(tree, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  const hashOf = (name) =>
    createHash('sha256')
      .update(readFileSync(join(tree, name)))
      .digest('hex')
      .slice(0, 16);
  return new Map(names.map((name) => [name, hashOf(name)]));
}
