// What becomes of a push while a release of its service is under way, through the real chain.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { collectionOf } from '../../embedded-cluster/kubernetes/definitions/kind.ts';
import { CONFIG_MAPS } from '../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { PIPELINE_RUNS, TASK_RUNS } from '../../embedded-cluster/tekton/kinds.ts';
import { runsOf, send, sinkOf } from '../../fuzz/pushes/installed.ts';
import { reached } from './support/left.ts';
import {
  currentRelease,
  logOf,
  runEnded,
  submitRun,
  submitTask,
  taskEnded,
} from './support/run.ts';
import { putLoadOn, QUICK, SLOW, startService, stopAllLoads } from './support/service.ts';
import { until } from './support/until.ts';
import { type E2eWorld, startWorld } from './support/world.ts';

let world: E2eWorld;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(async () => {
  await stopAllLoads();
  await world.stop();
});

function push(name: string, service: string, more: Readonly<Record<string, string>>): void {
  const params = {
    'service-name': service,
    'image-tag': 'v1.2.0',
    'deployment-strategy': 'blue-green',
    namespace: 'default',
    ...more,
  };
  submitRun(world, {
    name,
    service,
    spec: {
      timeouts: { pipeline: '2h0m0s', finally: '9m0s' },
      params: Object.entries(params).map(([key, value]) => ({ name: key, value })),
    },
  });
}

/** The run has said so much of its turn. */
const waits = (run: string) =>
  until(`${run} waits`, () => logOf(world, run, 'turn').includes('turn=waiting'));

/** The runs that have asked, in the order that they were asked for. */
function asked(service: string): string[] {
  const data = world.get(CONFIG_MAPS, `${service}-release-journal`)?.data;
  const turns = JSON.parse((data as Record<string, string> | undefined)?.['turns.json'] ?? '[]');
  return turns.map(({ release }: { release: string }) => release);
}

/** This run's release waits for nothing but time. */
const watched = (service: string, run: string) =>
  until(
    `${run} is watched`,
    () => {
      const { current } = currentRelease(world, service) as {
        current?: { plan: { release: string }; state: { phase: string } };
      };
      return current?.plan.release.startsWith(run) && current.state.phase === 'monitoring';
    },
    60_000,
  );

let promoted = 0;

async function promote(service: string): Promise<void> {
  promoted += 1;
  const name = `${service}-promote-${promoted}`;
  submitTask(world, name, 'zero-downtime-promote', { 'service-name': service });
  expect((await taskEnded(world, name)).results.answer).toMatch(/^accepted/);
}

describe('queue', () => {
  test('waits for the release that is under way; of several that wait the newest is released', async () => {
    await startService(world, { name: 'queued', config: SLOW });
    const load = putLoadOn(world, 'queued');
    push('queued-1', 'queued', { 'image-tag': 'v1.2.0' });
    await reached(world, 'queued', 'monitoring');
    push('queued-2', 'queued', { 'image-tag': 'v1.2.0-slow-start', concurrency: 'queue' });
    await waits('queued-2');
    // The API server's times have no parts of a second: these two are not to be of the same one.
    const second = Math.floor(Date.now() / 1000);
    await until('the next second', () => Math.floor(Date.now() / 1000) > second);
    push('queued-3', 'queued', { 'image-tag': 'v1.1.0', concurrency: 'queue' });

    const gaveWay = await runEnded(world, 'queued-2');
    expect(gaveWay.results).toMatchObject({
      outcome: 'unchanged',
      reason: expect.stringMatching(/^queued-3-\S+ was asked for later: it gives way$/),
      turn: expect.stringMatching(/^not taken: queued-3-/),
    });
    expect(asked('queued')).toHaveLength(2);
    await promote('queued');
    expect((await runEnded(world, 'queued-1')).results).toMatchObject({ outcome: 'promoted' });
    await watched('queued', 'queued-3');
    await promote('queued');
    const newest = await runEnded(world, 'queued-3');
    expect(newest.results).toMatchObject({
      outcome: 'promoted',
      turn: expect.stringMatching(/^after \S+: waited for queued-1-\S+, which ended promoted$/),
    });
    expect(await load.stop()).toMatchObject({ failed: 0 });
  }, 180_000);

  test('gives up after its limit, and says for whom it waited', async () => {
    await startService(world, { name: 'patient', config: SLOW });
    push('patient-1', 'patient', {});
    await reached(world, 'patient', 'monitoring');
    push('patient-2', 'patient', { concurrency: 'queue', 'queue-limit': '4s' });
    const end = await runEnded(world, 'patient-2');
    expect(end).toMatchObject({
      reason: 'Failed',
      results: { outcome: 'unchanged', reason: 'turn ended before anything was changed' },
      tasks: { turn: { exitCode: 4 } },
    });
    expect(logOf(world, 'patient-2', 'turn')).toMatch(
      /waited 4s for service patient, which patient-1-\S+ holds/,
    );
  }, 90_000);

  test('is told from a word that is none', async () => {
    await startService(world, { name: 'misspelt', config: QUICK });
    push('misspelt-1', 'misspelt', { concurrency: 'later' });
    const end = await runEnded(world, 'misspelt-1');
    expect(end.tasks.turn?.exitCode).toBe(2);
    expect(logOf(world, 'misspelt-1', 'turn')).toContain(
      'param concurrency: must be one of queue, supersede, refuse',
    );
  }, 60_000);
});

describe('supersede', () => {
  test('has the release of an older push turn back, and is released once that has ended', async () => {
    await startService(world, { name: 'hasty', config: SLOW });
    const load = putLoadOn(world, 'hasty');
    push('hasty-1', 'hasty', { 'image-tag': 'v1.2.0', concurrency: 'queue' });
    await reached(world, 'hasty', 'monitoring');
    push('hasty-2', 'hasty', { 'image-tag': 'v1.2.0-abrupt', concurrency: 'supersede' });
    expect((await runEnded(world, 'hasty-1')).results).toMatchObject({
      outcome: 'rolled-back',
      reason: expect.stringMatching(/^aborted by hasty-2-\S+, which was asked for later/),
      turn: 'at once: no release was under way',
    });
    await watched('hasty', 'hasty-2');
    await promote('hasty');
    expect((await runEnded(world, 'hasty-2')).results).toMatchObject({
      outcome: 'promoted',
      turn: expect.stringMatching(/^after \S+: superseded hasty-1-\S+, which ended rolled-back$/),
    });
    expect(await load.stop()).toMatchObject({ failed: 0 });
  }, 180_000);

  test('leaves alone what somebody releases by hand', async () => {
    await startService(world, { name: 'manual', config: SLOW });
    push('manual-1', 'manual', {});
    await reached(world, 'manual', 'monitoring');
    push('manual-2', 'manual', {
      'image-tag': 'v1.1.0',
      concurrency: 'supersede',
      'queue-limit': '6s',
    });
    expect((await runEnded(world, 'manual-2')).tasks.turn?.exitCode).toBe(4);
    expect(currentRelease(world, 'manual').answers ?? []).toEqual([]);
    expect(currentRelease(world, 'manual').current?.state.phase).toBe('monitoring');
  }, 90_000);
});

describe('a push that is delivered twice', () => {
  const list = 'repositories: { shop/payment-service: { services: { pushed: [] } } }';
  const payload = JSON.parse(
    readFileSync(join(import.meta.dirname, '../triggers/payloads/github-tag.json'), 'utf8'),
  );
  /** Creates the run as the listener does, which labels what it creates. */
  function deliver(): string {
    const [run] = runsOf(send(sinkOf('github', list), 'github', 'push', payload));
    if (!run) throw new Error('no run came of it');
    const labels = { 'triggers.tekton.dev/trigger': 'pushed-tag' };
    const metadata = { ...run.metadata, namespace: 'default', labels };
    world.cluster.world.objects.create(PIPELINE_RUNS, { ...run, metadata });
    return run.metadata.name ?? '';
  }

  test('is refused by the API server, and by the journal once its run is gone', async () => {
    await startService(world, { name: 'pushed', config: QUICK });
    const name = deliver();
    expect(deliver).toThrow(/already exists/);
    expect((await runEnded(world, name)).results).toMatchObject({
      outcome: 'promoted',
      turn: 'at once: no release was under way',
    });
    world.cluster.world.objects.delete(PIPELINE_RUNS, 'default', name);
    // With its TaskRuns: those of the next have the same names.
    const left = () =>
      world.cluster.world.store
        .list(collectionOf(TASK_RUNS), 'default')
        .filter(({ metadata }) => metadata.labels?.['tekton.dev/pipelineRun'] === name);
    await until('its run is gone', () => !world.get(PIPELINE_RUNS, name) && left().length === 0);
    expect(deliver()).toBe(name);
    expect((await runEnded(world, name)).results).toMatchObject({
      outcome: 'unchanged',
      reason: expect.stringMatching(/^the same push was released before, by deploy-pushed-v1-2-0-/),
    });
  }, 120_000);
});

test('refuse, which is what is not asked for otherwise, ends at once', async () => {
  await startService(world, { name: 'refused', config: SLOW });
  push('refused-1', 'refused', {});
  await reached(world, 'refused', 'monitoring');
  push('refused-2', 'refused', {});
  const end = await runEnded(world, 'refused-2');
  expect(end.tasks['pre-validation']?.exitCode).toBe(4);
  expect(end.tasks.turn).toBeUndefined();
  expect(end.results.turn).toBe('');
}, 90_000);
