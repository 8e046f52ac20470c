// What was tried before is not tried again: a mutant that was killed as long as its file and the test that
// killed it are the same, one that was not as long as its file and every test that reaches it are.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUT } from './tree.mjs';

const FILE = join(OUT, 'results.json');

/** `hashes`: of the files before any switch was written. */
export function memoryOf(hashes) {
  const results = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {};
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
