// The parsers of what others write: every input that is known, and some thousand that a seed makes up.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { readInputs } from '../../fuzz/corpus.ts';
import { hunt } from '../../fuzz/hunt.ts';
import { TARGETS } from '../../fuzz/targets/all.ts';

const ROOT = join(import.meta.dirname, '../..');
const CORPUS = join(ROOT, 'fuzz/corpus');
const file = (path: string): URL => pathToFileURL(join(ROOT, path));
const WORKER = file('dist/fuzz/worker.mjs');
/** A second or two of each target. */
const TRIES = 300;
const EVER = Number.MAX_SAFE_INTEGER;

const NAMES = TARGETS.map(({ name }) => name);

describe('a parser of what others write', () => {
  test.each(NAMES)('%s reads all that is known, and what is made of it', async (target) => {
    const known = readInputs(CORPUS, target);
    expect(known).not.toEqual([]);
    const quarry = { worker: WORKER, targets: file('dist/fuzz/targets.mjs'), target, known };
    const hunted = await hunt(quarry, { seed: 1, tries: TRIES, untilMs: EVER });
    expect(hunted.found).toEqual([]);
    expect(hunted.tried).toBeGreaterThanOrEqual(TRIES + known.length);
  });

  test('is one that the fuzzer knows, wherever there is a corpus', () => {
    expect(readdirSync(CORPUS).sort()).toEqual([...NAMES].sort());
  });
});
