/** The files below folders that are mounted or that somebody names: bounded in number, depth and size. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FileRefused, readFileWithin } from '../base/workspace-file.ts';

/** A folder with more is not one of migrations. */
const MOST_FILES = 5_000;
/** Of all files together, in UTF-8. */
const MOST_TOTAL_BYTES = 32 * 2 ** 20;

export interface Wanted {
  /** By the name alone. What is named itself, and not found in a folder, is wanted. */
  isWanted(name: string): boolean;
  /** How many folders deep; in a folder that is not entered, what is wanted by its name is no file. */
  readonly depth: number;
}

export interface Found {
  /** In the order of their names, folder by folder. */
  readonly paths: readonly string[];
  readonly faults: readonly FileFault[];
}

interface FileFault {
  readonly path: string;
  readonly why: string;
}

export interface Texts {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly faults: readonly FileFault[];
}

/** Never rejects: what cannot be looked into is a fault. */
export async function findFiles(named: readonly string[], wanted: Wanted): Promise<Found> {
  const faults: FileFault[] = [];
  const paths = new Set<string>();
  const enter = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
    if (!entries) faults.push({ path: folder, why: 'is not there, or may not be read' });
    for (const entry of (entries ?? []).sort(byName)) {
      if (paths.size > MOST_FILES) return;
      const path = join(folder, entry.name);
      if (depth > 0 && isEntered(entry)) await enter(path, depth - 1);
      else if (wanted.isWanted(entry.name)) paths.add(path);
    }
  };
  for (const path of named) {
    const found = await stat(path).catch(() => undefined);
    if (!found) faults.push({ path, why: 'is not there, or may not be read' });
    else if (found.isDirectory()) await enter(path, wanted.depth);
    else paths.add(path);
  }
  if (paths.size > MOST_FILES) {
    const path = named.join(', ');
    return { paths: [], faults: [{ path, why: `there are more than ${MOST_FILES} files` }] };
  }
  return { paths: [...paths], faults };
}

/** `mostBytes`: of each. What is too large, no regular file, or leads elsewhere is a fault. */
export async function readFiles({ paths, faults }: Found, mostBytes: number): Promise<Texts> {
  const files: { path: string; text: string }[] = [];
  const refused = [...faults];
  let total = 0;
  for (const path of paths) {
    try {
      const text = await readFileWithin(dirname(path), basename(path), mostBytes);
      total += Buffer.byteLength(text);
      files.push({ path, text });
    } catch (thrown) {
      if (!(thrown instanceof FileRefused)) throw thrown;
      refused.push({ path, why: thrown.message });
    }
    if (total > MOST_TOTAL_BYTES) {
      const why = `is too much: the files are larger than ${MOST_TOTAL_BYTES} bytes together`;
      return { files: [], faults: [...refused, { path, why }] };
    }
  }
  return { files, faults: refused };
}

function isEntered(entry: Dirent): boolean {
  return entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules';
}

function byName(one: Dirent, other: Dirent): number {
  return one.name < other.name ? -1 : 1;
}
