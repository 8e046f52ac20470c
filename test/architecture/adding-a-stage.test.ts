// What a new stage takes: its folder and one line in the list of stages (and its manifests, which the
// test of the Tasks asks for). Tried with a stage that there is not, in a copy of the sources.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '../..');
let copy: string;

const PROGRAM = `/** dummy: says that it was here. */
import { SUBJECT_OPTIONS, subjectOf } from '../../effects/stage/options.ts';
import { runStage } from '../../effects/stage/run-stage.ts';

await runStage({
  name: 'dummy',
  summary: 'says that it was here',
  options: SUBJECT_OPTIONS,
  results: ['verdict'],
  run: async (options) => ({
    exitCode: 0,
    results: { verdict: subjectOf(options).service },
    summary: { event: 'stage-ended', stage: 'dummy', outcome: 'passed' },
  }),
});
`;

const LINE = `  { name: 'dummy', runs: 'always', role: 'validates', leavesBehind: 'nothing', undoneBy: 'none' },
`;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'a-stage-'));
  for (const folder of ['core', 'effects', 'steps']) {
    cpSync(join(ROOT, folder), join(copy, folder), { recursive: true });
  }
  for (const file of ['tsconfig.json', 'package.json']) cpSync(join(ROOT, file), join(copy, file));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  mkdirSync(join(copy, 'steps/dummy'));
  writeFileSync(join(copy, 'steps/dummy/main.ts'), PROGRAM);
  const list = join(copy, 'core/journal/stages.ts');
  const lines = readFileSync(list, 'utf8').split("  {\n    name: 'conclude',");
  expect(lines).toHaveLength(2);
  writeFileSync(list, lines.join(`${LINE}  {\n    name: 'conclude',`));
  const config = JSON.parse(readFileSync(join(copy, 'tsconfig.json'), 'utf8'));
  writeFileSync(
    join(copy, 'tsconfig.json'),
    JSON.stringify({ ...config, include: ['core', 'effects', 'steps'] }),
  );
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

async function helpOf(stage: string): Promise<string> {
  const outfile = join(copy, `${stage}.mjs`);
  await build({
    entryPoints: [join(copy, `steps/${stage}/main.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
  });
  return execFileSync(process.execPath, [outfile, '--help'], { encoding: 'utf8', cwd: copy });
}

test('a new stage takes one folder and one line, and the types agree', () => {
  execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', '.'], { cwd: copy });
});

test('a new stage is a program, and conclude asks how it ended without being told of it', async () => {
  expect(await helpOf('dummy')).toContain('says that it was here');
  expect(await helpOf('conclude')).toContain('--dummy-status');
});

test('a release is not concluded where the new stage has not found it good', async () => {
  const outfile = join(copy, 'stages.mjs');
  await build({
    entryPoints: [join(copy, 'core/journal/stages.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    logLevel: 'silent',
  });
  const { isValidated, whyNotValidated } = await import(outfile);
  const good = { status: 'Succeeded', reason: '' };
  const ends = new Map([['post-validation', good]]);
  expect(isValidated(ends)).toBe(false);
  expect(whyNotValidated(ends).text).toBe('the run was stopped before dummy');
  expect(isValidated(ends.set('dummy', good))).toBe(true);
});
