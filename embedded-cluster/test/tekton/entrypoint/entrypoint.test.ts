// The entrypoint as what it is: a process with a process under it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { bundleEntrypoint } from '../support/entrypoint.ts';

interface Step {
  readonly name?: string;
  readonly after?: string;
  readonly results?: readonly string[];
  readonly options?: readonly string[];
  /** What Node runs; `results` is the folder for results. */
  readonly code: string;
  readonly args?: readonly string[];
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
  /** Without the start time, which is checked to be one. */
  readonly message: readonly unknown[] | undefined;
}

let bin = '';
let pod = '';
let started: ChildProcess[] = [];

beforeAll(() => {
  bin = bundleEntrypoint();
});

afterAll(() => rmSync(bin, { recursive: true }));

beforeEach(() => {
  pod = mkdtempSync(join(tmpdir(), 'pod-'));
});

afterEach(() => {
  for (const child of started) child.kill('SIGKILL');
  started = [];
  rmSync(pod, { recursive: true });
});

function start({ name = 'run', after, results = [], options = [], code, args = [] }: Step) {
  const folder = join(pod, name);
  const termination = join(pod, `${name}.termination`);
  const child = spawn(
    process.execPath,
    [
      join(bin, 'entrypoint.mjs'),
      ...(after ? ['-wait_file', join(pod, after, 'out')] : []),
      ...['-post_file', join(folder, 'out')],
      ...['-termination_path', termination],
      ...['-step_metadata_dir', folder],
      ...(results.length > 0 ? ['-results_dir', pod, '-results', results.join(',')] : []),
      ...options,
      ...['-entrypoint', process.execPath, '--', '-e', code, ...args],
    ],
    { env: { ...process.env, RESULTS: pod } },
  );
  started.push(child);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const ended = once(child, 'close').then(([exitCode]): Ended => {
    const message = existsSync(termination)
      ? withoutStart(JSON.parse(readFileSync(termination, 'utf8')))
      : undefined;
    return { code: exitCode, output, message };
  });
  const saying = async (text: string): Promise<void> => {
    while (!output.includes(text)) await once(child.stdout, 'data');
  };
  return { child, ended, saying };
}

function withoutStart(entries: { key: string; value: string; type: number }[]): unknown[] {
  const startedAt = entries.find(({ key }) => key === 'StartedAt');
  if (startedAt) expect(startedAt.value).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  return entries.filter(({ key }) => key !== 'StartedAt');
}

function writes(result: string, value: string): string {
  return `require('fs').writeFileSync(process.env.RESULTS + '/${result}', ${value});`;
}

describe('the program of a step', () => {
  test('gets its arguments exactly as they are', async () => {
    const args = ['a b', '$HOME', '*', "it's", '"', '-timeout', ''];
    const code = 'console.log(JSON.stringify(process.argv.slice(1)))';
    const { output } = await start({ code, args: ['--', ...args] }).ended;
    expect(JSON.parse(output)).toEqual(args);
  });

  test('ends the container with its own exit code', async () => {
    expect(await start({ code: 'process.exit(7)' }).ended).toMatchObject({ code: 7, message: [] });
  });

  test('is told of SIGTERM and may take its time over it', async () => {
    const code = `
      process.on('SIGTERM', () => setTimeout(() => { console.log('bye'); process.exit(143); }, 100));
      setInterval(() => {}, 1000);
      console.log('ready');`;
    const { child, ended, saying } = start({ code });
    await saying('ready');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 143, output: 'ready\nbye\n' });
  });

  test('ends with 255 when a signal kills it, as under Go', async () => {
    const { child, ended, saying } = start({
      code: "setInterval(() => {}, 1000); console.log('ready')",
    });
    await saying('ready');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(255);
  });

  test('is killed without a warning when its time is up', async () => {
    const code = `
      process.on('SIGTERM', () => console.log('warned'));
      setInterval(() => {}, 1000);
      console.log('ready');`;
    const ended = await start({ code, options: ['-timeout', '1s'] }).ended;
    expect(ended.code).toBe(1);
    expect(ended.output).not.toContain('warned');
    expect(ended.message).toEqual([{ key: 'Reason', value: 'TimeoutExceeded', type: 3 }]);
  });

  test('that does not exist is an error of the step', async () => {
    const child = spawn(process.execPath, [
      join(bin, 'entrypoint.mjs'),
      ...['-post_file', join(pod, 'out')],
      ...['-termination_path', join(pod, 'termination')],
      ...['-step_metadata_dir', pod],
      ...['-entrypoint', '/no/such/program', '--'],
    ]);
    let output = '';
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(output).toContain('Error executing command: spawn /no/such/program ENOENT');
    expect(existsSync(join(pod, 'out.err'))).toBe(true);
  });
});

describe('results', () => {
  test('that were written are in the termination message, also of a step that fails', async () => {
    const code = `${writes('outcome', "'promoted'")} process.exit(1)`;
    const { code: exit, message } = await start({ code, results: ['outcome', 'never'] }).ended;
    expect(exit).toBe(1);
    expect(message).toEqual([{ key: 'outcome', value: 'promoted', type: 1 }]);
  });

  test('just within the envelope are accepted', async () => {
    const { code, message } = await start({
      code: writes('outcome', "'x'.repeat(3900)"),
      results: ['outcome'],
    }).ended;
    expect(code).toBe(0);
    expect(message).toHaveLength(1);
  });

  test('of 4,000 bytes fail a step that has done its work, and are kept', async () => {
    const { code, message, output } = await start({
      code: writes('outcome', "'x'.repeat(4000)"),
      results: ['outcome'],
    }).ended;
    expect(code).toBe(1);
    expect(output).toContain('above max allowed size 4096');
    expect(message).toHaveLength(1);
  });

  test('of more than 4,096 bytes fail the step and are lost', async () => {
    const { code, message } = await start({
      code: writes('outcome', "'x'.repeat(4200)"),
      results: ['outcome'],
    }).ended;
    expect(code).toBe(1);
    expect(message).toBeUndefined();
  });

  test('are counted as Go writes them: an ampersand takes six bytes', async () => {
    const step = { code: writes('outcome', "'&'.repeat(1000)"), results: ['outcome'] };
    expect((await start(step).ended).code).toBe(1);
  });
});

describe('the steps of a Task', () => {
  test('run one after the other, whichever was started first', async () => {
    const second = start({ name: 'two', after: 'one', code: "console.log('two', Date.now())" });
    const first = start({
      name: 'one',
      code: "setTimeout(() => console.log('one', Date.now()), 200)",
    });
    const [one, two] = await Promise.all([first.ended, second.ended]);
    const atMs = ({ output }: Ended): number => Number(output.split(' ')[1]);
    expect(atMs(two)).toBeGreaterThan(atMs(one));
  });

  test('are skipped after one that failed, to the last', async () => {
    const third = start({ name: 'three', after: 'two', code: "console.log('ran')" });
    const second = start({ name: 'two', after: 'one', code: "console.log('ran')" });
    const first = start({ name: 'one', code: 'process.exit(3)' });
    expect((await first.ended).code).toBe(3);
    for (const { ended } of [second, third]) {
      expect(await ended).toEqual({
        code: 1,
        output: 'Skipping step because a previous step failed\n',
        message: [{ key: 'Reason', value: 'Skipped', type: 3 }],
      });
    }
  });

  test('go on after one that failed and may fail, which leaves its exit code', async () => {
    const second = start({ name: 'two', after: 'one', code: "console.log('ran')" });
    const options = ['-on_error', 'continue'];
    const first = await start({ name: 'one', code: 'process.exit(3)', options }).ended;
    expect(first).toMatchObject({ code: 0, message: [{ key: 'ExitCode', value: '3', type: 3 }] });
    expect(readFileSync(join(pod, 'one', 'exitCode'), 'utf8')).toBe('3');
    expect(await second.ended).toMatchObject({ code: 0, output: 'ran\n' });
  });
});
