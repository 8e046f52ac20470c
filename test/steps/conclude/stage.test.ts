// Conclude runs whatever happened before it: every way in which it can end, with its exit code and results. A
// release that failed is never green, one that was never begun never red.
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../core/base/vocabulary.ts';
import { RELEASE_ANNOTATION } from '../../../core/cluster/ownership.ts';
import { queueData } from '../../../core/journal/commands/queue.ts';
import {
  EMPTY_JOURNAL,
  type Journal,
  journalName,
  recordOf,
} from '../../../core/journal/journal.ts';
import { readJournal } from '../../../core/journal/read-journal.ts';
import type { ConfigMap, KubernetesObject } from '../../../core/kubernetes/objects.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import { stage } from '../../../steps/conclude/stage.ts';
import { stage as deploy } from '../../../steps/deploy/stage.ts';
import { APP } from '../../core/support/objects.ts';
import { AT, endedAs, journalOf, RUN, recordFor, releaseIn } from '../../core/support/releases.ts';
import { LEASE, LEASE_NAME, leaseOf } from '../../effects/support/leases.ts';
import { QUICK, type ToyOptions } from '../../effects/support/toy-service.ts';
import { endOf, staged, stagedIn } from '../support.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' } as const;
const GOOD = {
  'pre-validation-status': 'Succeeded',
  'deploy-status': 'Succeeded',
  'deploy-reason': 'Succeeded',
  'post-validation-status': 'Succeeded',
};
const ours = releaseIn('blue-green', 'preparing', { config: QUICK });

/** After a deploy that has handed the release over. */
async function handedOver(options: ToyOptions = {}) {
  const { world, run } = await staged(deploy, options);
  const { exitCode } = await run({ strategy: 'blue-green', finish: 'conclude' });
  if (exitCode !== 0) throw new Error('it is handed over');
  return stagedIn(world, stage);
}

function journalIn({ api }: Awaited<ReturnType<typeof handedOver>>['world']): Journal {
  const stored = api.found<ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap' }, journalName(APP));
  const journal = readJournal(stored?.data);
  if (typeof journal === 'string') throw new Error(journal);
  return journal;
}

describe('conclude ends with 0', () => {
  test('where it finishes a release that everybody found good', async () => {
    const { run, world } = await handedOver();
    expect(await run(GOOD)).toMatchObject({
      exitCode: 0,
      results: {
        outcome: 'promoted',
        reason: '',
        'release-id': RUN,
        'image-digest': expect.stringMatching(/^sha256:/),
      },
    });
    expect(world.serves()).toEqual(['v2']);
    expect(recordOf(journalIn(world), RUN)).toMatchObject({
      outcome: 'promoted',
      stages: {
        'pre-validation': 'Succeeded',
        deploy: 'Succeeded',
        'post-validation': 'Succeeded',
      },
    });
    expect(world.api.found(LEASE, LEASE_NAME)).toBeUndefined();
  });

  test.each([
    [
      'post-validation failed',
      { ...GOOD, 'post-validation-status': 'Failed' },
      'post-validation failed',
    ],
    [
      'the run was stopped before post-validation',
      { ...GOOD, 'post-validation-status': 'None' },
      'the run was stopped before post-validation',
    ],
  ])('where it has undone a release because %s', async (_what, statuses, reason) => {
    const { run, world } = await handedOver();
    expect(await run(statuses)).toMatchObject({
      exitCode: 0,
      results: { outcome: 'rolled-back', reason },
    });
    expect(world.serves()).toEqual(['v1']);
  });

  test('where it has undone what a deploy that was killed has left', async () => {
    const { run, world } = await staged(stage, { journal: journalOf(ours) });
    const failed = { ...GOOD, 'deploy-status': 'Failed', 'deploy-reason': 'TaskRunTimeout' };
    expect(await run(failed)).toMatchObject({
      exitCode: 0,
      results: { outcome: 'rolled-back', reason: expect.stringContaining('TaskRunTimeout') },
    });
    expect(world.serves()).toEqual(['v1']);
  });

  test.each(['promoted', 'rolled-back'] as const)(
    'where it only says that deploy has ended it %s',
    async (outcome) => {
      const { run, writes } = await staged(stage, {
        journal: journalOf(endedAs(outcome, ours, 'because')),
      });
      expect(await run({ ...GOOD, 'deploy-status': 'Failed' })).toMatchObject({
        exitCode: 0,
        results: { outcome, reason: 'because' },
      });
      // How its stages ended is added to the record, and nothing else is touched.
      expect(new Set(writes())).toEqual(new Set([`PUT configmaps/${journalName(APP)}`]));
    },
  );

  test('where others have begun since: of this one its record is left', async () => {
    const history = [recordFor(RUN, { outcome: 'rolled-back', cause: 'errors' })];
    const { run, writes } = await staged(stage, { journal: { ...EMPTY_JOURNAL, history } });
    expect(await run(GOOD)).toMatchObject({
      exitCode: 0,
      results: { outcome: 'rolled-back', reason: 'errors' },
    });
    expect(writes()).toEqual([]);
  });

  test.each<[string, Record<string, string>, string]>([
    ['its turn never came', { 'turn-status': 'Failed' }, 'turn ended before anything was changed'],
    [
      'pre-validation refused',
      { 'pre-validation-status': 'Failed' },
      'pre-validation ended before',
    ],
    [
      'deploy refused',
      { 'pre-validation-status': 'Succeeded', 'deploy-status': 'Failed' },
      'deploy ended before',
    ],
    ['it was a dry run', { ...GOOD, 'dry-run': 'true' }, 'dry run'],
  ])('and unchanged, where nothing was begun because %s', async (_what, statuses, reason) => {
    const { run, world } = await staged(stage);
    expect(await run(statuses)).toMatchObject({
      exitCode: 0,
      results: {
        outcome: 'unchanged',
        reason: expect.stringContaining(reason),
        'image-digest': '',
        'failed-requests': 'unknown',
      },
    });
    expect(world.api.writes).toEqual([]);
  });

  test('and says what became of its turn, where it gave way', async () => {
    const turns = queueData([
      { release: RUN, askedAt: AT, said: 'not taken' },
      { release: releaseId('run-2'), askedAt: AT },
    ]);
    const { run } = await staged(stage, { journal: EMPTY_JOURNAL, data: turns });
    expect(await run(GOOD)).toMatchObject({
      exitCode: 0,
      results: {
        outcome: 'unchanged',
        turn: 'not taken',
        reason: expect.stringContaining('run-2 was asked for later'),
      },
    });
  });

  test('where another release is under way, which is none of its business', async () => {
    const other = journalOf(releaseIn('rolling', 'rolling', { release: releaseId('run-0') }));
    const { run, world } = await staged(stage, { journal: other });
    expect(await run({ 'deploy-status': 'Failed' })).toMatchObject({
      exitCode: 0,
      results: { outcome: 'unchanged' },
    });
    expect(world.api.writes).toEqual([]);
  });
});

describe('conclude ends with 1: a failed release is not green', () => {
  test('where deploy has ended it failed', async () => {
    const { run } = await staged(stage, {
      journal: journalOf(endedAs('failed', ours, 'the way back is blocked')),
    });
    expect(await run({ ...GOOD, 'deploy-status': 'Failed' })).toMatchObject({
      exitCode: 1,
      results: { outcome: 'failed', reason: 'the way back is blocked' },
    });
  });

  test('where it failed, and others have begun since', async () => {
    const history = [recordFor(RUN, { outcome: 'failed' })];
    const { run } = await staged(stage, { journal: { ...EMPTY_JOURNAL, history } });
    expect(await run(GOOD)).toMatchObject({ exitCode: 1, results: { outcome: 'failed' } });
  });

  test('where it cannot be undone', async () => {
    const { run, world } = await handedOver();
    world.api.drop(DEPLOYMENT, `${APP}-blue`);
    await world.passes(1);
    expect(await run({ ...GOOD, 'post-validation-status': 'Failed' })).toMatchObject({
      exitCode: 1,
      results: { outcome: 'failed' },
    });
    expect(world.serves()).toEqual(['v2']);
  });

  test('where its journal is gone, and a workload bears its mark', async () => {
    const { run, world } = await staged(stage);
    const blue = world.api.found<Deployment>(DEPLOYMENT, `${APP}-blue`);
    if (!blue) throw new Error('it is there');
    const annotations = { [RELEASE_ANNOTATION]: RUN };
    world.api.put({ ...blue, metadata: { ...blue.metadata, annotations } });
    expect(await run(GOOD)).toMatchObject({
      exitCode: 1,
      results: {
        outcome: 'failed',
        'release-id': RUN,
        'failed-requests': 'unknown',
        reason: expect.stringContaining('the journal is gone'),
      },
    });
  });
});

describe('conclude ends with another code', () => {
  test('3 where the API does not let it look', async () => {
    const { run, world } = await staged(stage, { journal: journalOf(ours) });
    world.api.answers('GET configmaps', { status: 403 }, Number.POSITIVE_INFINITY);
    expect(await run(GOOD)).toMatchObject({ exitCode: 3 });
  });

  test('4 where another release has the service by now, and nothing is done', async () => {
    const { run, world, writes } = await staged(stage, { journal: journalOf(ours) });
    world.api.put(leaseOf('run-0/p0', { seconds: 600 }));
    expect(await run({ ...GOOD, 'deploy-status': 'Failed' })).toMatchObject({ exitCode: 4 });
    expect(writes()).toEqual([]);
  });

  test('143 where it is stopped in the middle, and the next one goes on with it', async () => {
    const { start, world } = await handedOver();
    const stop = new AbortController();
    world.api.meanwhile(`PATCH deployments/${APP}-blue`, () => stop.abort());
    const ended = start(GOOD, { stop: stop.signal });
    expect(endOf(await world.cameOf(ended, 60))).toMatchObject({ exitCode: 143 });
    expect((await stagedIn(world, stage).run(GOOD)).exitCode).toBe(0);
    expect(recordOf(journalIn(world), RUN)?.outcome).toBe('promoted');
  });
});

describe('what deploy has left held', () => {
  test('by a process that was killed after the release had ended is given free', async () => {
    const { run, world } = await staged(stage, { journal: journalOf(endedAs('promoted', ours)) });
    world.api.put(leaseOf(`${RUN}/dead`, { renewedMsAgo: 60_000 }));
    expect(await run(GOOD)).toMatchObject({ exitCode: 0, results: { outcome: 'promoted' } });
    expect(world.api.found(LEASE, LEASE_NAME)).toBeUndefined();
  });

  test('before anything was begun is given free', async () => {
    const { run, world } = await staged(stage);
    world.api.put(leaseOf(`${RUN}/dead`, { renewedMsAgo: 60_000 }));
    expect(await run({ 'deploy-status': 'Failed' })).toMatchObject({
      exitCode: 0,
      results: { outcome: 'unchanged' },
    });
    expect(world.api.found(LEASE, LEASE_NAME)).toBeUndefined();
  });
});

describe('the record as a page', () => {
  const concluded = async (folder: string) => {
    const { start } = await staged(stage, { journal: journalOf(endedAs('promoted', ours)) });
    // Files are the machine's: the clock is not stepped meanwhile.
    return start({ ...GOOD, 'report-dir': folder });
  };

  test('is written where somebody wants it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'report-'));
    await concluded(folder);
    expect(readFileSync(join(folder, `${RUN}.html`), 'utf8')).toContain(RUN);
  });

  test('that cannot be written changes nothing', async () => {
    const folder = join(tmpdir(), 'nobody-has-made-this');
    expect(existsSync(folder)).toBe(false);
    expect(await concluded(folder)).toMatchObject({
      exitCode: 0,
      results: { outcome: 'promoted' },
    });
  });
});

test('every result that it names is written, whatever the end', async () => {
  const journals: (Journal | undefined)[] = [
    undefined,
    journalOf(endedAs('promoted', ours)),
    { ...EMPTY_JOURNAL, history: [recordFor(RUN)] },
  ];
  for (const journal of journals) {
    const { run } = await staged(stage, journal ? { journal } : {});
    const { results = {} } = await run(GOOD);
    expect(Object.keys(results).toSorted()).toEqual(stage.results.toSorted());
  }
});

describe('a run that was not let begin', () => {
  const REFUSED = { 'pre-validation-status': 'Failed', run: 'pay-1' };
  const taskRun = (results: unknown): KubernetesObject =>
    ({
      apiVersion: 'tekton.dev/v1',
      kind: 'TaskRun',
      metadata: {
        name: 'pay-1-pre-validation',
        namespace: 'default',
        labels: { 'tekton.dev/pipelineRun': 'pay-1', 'tekton.dev/pipelineTask': 'pre-validation' },
      },
      status: { results },
    }) as KubernetesObject; // as Tekton writes it
  const said = (code: string, reason = 'no node has room') => [
    { name: 'code', type: 'string', value: code },
    { name: 'reason', type: 'string', value: reason },
  ];
  const concluded = async (objects: readonly KubernetesObject[], given = {}, deny = false) => {
    const { run, world } = await staged(stage, { objects });
    if (deny) world.api.answers('GET taskruns', { status: 403 }, 100);
    return run({ ...REFUSED, 'run-namespace': 'default', ...given });
  };

  test('says why: by the code of the stage that said no, with its sentence', async () => {
    expect(await concluded([taskRun(said('preflight-capacity'))])).toMatchObject({
      exitCode: 0,
      results: {
        outcome: 'unchanged',
        code: 'preflight-capacity',
        sentence: expect.stringMatching(/: nothing was changed$/),
        reason: 'no node has room',
      },
    });
  });

  test.each<[string, readonly KubernetesObject[], object, boolean]>([
    ['where it may not ask', [taskRun(said('preflight-capacity'))], {}, true],
    ['where there is no such TaskRun', [], {}, false],
    ['where it is not told of which run', [taskRun(said('errors'))], { run: '' }, false],
    ['where the stage was killed before it could say', [taskRun(undefined)], {}, false],
    ['where the code is none', [taskRun(said('<script>'))], {}, false],
    ['where the results are none', [taskRun({ code: 1 })], {}, false],
  ])('ends as before %s', async (_where, objects, given, deny) => {
    expect(await concluded(objects, given, deny)).toMatchObject({
      exitCode: 0,
      results: { outcome: 'unchanged', code: 'not-begun' },
    });
  });
});
