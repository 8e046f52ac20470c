// What was tried before is not tried again, as long as neither the file nor the tests have changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OUT, ROOT } from './tree.mjs';

const FILE = join(OUT, 'results.json');
const before = existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {};

function fingerprint({ file, key }, tests) {
  const hash = createHash('sha256').update(key);
  for (const path of [file, ...tests]) hash.update(readFileSync(join(ROOT, path)));
  return hash.digest('hex');
}

export function known(_tree, mutant, tests) {
  const found = before[fingerprint(mutant, tests)];
  return found && { ...mutant, tests, status: found };
}

export function remember(results) {
  const added = results.map((each) => [fingerprint(each, each.tests), each.status]);
  mkdirSync(OUT, { recursive: true });
  writeFileSync(FILE, JSON.stringify({ ...before, ...Object.fromEntries(added) }));
}
