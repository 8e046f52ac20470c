// What creating, reading, replacing and deleting objects answers.
import { describe, expect, test } from '@jest/globals';
import { createTestApi, START_MS } from './support.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const map = (name: string, data: Record<string, string> = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

describe('create', () => {
  test('answers 201 with what the server adds', () => {
    const api = createTestApi();
    const { status, body } = api.post(MAPS, map('settings', { a: '1' }));
    expect(status).toBe(201);
    expect(body).toMatchObject({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'settings',
        namespace: 'default',
        creationTimestamp: new Date(START_MS).toISOString().replace('.000', ''),
      },
      data: { a: '1' },
    });
    expect(body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(Number(body.metadata.resourceVersion)).toBeGreaterThan(0);
    expect(api.get(`${MAPS}/settings`).body).toEqual(body);
  });

  test('makes a name from generateName', () => {
    const api = createTestApi();
    const sent = { ...map(''), metadata: { generateName: 'run-' } };
    const names = [1, 2, 3].map(() => api.post(MAPS, sent).body.metadata.name);
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^run-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  test('of a name that is taken is refused', () => {
    const api = createTestApi();
    api.post(MAPS, map('settings'));
    const { status, body } = api.post(MAPS, map('settings'));
    expect(status).toBe(409);
    expect(body).toMatchObject({
      kind: 'Status',
      status: 'Failure',
      reason: 'AlreadyExists',
      message: 'configmaps "settings" already exists',
      code: 409,
    });
  });

  test.each([
    ['in a namespace that is not there', '/api/v1/namespaces/nowhere/configmaps', map('a'), 404],
    ['of another kind than the URL names', MAPS, { ...map('a'), kind: 'Secret' }, 400],
    [
      'of a namespace other than the URL names',
      MAPS,
      { ...map('a'), metadata: { name: 'a', namespace: 'other' } },
      400,
    ],
    ['without a name', MAPS, { ...map(''), metadata: {} }, 422],
    ['of what is no object', MAPS, '[1]', 400],
    ['of what is not valid JSON', MAPS, '{', 400],
    [
      'of a kind that is not served',
      '/apis/example.com/v1/namespaces/default/things',
      map('a'),
      404,
    ],
  ])('%s is refused', (_what, path, body, status) => {
    const api = createTestApi();
    const before = api.world.store.revision();
    expect(api.post(path, body).status).toBe(status);
    expect(api.world.store.revision()).toBe(before);
  });

  test('as a dry run answers and keeps nothing', () => {
    const api = createTestApi();
    expect(api.post(`${MAPS}?dryRun=All`, map('settings')).status).toBe(201);
    expect(api.get(`${MAPS}/settings`).status).toBe(404);
  });
});

describe('get', () => {
  test('of what is not there says so as the real API does', () => {
    const { status, body } = createTestApi().get(
      '/apis/apps/v1/namespaces/default/deployments/payment-service',
    );
    expect(status).toBe(404);
    expect(body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'deployments.apps "payment-service" not found',
      reason: 'NotFound',
      details: { name: 'payment-service', group: 'apps', kind: 'deployments' },
      code: 404,
    });
  });
});

describe('update', () => {
  test('with a stale resourceVersion is a conflict', () => {
    const api = createTestApi();
    const { body } = api.post(MAPS, map('settings', { a: '1' }));
    expect(api.put(`${MAPS}/settings`, { ...body, data: { a: '2' } }).status).toBe(200);
    const second = api.put(`${MAPS}/settings`, { ...body, data: { a: '3' } });
    expect(second.status).toBe(409);
    expect(second.body.message).toBe(
      'Operation cannot be fulfilled on configmaps "settings": the object has been modified; please apply your changes to the latest version and try again',
    );
    expect(api.get(`${MAPS}/settings`).body.data).toEqual({ a: '2' });
  });

  test('that changes nothing leaves the resourceVersion', () => {
    const api = createTestApi();
    const { body } = api.post(MAPS, map('settings', { a: '1' }));
    const again = api.put(`${MAPS}/settings`, body);
    expect(again.body.metadata.resourceVersion).toBe(body.metadata.resourceVersion);
  });

  test('of another name than the URL names is refused', () => {
    const api = createTestApi();
    api.post(MAPS, map('settings'));
    expect(api.put(`${MAPS}/settings`, map('other')).status).toBe(400);
  });
});

describe('delete', () => {
  test('answers with a Status and removes the object', () => {
    const api = createTestApi();
    const { body } = api.post(MAPS, map('settings'));
    const deleted = api.delete(`${MAPS}/settings`);
    expect(deleted.body).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'settings', kind: 'configmaps', uid: body.metadata.uid },
    });
    expect(api.get(`${MAPS}/settings`).status).toBe(404);
  });

  test('waits for finalizers, and the last one lets go', () => {
    const api = createTestApi();
    api.post(MAPS, {
      ...map('held'),
      metadata: { name: 'held', finalizers: ['example.com/hold'] },
    });
    const { body } = api.delete(`${MAPS}/held`);
    expect(body.metadata.deletionTimestamp).toBeDefined();
    expect(api.get(`${MAPS}/held`).status).toBe(200);
    api.put(`${MAPS}/held`, { ...body, metadata: { ...body.metadata, finalizers: [] } });
    expect(api.get(`${MAPS}/held`).status).toBe(404);
  });

  test('with a precondition that does not hold is a conflict', () => {
    const api = createTestApi();
    api.post(MAPS, map('settings'));
    const { status } = api.delete(`${MAPS}/settings`, { preconditions: { uid: 'another' } });
    expect(status).toBe(409);
    expect(api.get(`${MAPS}/settings`).status).toBe(200);
  });

  test('of a collection takes what the selector matches', () => {
    const api = createTestApi();
    for (const [name, tier] of [
      ['a', 'x'],
      ['b', 'y'],
      ['c', 'x'],
    ] as const) {
      api.post(MAPS, { ...map(name), metadata: { name, labels: { tier } } });
    }
    const { body } = api.delete(`${MAPS}?labelSelector=tier%3Dx`);
    expect(body.items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual([
      'a',
      'c',
    ]);
    expect(api.get(`${MAPS}?labelSelector=tier`).body.items).toHaveLength(1);
  });
});

describe('an answer', () => {
  const accepting = (accept: string) => ({ headers: { accept } });

  test('can be the metadata alone', () => {
    const api = createTestApi();
    const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
    const { body } = api.get(MAPS, accepting(accept));
    expect(body.kind).toBe('PartialObjectMetadataList');
    expect(Object.keys(body.items[0])).toEqual(['kind', 'apiVersion', 'metadata']);
  });

  test('is JSON to those who would rather have protobuf', () => {
    const api = createTestApi();
    const accept = 'application/vnd.kubernetes.protobuf,application/json';
    expect(api.get(MAPS, accepting(accept)).body.kind).toBe('ConfigMapList');
  });

  test('is not given to those who would have nothing else', () => {
    const { status } = createTestApi().get(MAPS, accepting('application/vnd.kubernetes.protobuf'));
    expect(status).toBe(406);
  });
});

describe('admission', () => {
  const RUNS = '/apis/tekton.dev/v1/namespaces/default/pipelineruns';
  const run = { metadata: { name: 'r' }, spec: { pipelineRef: { name: 'p' } } };
  const api = createTestApi({
    admissions: {
      'pipelineruns.tekton.dev': ({ metadata }, previous) =>
        metadata.labels?.bad
          ? [
              {
                reason: 'Invalid',
                message: previous ? 'still bad' : 'bad',
                field: 'metadata.labels',
              },
            ]
          : [],
    },
  });
  const bad = { labels: { bad: 'yes' } };

  test('refuses what it finds wrong with a new object, in the words of a webhook', () => {
    const answer = api.post(RUNS, { ...run, metadata: { name: 'r', ...bad } });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toBe(
      'admission webhook "validation.webhook.pipeline.tekton.dev" denied the request: validation failed: bad: metadata.labels',
    );
  });

  test('refuses what it finds wrong with a change', () => {
    expect(api.post(RUNS, run).status).toBe(201);
    const answer = api.patch(`${RUNS}/r`, 'application/merge-patch+json', { metadata: bad });
    expect(answer.body.message).toContain('still bad');
    expect(api.get(`${RUNS}/r`).body.metadata.labels).toBeUndefined();
  });
});
