// Scale, logs, evictions, bindings, and the end of a namespace.
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { LogLine, PodLogs } from '../../kubernetes/api/pod-logs.ts';
import { PODS } from '../../kubernetes/kinds/core/core.ts';
import { POD_DISRUPTION_BUDGETS } from '../../kubernetes/kinds/workloads/policy.ts';
import { createTestApi, START_MS, type TestApi } from './support.ts';

const { sent } = JSON.parse(
  readFileSync(new URL('./recordings/created.json', import.meta.url), 'utf8'),
);
const NAMESPACE = '/namespaces/default';
const MERGE = 'application/merge-patch+json';

describe('scale', () => {
  const DEPLOYMENTS = `/apis/apps/v1${NAMESPACE}/deployments`;
  const SCALE = `${DEPLOYMENTS}/payment-service/scale`;
  let api: TestApi;
  beforeEach(() => {
    api = createTestApi();
    api.post(DEPLOYMENTS, sent);
  });

  test('reads as the real one does', () => {
    const { metadata } = api.get(`${DEPLOYMENTS}/payment-service`).body;
    const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
    expect(api.get(SCALE).body).toEqual({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
      spec: { replicas: 3 },
      status: { replicas: 0, selector: 'app=payment-service' },
    });
  });

  test.each([
    ['a patch', (): number => api.patch(SCALE, MERGE, { spec: { replicas: 5 } }).status],
    ['a replacement', (): number => api.put(SCALE, { spec: { replicas: 5 } }).status],
  ])('is written by %s', (_what, write) => {
    expect(write()).toBe(200);
    const { spec, metadata } = api.get(`${DEPLOYMENTS}/payment-service`).body;
    expect(spec).toMatchObject({ replicas: 5, selector: sent.spec.selector });
    expect(metadata.generation).toBe(2);
  });

  test('with a stale resourceVersion is a conflict', () => {
    const scale = api.get(SCALE).body;
    api.put(SCALE, { spec: { replicas: 5 } });
    expect(api.put(SCALE, { ...scale, spec: { replicas: 6 } }).status).toBe(409);
  });

  test('below nothing is refused', () => {
    expect(api.put(SCALE, { spec: { replicas: -1 } }).status).toBe(422);
  });

  test('of what does not scale is not there', () => {
    expect(api.get(`/api/v1${NAMESPACE}/configmaps/kube-root-ca.crt/scale`).status).toBe(404);
  });
});

describe('log', () => {
  const lines: LogLine[] = ['one', 'two', 'three'].map((text, at) => ({
    text,
    atMs: START_MS - 30_000 + at * 10_000,
  }));
  const listeners = new Set<(line: LogLine) => void>();
  const ends = new Set<() => void>();
  const podLogs: PodLogs = {
    lines: (_pod, container, run) =>
      container === 'main' && run === 'current' ? lines : undefined,
    follow: (_pod, _container, onLine, onEnd) => {
      listeners.add(onLine);
      ends.add(onEnd);
      return {
        stop: () => {
          listeners.delete(onLine);
          ends.delete(onEnd);
        },
      };
    },
  };
  let api: TestApi;
  const path = `/api/v1${NAMESPACE}/pods/p/log`;

  beforeEach(() => {
    listeners.clear();
    api = createTestApi({ podLogs });
    const containers = ['main', 'side'].map((name) => ({ name, image: 'a:1' }));
    api.post(`/api/v1${NAMESPACE}/pods`, {
      metadata: { name: 'p' },
      spec: { containers, nodeName: 'n' },
    });
  });

  test.each([
    ['', 'one\ntwo\nthree\n'],
    ['&tailLines=2', 'two\nthree\n'],
    ['&tailLines=0', ''],
    ['&sinceSeconds=15', 'three\n'],
    ['&sinceTime=2026-11-21T05:59:40Z', 'two\nthree\n'],
    ['&limitBytes=5', 'one\nt'],
    ['&tailLines=1&timestamps=true', '2026-11-21T05:59:50.000000000Z three\n'],
  ])('with %s is %j', (query, text) => {
    const answer = api.get(`${path}?container=main${query}`);
    expect(answer).toMatchObject({ status: 200, text });
    expect(answer.headers['content-type']).toBe('text/plain');
  });

  test.each([
    [
      'that names no container of several',
      '',
      'a container name must be specified for pod p, choose one of: [main side]',
    ],
    ['of a container it does not have', '?container=x', 'container x is not valid for pod p'],
    [
      'of a run that never was',
      '?container=main&previous=true',
      'previous terminated container "main" in pod "p" not found',
    ],
    [
      'of a container that has not begun',
      '?container=side',
      'container "side" in pod "p" is waiting to start: ContainerCreating',
    ],
  ])('%s is refused', (_what, query, message) => {
    expect(api.get(path + query)).toMatchObject({ status: 400, body: { message } });
  });

  test('is followed until the container ends', () => {
    const response = api.front({
      method: 'GET',
      path: `${path}?container=main&follow=true&tailLines=1`,
      headers: { authorization: 'Bearer admin-token' },
    });
    if (!('stream' in response)) throw new Error('no stream');
    const seen: string[] = [];
    response.stream.open(
      (chunk) => seen.push(chunk),
      () => seen.push('end'),
    );
    for (const tell of listeners) tell({ text: 'four', atMs: START_MS });
    for (const end of ends) end();
    expect(seen).toEqual(['three\n', 'four\n', 'end']);
  });
});

describe('eviction', () => {
  const PATH = `/api/v1${NAMESPACE}/pods`;
  let api: TestApi;
  const evict = (name: string) => api.post(`${PATH}/${name}/eviction`, { metadata: { name } });

  beforeEach(() => {
    api = createTestApi();
    for (const name of ['a', 'b']) {
      const spec = { containers: [{ name: 'c', image: 'a:1' }] };
      api.post(PATH, { metadata: { name, labels: { app: 'shop' } }, spec });
      const pod = api.world.objects.get(PODS, 'default', name);
      const conditions = [{ type: 'Ready', status: 'True' }];
      api.world.objects.updateStatus(PODS, { ...pod, status: { phase: 'Running', conditions } });
    }
    api.post(`/apis/policy/v1${NAMESPACE}/poddisruptionbudgets`, {
      metadata: { name: 'budget' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'shop' } } },
    });
  });
  const allow = (disruptionsAllowed: number): void => {
    const budget = api.world.objects.get(POD_DISRUPTION_BUDGETS, 'default', 'budget');
    const status = {
      observedGeneration: 1,
      disruptionsAllowed,
      currentHealthy: 2,
      desiredHealthy: 2,
    };
    api.world.objects.updateStatus(POD_DISRUPTION_BUDGETS, { ...budget, status });
  };

  test('is refused where the budget allows none', () => {
    allow(0);
    const answer = evict('a');
    expect(answer.status).toBe(429);
    expect(answer.body).toMatchObject({
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: {
        causes: [
          {
            reason: 'DisruptionBudget',
            message: 'The disruption budget budget needs 2 healthy pods and has 2 currently',
          },
        ],
      },
    });
    expect(api.get(`${PATH}/a`).status).toBe(200);
  });

  test('is refused, to be tried again, before anybody has looked at the budget', () => {
    expect(evict('a')).toMatchObject({ status: 429, headers: { 'retry-after': '10' } });
  });

  test('spends the budget', () => {
    allow(1);
    expect(evict('a').status).toBe(201);
    expect(api.get(`${PATH}/a`).status).toBe(404);
    expect(evict('b').status).toBe(429);
  });

  test('of a pod that does not run needs no leave', () => {
    allow(0);
    const pod = api.world.objects.get(PODS, 'default', 'a');
    api.world.objects.updateStatus(PODS, { ...pod, status: { phase: 'Failed' } });
    expect(evict('a').status).toBe(201);
  });
});

test('a binding puts a pod on a node, once', () => {
  const api = createTestApi();
  const path = `/api/v1${NAMESPACE}/pods`;
  api.post(path, { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'a:1' }] } });
  const binding = { metadata: { name: 'p' }, target: { kind: 'Node', name: 'node-1' } };
  expect(api.post(`${path}/p/binding`, binding).status).toBe(201);
  expect(api.get(`${path}/p`).body.spec.nodeName).toBe('node-1');
  expect(api.post(`${path}/p/binding`, binding).status).toBe(409);
});

test('a pod on a node is given its grace, and another deletion can only shorten it', () => {
  const api = createTestApi();
  const path = `/api/v1${NAMESPACE}/pods`;
  const spec = {
    nodeName: 'n',
    containers: [{ name: 'c', image: 'a:1' }],
    terminationGracePeriodSeconds: 10,
  };
  api.post(path, { metadata: { name: 'p' }, spec });
  expect(api.delete(`${path}/p`).body.metadata).toMatchObject({
    deletionTimestamp: '2026-11-21T06:00:10Z',
    deletionGracePeriodSeconds: 10,
    generation: 2,
  });
  const longer = api.delete(`${path}/p`, { gracePeriodSeconds: 60 });
  expect(longer.body.metadata.deletionGracePeriodSeconds).toBe(10);
  expect(api.delete(`${path}/p?gracePeriodSeconds=0`).status).toBe(200);
  expect(api.get(`${path}/p`).status).toBe(404);
});

test('a namespace terminates until its finalizer is gone, and takes nothing new meanwhile', () => {
  const api = createTestApi();
  const { body } = api.post('/api/v1/namespaces', { metadata: { name: 'shop' } });
  expect(api.delete('/api/v1/namespaces/shop').body.status).toEqual({ phase: 'Terminating' });
  const late = api.post('/api/v1/namespaces/shop/configmaps', { metadata: { name: 'late' } });
  expect(late.status).toBe(403);
  expect(late.body.message).toContain('because it is being terminated');
  api.put('/api/v1/namespaces/shop/finalize', {
    ...body,
    metadata: { name: 'shop' },
    spec: { finalizers: [] },
  });
  expect(api.get('/api/v1/namespaces/shop').status).toBe(404);
});
