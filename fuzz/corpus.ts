/**
 * The inputs that are read before any are made: those of the repository, each named after what it is,
 * and those that earlier runs have kept because they reach code that no other does.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Found } from './hunt.ts';

export interface Corpus {
  readonly folder: string;
  /** What is kept between runs, and nobody looks after. */
  readonly keptFolder: string;
}

export function readInputs(folder: string, target: string): string[] {
  const own = join(folder, target);
  if (!existsSync(own)) return [];
  return readdirSync(own)
    .sort()
    .map((name) => readFileSync(join(own, name), 'utf8'));
}

export function keep({ keptFolder }: Corpus, target: string, inputs: readonly string[]): void {
  for (const input of inputs) write(keptFolder, target, hashOf(input), input);
}

/** Among the named ones: from now on the tests read it, too. Returns where it is. */
export function keepFound({ folder }: Corpus, target: string, { input, fault }: Found): string {
  return write(folder, target, `found-${fault.kind}-${hashOf(input)}`, input);
}

function write(folder: string, target: string, name: string, input: string): string {
  const own = join(folder, target);
  mkdirSync(own, { recursive: true });
  const path = join(own, `${name}.txt`);
  writeFileSync(path, input);
  return path;
}

function hashOf(input: string): string {
  return createHash('sha256').update(input).digest('hex').slice(0, 8);
}
