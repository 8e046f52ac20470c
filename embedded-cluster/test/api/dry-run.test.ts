// What the API server says to a request under dryRun=All, in the words of a real cluster (Kubernetes
// 1.36): whoever wants to know beforehand asks so. Nothing of it is kept, and a real request hears the same.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createTestApi, type TestApi } from './support.ts';

const PODS = '/api/v1/namespaces/shop/pods';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';

let api: TestApi;
beforeEach(() => {
  api = createTestApi();
  api.post('/api/v1/namespaces', { metadata: { name: 'shop' } });
});

const deployment = (name: string) => ({
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: 'shop' } },
    template: {
      metadata: { labels: { app: 'shop' } },
      spec: { containers: [{ name: 's', image: 'images.example/shop:v1.1.0' }] },
    },
  },
});

const pod = (name: string, resources: object = {}, more: object = {}) => ({
  metadata: { name, labels: { app: 'shop' } },
  spec: { containers: [{ name: 's', image: 'images.example/shop:v1.1.0', resources }], ...more },
});

function quota(name: string, spec: object): void {
  api.post('/api/v1/namespaces/shop/resourcequotas', { metadata: { name }, spec });
}

function limits(limit: object): void {
  api.post('/api/v1/namespaces/shop/limitranges', {
    metadata: { name: 'sizes' },
    spec: { limits: [limit] },
  });
}

/** The same words whether it is meant or only tried; a trial leaves nothing. */
function hears(path: string, object: object): { status: number; said: string } {
  const before = api.get(path).body.items.length;
  const tried = api.post(`${path}?dryRun=All`, object);
  expect(api.get(path).body.items).toHaveLength(before);
  const meant = api.post(path, object);
  expect(meant.status).toBe(tried.status);
  if (tried.status >= 400) expect(meant.body.message).toBe(tried.body.message);
  return { status: tried.status, said: tried.body.message };
}

describe('quotas', () => {
  test('a Deployment more than are allowed', () => {
    quota('few', { hard: { 'count/deployments.apps': '1' } });
    expect(hears(DEPLOYMENTS, deployment('shop')).status).toBe(201);
    expect(hears(DEPLOYMENTS, deployment('shop-green'))).toEqual({
      status: 403,
      said: 'deployments.apps "shop-green" is forbidden: exceeded quota: few, requested: count/deployments.apps=1, used: count/deployments.apps=1, limited: count/deployments.apps=1',
    });
  });

  test('a pod more than are allowed', () => {
    quota('few', { hard: { pods: '1' } });
    expect(hears(PODS, pod('p0')).status).toBe(201);
    expect(hears(PODS, pod('p1')).said).toBe(
      'pods "p1" is forbidden: exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1',
    );
  });

  test('more of the processor than is left', () => {
    quota('few', { hard: { 'requests.cpu': '20m' } });
    expect(hears(PODS, pod('p2', { requests: { cpu: '30m' } })).said).toBe(
      'pods "p2" is forbidden: exceeded quota: few, requested: requests.cpu=30m, used: requests.cpu=0, limited: requests.cpu=20m',
    );
  });

  test.each([
    ['BestEffort', {}, { requests: { cpu: '1m' } }],
    ['NotBestEffort', { requests: { cpu: '1m' } }, {}],
  ])('a quota of %s pods counts those, and no others', (scope, inside, outside) => {
    quota('few', { hard: { pods: '0' }, scopes: [scope] });
    expect(hears(PODS, pod('in', inside)).said).toContain('exceeded quota: few');
    expect(hears(PODS, pod('out', outside)).status).toBe(201);
  });

  test('a quota of one priority class counts no pod of another', () => {
    quota('few', {
      hard: { pods: '0' },
      scopeSelector: {
        matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }],
      },
    });
    expect(hears(PODS, pod('in', {}, { priorityClassName: 'high' })).status).toBe(403);
    expect(hears(PODS, pod('out', {}, { priorityClassName: 'low' })).status).toBe(201);
  });
});

describe('a LimitRange', () => {
  test('fills in what a container leaves out, and notes that it did', () => {
    limits({
      type: 'Container',
      default: { cpu: '50m', memory: '64Mi' },
      defaultRequest: { cpu: '10m', memory: '32Mi' },
    });
    const { body } = api.post(`${PODS}?dryRun=All`, pod('p1', { requests: { cpu: '10m' } }));
    const unsaid = api.post(`${PODS}?dryRun=All`, pod('p2'));
    expect(unsaid.body.status.qosClass).toBe('Burstable');
    expect(body.spec.containers[0].resources).toEqual({
      limits: { cpu: '50m', memory: '64Mi' },
      requests: { cpu: '10m', memory: '32Mi' },
    });
    expect(body.metadata.annotations['kubernetes.io/limit-ranger']).toBe(
      'LimitRanger plugin set: memory request for container s; cpu, memory limit for container s',
    );
    expect(body.status.qosClass).toBe('Burstable');
  });

  test('refuses what is too little and too much, both at once', () => {
    limits({ type: 'Container', min: { cpu: '4m' }, max: { cpu: '50m' } });
    const resources = { requests: { cpu: '2m' }, limits: { cpu: '60m' } };
    expect(hears(PODS, pod('p4', resources))).toEqual({
      status: 403,
      said: 'pods "p4" is forbidden: [minimum cpu usage per Container is 4m, but request is 2m, maximum cpu usage per Container is 50m, but limit is 60m]',
    });
  });

  test('bounds what all containers of a pod ask for together', () => {
    limits({ type: 'Pod', max: { memory: '64Mi' } });
    const resources = { limits: { memory: '65Mi' } };
    expect(hears(PODS, pod('p5', resources)).said).toContain(
      'maximum memory usage per Pod is 64Mi',
    );
  });
});

describe('what is wrong with an object', () => {
  test('a Service whose name is too long', () => {
    const name = `shop-${'0123456789-'.repeat(5)}0123`;
    const { status, said } = hears('/api/v1/namespaces/shop/services', {
      metadata: { name },
      spec: { ports: [{ port: 80 }] },
    });
    expect(name).toHaveLength(64);
    expect(status).toBe(422);
    expect(said).toBe(
      `Service "${name}" is invalid: metadata.name: Invalid value: "${name}": must be no more than 63 characters`,
    );
  });

  test('a Deployment may have a name that a Service may not', () => {
    expect(hears(DEPLOYMENTS, deployment(`shop-${'0123456789-'.repeat(5)}012345`)).status).toBe(
      201,
    );
  });

  test('a rollout that may neither add nor miss a pod', () => {
    api.post(DEPLOYMENTS, deployment('shop'));
    const patch = { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } };
    const { body } = api.patch(
      `${DEPLOYMENTS}/shop?dryRun=All`,
      'application/merge-patch+json',
      patch,
    );
    expect(body.message).toContain(
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
    );
  });

  test('another selector', () => {
    api.post(DEPLOYMENTS, deployment('shop'));
    const { body } = api.patch(`${DEPLOYMENTS}/shop?dryRun=All`, 'application/merge-patch+json', {
      spec: { selector: { matchLabels: { app: 'other' } } },
    });
    expect(body.details.causes).toMatchObject([
      {
        field: 'spec.template.metadata.labels',
        message: 'Invalid value: {"app":"shop"}: `selector` does not match template `labels`',
      },
      {
        field: 'spec.selector',
        message: 'Invalid value: {"matchLabels":{"app":"other"}}: field is immutable',
      },
    ]);
  });

  test('a pod that Pod Security does not let in', () => {
    api.post('/api/v1/namespaces', {
      metadata: { name: 'safe', labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } },
    });
    const { body } = api.post(
      '/api/v1/namespaces/safe/pods?dryRun=All',
      pod('p3', {}, { hostNetwork: true }),
    );
    expect(body.message).toBe(
      'pods "p3" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
    );
  });
});
