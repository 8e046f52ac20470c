// The checks that prove the product, as a reader runs them, in a size that fits into every test run.
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '../..');
const SEEDS = 200;
const LONGEST_MS = 240_000;

function run(check: string, ...options: string[]): Promise<{ exitCode: number; lines: string[] }> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [join(ROOT, `dist/verification/${check}.mjs`), ...options],
      { cwd: ROOT },
      (error, stdout) =>
        done({ exitCode: error ? Number(error.code ?? -1) : 0, lines: stdout.trim().split('\n') }),
    );
  });
}

describe('what proves the product', () => {
  test(
    'no invariant breaks in two hundred simulated worlds',
    async () => {
      const { exitCode, lines } = await run('simulation', `--seeds=${SEEDS}`);
      expect(lines.filter((line) => line.startsWith('seed '))).toEqual([]);
      expect(lines.at(-1)).toBe('broken invariants: 0');
      expect(exitCode).toBe(0);
    },
    LONGEST_MS,
  );

  test(
    'a release that is killed at any write is brought to a clean end by whoever comes next',
    async () => {
      const { exitCode, lines } = await run('crash', '--every=307');
      expect(lines.at(-1)).toMatch(
        /^\d\d+ releases killed, \d{5,} requests, 0 not as they should be/,
      );
      expect(exitCode).toBe(0);
    },
    LONGEST_MS,
  );

  test(
    'so is one beside which somebody puts the route back',
    async () => {
      const { exitCode, lines } = await run('crash', '--every=907', '--neighbour=route-put-back');
      expect(lines.at(-1)).toMatch(
        /^\d\d+ releases killed, \d{5,} requests, 0 not as they should be/,
      );
      expect(exitCode).toBe(0);
    },
    LONGEST_MS,
  );

  test(
    'a migration that is killed at any question is brought to the same end by whoever comes next',
    async () => {
      const { exitCode, lines } = await run('migration', '--every=97', '--first=31', '--hands=2');
      expect(lines.filter((line) => line.includes(', killed '))).toEqual([]);
      expect(lines.at(-1)).toMatch(/^[4-9]\d* kills, .* 0 not as they should be/);
      expect(lines.filter((line) => / [1-9]\d* kills of /.test(line))).toHaveLength(4);
      expect(exitCode).toBe(0);
    },
    LONGEST_MS,
  );

  test(
    'and it is told where a writer had to wait',
    async () => {
      const { exitCode, lines } = await run(
        'migration',
        ...['--part=expand', '--every=97', '--first=31', '--worst-write=-100000'],
      );
      expect(lines.join('\n')).toMatch(/^expand, killed \w+ question \d+: a write took \d+ ms/m);
      expect(exitCode).toBe(1);
    },
    LONGEST_MS,
  );

  test('the same seed tells the same story, to the last word', async () => {
    const [first, second] = await Promise.all(
      [1, 2].map(() => run('simulation', '--first-seed=1192', '--seeds=1', '--show')),
    );
    const story = (lines: readonly string[] = []) =>
      lines.filter((line) => !line.startsWith('seeds'));
    expect(story(first?.lines)).toEqual(story(second?.lines));
    expect(first?.lines.length).toBeGreaterThan(10);
  });
});
