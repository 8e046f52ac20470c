// What an operator asks of a release, through the real chain: TaskRuns of the commands beside a run.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { leaveUnfinished, reached, recovered } from './support/left.ts';
import { currentRelease, runEnds, submitRun, submitTask, taskEnded } from './support/run.ts';
import {
  AS_BEFORE,
  PROMOTED,
  putLoadOn,
  SLOW,
  standing,
  startService,
  stopAllLoads,
} from './support/service.ts';
import { runStage } from './support/stage.ts';
import { type E2eWorld, startWorld } from './support/world.ts';

let world: E2eWorld;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(async () => {
  await stopAllLoads();
  await world.stop();
});

const OPERATE = 'system:serviceaccount:default:zero-downtime-operate';

let asked = 0;

/** Runs a command as a TaskRun; its answer, or why it failed. */
async function command(
  name: string,
  service: string,
  params: Readonly<Record<string, string>> = {},
  spec: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly answer: string; readonly exitCode: number | undefined }> {
  asked += 1;
  const run = `${name}-${asked}`;
  submitTask(world, run, `zero-downtime-${name}`, { 'service-name': service, ...params }, spec);
  const { exitCode, results } = await taskEnded(world, run);
  return { answer: results.answer ?? '', exitCode };
}

describe('while a release runs', () => {
  test('it is paused, resumed and promoted, and no request is lost', async () => {
    await startService(world, { name: 'watched', config: SLOW });
    const load = putLoadOn(world, 'watched');
    submitRun(world, { name: 'watched-1', service: 'watched' });
    await reached(world, 'watched', 'monitoring');

    const by = { by: 'ada' };
    const asItself = { serviceAccountName: 'zero-downtime-operate' };
    expect(await command('pause', 'watched', { ...by, limit: '2h' }, asItself)).toEqual({
      exitCode: 0,
      answer: 'accepted: stays in phase monitoring, and turns back unless it is resumed within 2h',
    });
    const status = await command('status', 'watched');
    expect(status.answer).toMatch(/phase=monitoring .* wait=paused turns-back-in=1h59m/);
    expect((await command('resume', 'watched', by)).answer).toMatch(/^accepted: goes on/);
    expect((await command('promote', 'watched', by)).answer).toMatch(/^accepted: waits no longer/);

    await runEnds(world, 'watched-1', { results: { outcome: 'promoted' } });
    expect(standing(world, 'watched')).toEqual(PROMOTED);
    expect(currentRelease(world, 'watched').answers).toMatchObject([
      {
        order: 'pause',
        by: 'ada',
        // The API server's word for it, and so which TaskRun it was.
        as: { user: OPERATE, pod: expect.stringMatching(/^pause-\d+-pod$/) },
        taken: 'heeded',
      },
      // A token that outlives its pod names none.
      { order: 'resume', by: 'ada', as: { user: OPERATE } },
      { order: 'promote' },
    ]);
    expect(await load.stop()).toMatchObject({ failed: 0 });

    expect(await command('abort', 'watched')).toEqual({
      exitCode: 1,
      answer: 'refused: no release of service watched is under way',
    });
  });
});

describe('after a release', () => {
  test('rollback releases what was there before, and a version is gone back to by its tag', async () => {
    await startService(world, { name: 'again' });
    const load = putLoadOn(world, 'again');
    expect((await command('rollback', 'again')).exitCode).toBe(2);
    submitRun(world, { name: 'again-1', service: 'again' });
    await runEnds(world, 'again-1', { results: { outcome: 'promoted' } });

    expect(await command('rollback', 'again')).toEqual({ exitCode: 0, answer: 'promoted' });
    expect(standing(world, 'again')).toMatchObject({ serves: 'blue', blue: 2, green: 0 });
    const to = { 'image-tag': 'v1.2.0' };
    expect((await command('rollback-to-version', 'again', to)).answer).toBe('promoted');
    expect(standing(world, 'again')).toEqual(PROMOTED);
    expect(await load.stop()).toMatchObject({ failed: 0 });

    const { history = [] } = currentRelease(world, 'again');
    expect(history.map(({ outcome }) => outcome)).toEqual(['promoted', 'promoted', 'promoted']);
    const table = await runStage(world, 'operate', {
      command: 'history',
      'release-id': 'look-1',
      service: 'again',
    });
    expect(table.stdout.split('\n')).toHaveLength(5);
    expect(table.stdout).toMatch(/^ENDED +OUTCOME +FROM +TO /);
    // Three releases, one after the other.
  }, 150_000);
});

describe('recover', () => {
  test('undoes what a run has left that is gone, as a Job of the CronJob that is installed', async () => {
    await startService(world, { name: 'lost', config: SLOW });
    const load = putLoadOn(world, 'lost');
    await leaveUnfinished(world, 'lost-1', 'lost');
    await recovered(world, 'recover-1');
    expect(currentRelease(world, 'lost').current?.state).toMatchObject({
      outcome: 'rolled-back',
      cause: 'its run was gone in phase monitoring',
    });
    expect(standing(world, 'lost')).toEqual(AS_BEFORE);
    expect(await load.stop()).toMatchObject({ failed: 0 });
  }, 90_000);
});

test.each([
  [
    'an unknown command',
    { command: 'explode' },
    'command "explode" must be one of status, history',
  ],
  [
    'no duration',
    { command: 'pause', limit: 'a while' },
    'param limit: "a while" is not a duration',
  ],
  ['no tag', { command: 'rollback-to-version' }, 'param image-tag: "" is no image tag'],
  ['no service', { command: 'status', service: 'nobody' }, 'service nobody not found'],
])('bad input is told, and nothing is touched: %s', async (_what, options, fault) => {
  const given = { 'release-id': 'x', service: 'again', ...options };
  const { exitCode, stdout } = await runStage(world, 'operate', given);
  // A quote inside a value is printed with a backslash before it.
  expect(stdout.replaceAll('\\"', '"')).toContain(fault);
  expect(exitCode).toBe(2);
});
