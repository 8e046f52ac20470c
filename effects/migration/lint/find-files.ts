/** The SQL files that somebody names, or that lie in a folder that he names; bounded in number and size. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { NamedText } from '../../../core/migration/lint/folder.ts';
import { MOST_CHARACTERS } from '../../../core/migration/lint/lint.ts';
import { BadInput } from '../../base/failure.ts';
import { FileRefused, readFileWithin } from '../../base/workspace-file.ts';

const MOST_FILES = 2_000;
const MOST_DEPTH = 6;
/** Of UTF-8: the linter says itself what is too long. */
const MOST_BYTES = MOST_CHARACTERS * 2;
/** Of all files together. */
const MOST_TOTAL_BYTES = 32 * 2 ** 20;

/** @throws {BadInput} with every path that cannot be read, and why; where there is no SQL file at all. */
export async function findSqlFiles(paths: readonly string[]): Promise<readonly NamedText[]> {
  const faults: string[] = [];
  const named = new Set<string>();
  for (const path of paths) {
    for (const each of await filesAt(path, faults, MOST_DEPTH)) named.add(each);
  }
  if (named.size > MOST_FILES) {
    throw new BadInput([`there are ${named.size} SQL files, and at most ${MOST_FILES} are read`]);
  }
  const files: NamedText[] = [];
  let total = 0;
  for (const name of named) {
    const text = await textOf(name, faults);
    total += text.length;
    if (total > MOST_TOTAL_BYTES) {
      throw new BadInput([`the SQL files are larger than ${MOST_TOTAL_BYTES} bytes together`]);
    }
    files.push({ name, text });
  }
  if (faults.length === 0 && files.length === 0) faults.push('there is no SQL file (*.sql)');
  if (faults.length > 0) throw new BadInput(faults);
  return files;
}

async function filesAt(path: string, faults: string[], depth: number): Promise<readonly string[]> {
  const found = await stat(path).catch(() => undefined);
  if (!found) {
    faults.push(`${path}: is not there, or may not be read`);
    return [];
  }
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const inside = entries.map((entry): Promise<readonly string[]> | readonly string[] => {
    const own = join(path, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') {
      return depth > 0 ? filesAt(own, faults, depth - 1) : [];
    }
    return entry.name.endsWith('.sql') ? [own] : [];
  });
  return (await Promise.all(inside)).flat();
}

async function textOf(path: string, faults: string[]): Promise<string> {
  try {
    return await readFileWithin(dirname(path), basename(path), MOST_BYTES);
  } catch (thrown) {
    if (!(thrown instanceof FileRefused)) throw thrown;
    faults.push(`${path}: ${thrown.message}`);
    return '';
  }
}
