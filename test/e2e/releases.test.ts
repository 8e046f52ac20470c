// Releases through the real chain: a PipelineRun, the stages as processes, a service under load.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ClusterEvent } from '../../core/kubernetes/objects.ts';
import { ROLE_BINDINGS } from '../../embedded-cluster/kubernetes/kinds/access/rbac.ts';
import { EVENTS, PODS } from '../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { deployAlone, reached } from './support/left.ts';
import {
  currentRelease,
  expireLease,
  killDeploy,
  patchSpec,
  podOf,
  runEnded,
  runEnds,
  submitRun,
  taskEnded,
} from './support/run.ts';
import {
  AS_BEFORE,
  PROMOTED,
  putLoadOn,
  standing,
  startService,
  stopAllLoads,
} from './support/service.ts';
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

/** What `kubectl describe` shows of a release on the object of that name. */
function storyOf(name: string): string[] {
  const told = world
    .list(EVENTS)
    .map((event): ClusterEvent => ({ ...event, kind: 'Event', apiVersion: 'v1' }))
    .filter(({ involvedObject, reason }) => involvedObject?.name === name && reason !== undefined)
    .filter(({ reason = '' }) => reason.startsWith('Release') && reason !== 'ReleaseStep');
  return told.map(({ involvedObject, reason }) => `${involvedObject?.kind}: ${reason}`).sort();
}

describe('a release that is let be', () => {
  test('blue-green goes to green, and the next one back to blue, and no request is lost', async () => {
    await startService(world, { name: 'there' });
    const load = putLoadOn(world, 'there');
    submitRun(world, { name: 'there-1', service: 'there' });
    await runEnds(world, 'there-1', {
      reason: 'Completed',
      results: {
        outcome: 'promoted',
        reason: '',
        'image-digest': expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        'failed-requests': '0',
      },
    });
    expect(standing(world, 'there')).toEqual(PROMOTED);

    submitRun(world, { name: 'there-2', service: 'there', tag: 'v1.1.0' });
    await runEnds(world, 'there-2', { results: { outcome: 'promoted' } });
    expect(standing(world, 'there')).toEqual({ ...PROMOTED, serves: 'blue', blue: 2, green: 0 });
    expect(await load.stop()).toMatchObject({ failed: 0, failedBy: {} });
    expect(currentRelease(world, 'there').history).toMatchObject([
      { outcome: 'promoted', stages: { deploy: 'Succeeded', 'post-validation': 'Succeeded' } },
      { outcome: 'promoted' },
    ]);
  });

  test('rolling replaces the pods, and no request is lost', async () => {
    await startService(world, { name: 'roller', replicas: 3 });
    const load = putLoadOn(world, 'roller');
    submitRun(world, { name: 'roller-1', service: 'roller', strategy: 'rolling' });
    await runEnds(world, 'roller-1', { results: { outcome: 'promoted' } });
    const tally = await load.stop();
    expect(tally).toMatchObject({ failed: 0, failedBy: {} });
    expect(Object.keys(tally.servedBy).sort()).toEqual(['v1.1.0', 'v1.2.0']);
  });

  test('the running image is no release: nothing is changed', async () => {
    await startService(world, { name: 'same' });
    submitRun(world, { name: 'same-1', service: 'same' });
    await runEnds(world, 'same-1', { reason: 'Completed' });
    const before = standing(world, 'same');
    submitRun(world, { name: 'same-2', service: 'same' });
    await runEnds(world, 'same-2', {
      reason: 'Completed',
      results: { outcome: 'unchanged', 'failed-requests': 'unknown' },
    });
    expect(standing(world, 'same')).toEqual(before);
  });

  test('the deploy Task alone ends its release itself', async () => {
    await startService(world, { name: 'alone' });
    deployAlone(world, 'alone-1', 'alone');
    expect(await taskEnded(world, 'alone-1')).toMatchObject({ reason: 'Succeeded' });
    expect(standing(world, 'alone')).toEqual(PROMOTED);
  });
});

describe('a release that goes wrong', () => {
  test('a rolling release that answers errors is rolled back to the whole old template', async () => {
    await startService(world, { name: 'badroll', replicas: 3 });
    const load = putLoadOn(world, 'badroll');
    const bad = { tag: 'v1.2.0-errors', strategy: 'rolling' };
    submitRun(world, { name: 'badroll-1', service: 'badroll', ...bad });
    const end = await runEnded(world, 'badroll-1');
    const { failed } = await load.stop();
    expect(end.results).toMatchObject({ outcome: 'rolled-back' });
    expect(end.results.reason).toMatch(/^error_rate .* above 10%|against 0%.*evidence/);
    // Those that were counted until it was decided; the clients know of the others, too.
    const counted = Number(end.results['failed-requests']);
    expect(counted).toBeGreaterThan(0);
    expect(counted).toBeLessThanOrEqual(failed);
    expect(end.tasks.deploy).toMatchObject({ reason: 'StepFailed', exitCode: 1 });
    expect(standing(world, 'badroll')).toMatchObject({ serves: 'blue', blue: 3, leases: 0 });
    expect(storyOf('badroll')).toEqual([
      'Service: ReleaseBegun',
      'Service: ReleaseRolledBack',
      'Service: ReleaseTurnsBack',
    ]);
    expect(storyOf('badroll-blue')).toEqual([
      'Deployment: ReleaseBegun',
      'Deployment: ReleaseRolledBack',
      'Deployment: ReleaseTurnsBack',
    ]);
  });

  test('a failed post-validation is undone by conclude', async () => {
    await startService(world, { name: 'unproven' });
    const binding = world.get(ROLE_BINDINGS, 'zero-downtime-post-validation');
    world.cluster.world.objects.delete(ROLE_BINDINGS, 'default', 'zero-downtime-post-validation');
    submitRun(world, { name: 'unproven-1', service: 'unproven' });
    const end = await runEnded(world, 'unproven-1');
    if (binding) world.apply({ ...binding, metadata: { name: binding.metadata.name } });
    expect(end.tasks['post-validation']).toMatchObject({ exitCode: 3 });
    expect(end).toMatchObject({
      reason: 'Failed',
      results: { outcome: 'rolled-back', reason: 'post-validation failed' },
    });
    expect(standing(world, 'unproven')).toEqual(AS_BEFORE);
  });
});

describe('two releases of one service at once', () => {
  test('one promotes, the other ends with exit 4 and touches nothing', async () => {
    await startService(world, { name: 'twice' });
    const load = putLoadOn(world, 'twice');
    submitRun(world, { name: 'twice-1', service: 'twice' });
    submitRun(world, { name: 'twice-2', service: 'twice', tag: 'v1.2.0-abrupt' });
    const ends = await Promise.all([runEnded(world, 'twice-1'), runEnded(world, 'twice-2')]);
    expect(ends.map(({ results }) => results.outcome).sort()).toEqual(['promoted', 'unchanged']);
    const refused = ends.find(({ results }) => results.outcome === 'unchanged');
    const stage = refused?.tasks.deploy ?? refused?.tasks['pre-validation'];
    expect(stage).toMatchObject({ exitCode: 4 });
    expect(standing(world, 'twice')).toEqual(PROMOTED);
    expect(currentRelease(world, 'twice').history).toHaveLength(1);
    expect(await load.stop()).toMatchObject({ failed: 0 });
  });
});

describe('a release that is cut off', () => {
  test('its pod is deleted: what was left is undone in finally, and no request is lost', async () => {
    await startService(world, { name: 'evicted' });
    const load = putLoadOn(world, 'evicted');
    submitRun(world, { name: 'evicted-1', service: 'evicted' });
    await reached(world, 'evicted', 'monitoring');
    deletePod('evicted-1', undefined);
    const end = await runEnded(world, 'evicted-1');
    expect(end.tasks.deploy).toMatchObject({ exitCode: 143 });
    expect(end.results).toMatchObject({ outcome: 'rolled-back', reason: 'the stage was stopped' });
    expect(standing(world, 'evicted')).toEqual(AS_BEFORE);
    expect(await load.stop()).toMatchObject({ failed: 0 });
  });

  test('its pod is deleted by force: the step runs again, and finishes the way back', async () => {
    await startService(world, { name: 'forced' });
    const load = putLoadOn(world, 'forced');
    submitRun(world, { name: 'forced-1', service: 'forced' });
    await reached(world, 'forced', 'monitoring');
    deletePod('forced-1', 0);
    const end = await runEnded(world, 'forced-1');
    expect(end.results).toMatchObject({ outcome: 'rolled-back', reason: 'the stage was stopped' });
    expect(standing(world, 'forced')).toEqual(AS_BEFORE);
    expect(await load.stop()).toMatchObject({ failed: 0 });
  });

  test('its process is killed without a word: conclude undoes what it left', async () => {
    await startService(world, { name: 'killed' });
    const load = putLoadOn(world, 'killed');
    submitRun(world, { name: 'killed-1', service: 'killed' });
    await reached(world, 'killed', 'monitoring');
    killDeploy('killed-1-');
    const end = await runEnded(world, 'killed-1');
    // What Tekton's entrypoint makes of a step that was killed by a signal.
    expect(end.tasks.deploy).toMatchObject({ exitCode: 255 });
    expect(end.results).toMatchObject({
      outcome: 'rolled-back',
      reason: 'deploy ended in phase monitoring (StepFailed)',
    });
    expect(standing(world, 'killed')).toEqual(AS_BEFORE);
    expect(await load.stop()).toMatchObject({ failed: 0 });
  });

  test('cancelled with finally: conclude undoes it', async () => {
    await startService(world, { name: 'stopped' });
    const load = putLoadOn(world, 'stopped');
    submitRun(world, { name: 'stopped-1', service: 'stopped' });
    await reached(world, 'stopped', 'monitoring');
    patchSpec(world, 'stopped-1', 'CancelledRunFinally');
    const end = await runEnded(world, 'stopped-1');
    expect(end).toMatchObject({ reason: 'Cancelled', results: { outcome: 'rolled-back' } });
    expect(standing(world, 'stopped')).toEqual(AS_BEFORE);
    expect(await load.stop()).toMatchObject({ failed: 0 });
  });

  test('cancelled without finally: traffic is safe at once, and the next release cleans up', async () => {
    await startService(world, { name: 'dropped' });
    const load = putLoadOn(world, 'dropped');
    submitRun(world, { name: 'dropped-1', service: 'dropped' });
    await reached(world, 'dropped', 'monitoring');
    patchSpec(world, 'dropped-1', 'Cancelled');
    await runEnds(world, 'dropped-1', { reason: 'Cancelled' });
    await until('traffic is back', () => standing(world, 'dropped').serves === 'blue');

    submitRun(world, { name: 'dropped-2', service: 'dropped' });
    const busy = await runEnded(world, 'dropped-2');
    // As long as the Lease of the cancelled run lasts, nobody may drive.
    expect(busy.results).toMatchObject({ outcome: 'unchanged' });
    expireLease(world, 'dropped');
    submitRun(world, { name: 'dropped-3', service: 'dropped' });
    await runEnds(world, 'dropped-3', { results: { outcome: 'promoted' } });
    expect(standing(world, 'dropped')).toEqual(PROMOTED);
    expect(currentRelease(world, 'dropped').history).toMatchObject([
      { outcome: 'promoted' },
      { outcome: 'rolled-back' },
    ]);
    expect(await load.stop()).toMatchObject({ failed: 0 });
  });

  function deletePod(run: string, gracePeriodSeconds: number | undefined): void {
    const pod = podOf(world, run, 'deploy');
    if (!pod) throw new Error(`no pod runs deploy of ${run}`);
    const grace = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
    world.cluster.world.objects.delete(PODS, 'default', pod.metadata.name, grace);
  }
});
