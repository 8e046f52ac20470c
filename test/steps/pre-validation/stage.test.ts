// Every way in which pre-validation can end. It changes nothing, whatever it finds, and what it cannot see it
// does not pass.
import { describe, expect, test } from '@jest/globals';
import { releaseId } from '../../../core/base/vocabulary.ts';
import { queueData } from '../../../core/journal/commands/queue.ts';
import { EMPTY_JOURNAL } from '../../../core/journal/journal.ts';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import type { StageContext } from '../../../effects/context/stage-context.ts';
import { stage } from '../../../steps/pre-validation/stage.ts';
import { APP } from '../../core/support/objects.ts';
import { AT, journalOf, RUN, releaseIn } from '../../core/support/releases.ts';
import { leaseOf } from '../../effects/support/leases.ts';
import { QUICK } from '../../effects/support/toy-service.ts';
import { NODE, staged } from '../support.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' } as const;
const FOR_EVER = Number.POSITIVE_INFINITY;

type Setting = Parameters<typeof staged>[1];
type World = Awaited<ReturnType<typeof staged>>['world'];

async function validated(
  given: Readonly<Record<string, string>> = {},
  setting: Setting = {},
  prepare: (world: World) => void = () => undefined,
  own: Partial<StageContext> = {},
) {
  const { run, world } = await staged(stage, { objects: [NODE], ...setting });
  prepare(world);
  const ended = await run({ strategy: 'blue-green', ...given }, own);
  // In every test of this file.
  expect(world.api.writes).toEqual([]);
  return { ...ended, world };
}

const PASSED = { exitCode: 0, results: { verdict: 'passed' } };

describe('pre-validation ends with 0', () => {
  test.each(['rolling', 'blue-green', 'canary'])(
    'where %s may begin, and tells the image that was looked at',
    async (strategy) => {
      const { results, exitCode } = await validated({ strategy });
      expect([exitCode, results?.verdict]).toEqual([0, 'passed']);
      expect(results?.image).toMatch(/:v2@sha256:[0-9a-f]{64}$/);
    },
  );

  test('where the registry cannot say what the tag is: that is a risk, and told', async () => {
    const { exitCode, results, world } = await validated({}, { registry: () => 500 });
    expect([exitCode, results?.image]).toEqual([0, expect.stringMatching(/:v2$/)]);
    expect(world.lines.some((line) => line.includes('image-not-pinned'))).toBe(true);
  });

  test('where this version runs already: there is nothing that could go wrong', async () => {
    const ask = async () => ({ kind: 'failed', why: 'ECONNREFUSED', headers: new Map() }) as const;
    expect(await validated({ 'image-tag': 'v1' }, {}, undefined, { ask })).toMatchObject({
      exitCode: 0,
    });
  });

  test('where a run that was asked for later wants the service: deploy says so', async () => {
    const data = queueData([
      { release: RUN, askedAt: AT },
      { release: releaseId('run-2'), askedAt: AT },
    ]);
    expect(await validated({}, { journal: EMPTY_JOURNAL, data })).toMatchObject({
      ...PASSED,
      summary: expect.stringContaining('nothing is released'),
    });
  });

  test('where a release was left unfinished: what it has left must not keep away who puts it right', async () => {
    const other = releaseIn('blue-green', 'monitoring', { release: releaseId('run-0') });
    expect(await validated({}, { journal: journalOf(other) })).toMatchObject({
      ...PASSED,
      summary: expect.stringContaining('run-0 was left unfinished'),
    });
  });

  test('where its own earlier try holds the Lease', async () => {
    const { exitCode } = await validated({}, {}, ({ api }) =>
      api.put(leaseOf(`${RUN}/p0`, { seconds: 600 })),
    );
    expect(exitCode).toBe(0);
  });

  test('where nodes may not be looked at: that nobody knows whether it fits is a warning', async () => {
    const { exitCode, world } = await validated({}, {}, ({ api }) =>
      api.answers('GET nodes', { status: 403 }, FOR_EVER),
    );
    expect(exitCode).toBe(0);
    expect(world.lines.some((line) => line.includes('check=capacity'))).toBe(true);
  });
});

describe('pre-validation ends with 1, and says why', () => {
  test('where there is no room for the candidate beside the stable', async () => {
    const { exitCode, summary } = await validated({}, { objects: [] });
    expect([exitCode, summary]).toEqual([1, expect.stringContaining('have room for 0 of the 3')]);
  });

  test.each<[string, Record<string, string>, Setting, (world: World) => void, string]>([
    [
      'where the stable fails what the candidate will be asked',
      {},
      {
        config: { ...QUICK, smoke: [{ name: 'pay', path: '/pay' }] },
        answers: (path) => (path === '/pay' ? 500 : 200),
      },
      () => undefined,
      '/pay',
    ],
    [
      'where the API server would refuse the pods',
      {},
      {},
      ({ api }) =>
        api.answers('POST pods', { status: 403, message: 'exceeded quota: few' }, FOR_EVER),
      'exceeded quota',
    ],
    [
      'where no pod of the stable is ready: there is nothing to go back to',
      {},
      { startsInMs: () => FOR_EVER },
      () => undefined,
      'not healthy',
    ],
    [
      'where the metrics are not where the config says that they are',
      {},
      {
        config: { ...QUICK, analysis: { pods: { path: '/m' } } },
        answers: (path) => (path === '/m' ? 500 : 200),
      },
      () => undefined,
      'analysis.pods',
    ],
    [
      'where the release takes longer than it may',
      {},
      {
        config: {
          ...QUICK,
          strategy: { blueGreen: { monitoring: '9m55s' } },
          limits: { maxDuration: '10m', readyTimeout: '20s' },
        },
      },
      () => undefined,
      '',
    ],
  ])('%s', async (_what, given, setting, prepare, reason) => {
    const { exitCode, results, summary } = await validated(given, setting, prepare);
    expect([exitCode, results]).toEqual([
      1,
      {
        verdict: 'refused',
        notification: 'none',
        code: expect.stringMatching(/^preflight/),
        reason: expect.stringContaining(reason),
      },
    ]);
    expect(summary).toContain(reason);
  });

  test('unless somebody has said that it is to be ignored', async () => {
    const config = {
      ...QUICK,
      smoke: [{ name: 'pay', path: '/pay' }],
      preflight: { ignore: [{ check: 'stable-fails-smoke', reason: 'it is being mended' }] },
    };
    const answers = (path: string) => (path === '/pay' ? 500 : 200);
    const { exitCode, world, message } = await validated({}, { config, answers } as Setting);
    expect([exitCode, message]).toEqual([0, undefined]);
    expect(world.lines.some((line) => line.includes('preflight=ignored'))).toBe(true);
  });
});

describe('pre-validation ends with 2', () => {
  test.each<[string, Record<string, string>, Setting]>([
    ['for a tag that is none', { 'image-tag': 'a b' }, {}],
    ['for a service that is not there', { service: 'other' }, {}],
    ['for a tag that the registry does not know', {}, { registry: () => 404 }],
    [
      'for a config that contradicts itself',
      { strategy: 'canary' },
      { config: { strategy: { canary: { steps: [{ weight: 9 }, { weight: 8 }] } } } },
    ],
    ['for a config that is none', { 'config-map': 'nobody-has-made-it' }, {}],
    [
      'for a release that cannot be planned: its router has no route here',
      { strategy: 'canary' },
      { config: { ...QUICK, traffic: { router: 'istio' } } },
    ],
  ])('%s', async (_what, given, setting) => {
    expect(await validated(given, setting)).toMatchObject({ exitCode: 2 });
  });
});

describe('pre-validation ends with 3', () => {
  test('where the API server is not well', async () => {
    const ended = await validated({}, {}, ({ api }) => api.texts.delete('/readyz'));
    expect(ended).toMatchObject({ exitCode: 3, message: expect.stringContaining('not ready') });
  });

  test.each(['configmaps', 'leases', 'services', 'deployments', 'pods', 'resourcequotas'])(
    'where it may not look at %s: what it cannot see it does not pass',
    async (plural) => {
      const { exitCode } = await validated({}, {}, ({ api }) =>
        api.answers(`GET ${plural}`, { status: 403 }, FOR_EVER),
      );
      expect(exitCode).toBe(3);
    },
  );
});

test('it ends with 4 where another release is at work', async () => {
  const ended = await validated({}, {}, ({ api }) =>
    api.put(leaseOf('run-0/p0', { seconds: 600 })),
  );
  expect(ended).toMatchObject({ exitCode: 4, message: expect.stringContaining('run-0') });
});

test('it ends with 4 where a release of another service has these pods in hand', async () => {
  const other = releaseIn('rolling', 'rolling', { release: releaseId('run-0') });
  const sharing = { ...other.plan, service: 'twin' };
  const { world, run } = await staged(stage);
  const journal = journalOf({ ...other, plan: sharing });
  const labels = { 'app.kubernetes.io/managed-by': 'zero-downtime-deployment' };
  world.api.put({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'twin-release-journal', namespace: 'default', labels },
    data: { 'journal.json': JSON.stringify(journal) },
  } as KubernetesObject); // with its data
  expect(await run({ strategy: 'rolling' })).toMatchObject({
    exitCode: 4,
    message: expect.stringContaining('twin'),
  });
});

test('what it has shown to the API server is not made', async () => {
  const { world } = await validated();
  expect(world.api.asked.some(({ call }) => call.startsWith('POST pods'))).toBe(true);
  expect(world.api.found<Deployment>(DEPLOYMENT, `${APP}-green`)).toBeUndefined();
});

describe('a run that is not let begin', () => {
  const paused: Setting = {
    config: { ...QUICK, notifications: [{ type: 'webhook', urlFile: 'hook' }] },
  };
  const pause = ({ api }: World): void => {
    const found = api.found<Deployment>(DEPLOYMENT, `${APP}-blue`);
    if (!found) throw new Error('it is there');
    api.put({ ...found, spec: { ...found.spec, paused: true } });
  };

  test('says why in its results, and that there is somebody to tell it to', async () => {
    expect(await validated({}, paused, pause)).toMatchObject({
      exitCode: 1,
      results: {
        verdict: 'refused',
        code: 'preflight-deployment-paused',
        reason: expect.stringContaining('paused'),
        notification: 'pending',
      },
    });
  });

  test('has no such results where it passes', async () => {
    expect(await validated()).toMatchObject({ results: { code: '', reason: '' } });
  });

  test.each([
    ['bad input', { 'image-tag': 'not a tag' }, 2, 'bad-input', 'none'],
    ['a cluster that is away', {}, 3, 'cluster-away', 'pending'],
  ])('for %s says so by what it throws', async (what, given, exitCode, code, notification) => {
    const { start, world } = await staged(stage, { objects: [NODE], ...paused });
    if (what !== 'bad input') world.api.answers('GET /readyz', { status: 500 }, FOR_EVER);
    const thrown = start({ strategy: 'blue-green', ...given }).catch((one: unknown) => one);
    expect(await world.done(thrown, 900)).toMatchObject({
      exitCode,
      results: { verdict: 'refused', code, notification, reason: expect.stringMatching(/./) },
    });
  });
});
