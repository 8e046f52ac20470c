// The fuzzer itself: parsers with a fault of every kind, each of which it has to find.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { type Hunted, hunt } from '../../fuzz/hunt.ts';
import { table } from '../../fuzz/table.ts';

const ROOT = join(import.meta.dirname, '../..');
const file = (path: string): URL => pathToFileURL(join(ROOT, path));
const WORKER = file('dist/fuzz/worker.mjs');
const EVER = Number.MAX_SAFE_INTEGER;

const toy = (target: string, known: readonly string[] = [], tries = 4_000): Promise<Hunted> => {
  const quarry = { worker: WORKER, targets: file('test/fuzz/toys.mjs'), target, known };
  return hunt(quarry, { seed: 1, tries, untilMs: EVER });
};

describe('the fuzzer', () => {
  test('finds nothing where nothing is wrong, and tries the same with the same seed', async () => {
    const [one, other] = [await toy('sound', [], 500), await toy('sound', [], 500)];
    expect(one.found).toEqual([]);
    expect({ ...one, slowestMs: 0, grownBytes: 0 }).toEqual({
      ...other,
      slowestMs: 0,
      grownBytes: 0,
    });
  });

  test('finds what throws, and makes it as small as it can be', async () => {
    const { found } = await toy('throws');
    expect(found).toEqual([
      { input: 'magic', fault: { kind: 'thrown', what: expect.stringContaining('TypeError') } },
    ]);
  });

  test('is led on by the code that it reaches: three letters are found one after the other', async () => {
    const { found, kept } = await toy('throws-behind-doors', [], 20_000);
    expect(found).toMatchObject([{ input: 'klm', fault: { kind: 'thrown' } }]);
    const doors = kept.map((input) => /^k?l?m?/.exec(input)?.[0]);
    expect(doors).toEqual(expect.arrayContaining(['k', 'kl', 'klm']));
  });

  test('finds what repeats a value of its input, or what a terminal obeys', async () => {
    const { found } = await toy('tells');
    expect(found.map(({ fault }) => fault.what).sort()).toEqual([
      'a control character',
      'a value of the input',
      'more than a line holds',
    ]);
  });

  test.each(['hangs', 'never-answers'])('ends one that %s, and goes on', async (target) => {
    const { found } = await toy(target, ['magic'], 1);
    expect(found).toMatchObject([{ input: 'magic', fault: { kind: 'hang' } }]);
  });

  test('ends one that fills the memory', async () => {
    const { found } = await toy('fills', ['magic'], 1);
    expect(found).toMatchObject([{ input: 'magic', fault: { kind: 'memory' } }]);
  });

  test('finds what keeps something of every input', async () => {
    const { found, grownBytes } = await toy('grows', [], 200);
    expect(found).toMatchObject([{ fault: { kind: 'growth' } }]);
    expect(grownBytes).toBeGreaterThan(1_000_000);
  });

  test('is run by hand for as long as one likes', async () => {
    const run = (...args: string[]) =>
      new Promise<{ exitCode: number; stdout: string; stderr: string }>((resolve) => {
        const program = [join(ROOT, 'dist/fuzz/main.mjs'), ...args];
        execFile(process.execPath, program, { cwd: ROOT }, (error, stdout, stderr) =>
          resolve({ exitCode: error ? Number(error.code ?? -1) : 0, stdout, stderr }),
        );
      });
    const done = await run('--minutes', '0.01', '--target', 'url');
    expect(done).toMatchObject({ exitCode: 0, stderr: '' });
    expect(done.stdout).toMatch(/^target.*faults\nurl +\d+ .* 0\n$/);
    const unknown = await run('--target', 'nothing');
    expect(unknown).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('metrics-page') });
    const never = await run('--minutes', '0');
    expect(never.stderr).toContain('--minutes must be more than 0');
  });

  test('says in a table what it has come to', async () => {
    const [head, row] = table([await toy('throws')]).split('\n');
    expect(head).toMatch(/^target +inputs +new in corpus +blocks +slowest ms +growth KiB +faults$/);
    expect(row).toMatch(/^throws +\d+ +\d+ +\d+ +\d+ +\d+ +1$/);
  });
});
