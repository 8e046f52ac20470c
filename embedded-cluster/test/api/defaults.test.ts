// What the API makes of what clients send, held against what a real one made of the same.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createTestApi } from './support.ts';

const recorded = JSON.parse(
  readFileSync(new URL('./recordings/created.json', import.meta.url), 'utf8'),
);

const NAMESPACE = '/namespaces/default';
const DEPLOYMENTS = `/apis/apps/v1${NAMESPACE}/deployments`;
const PODS = `/api/v1${NAMESPACE}/pods`;

/** The object as somebody might have sent it: without what the server fills in. */
function asSent(
  object: { spec: Record<string, unknown>; metadata: Record<string, unknown> },
  spec: object,
): object {
  const { name, generateName, labels } = object.metadata;
  return { ...object, status: undefined, metadata: { name, generateName, labels }, spec };
}

describe('what is filled in, as recorded from a real API', () => {
  test('for a Deployment', () => {
    const { body } = createTestApi().post(DEPLOYMENTS, recorded.sent);
    expect(body.spec).toEqual(recorded.deployment.spec);
    expect(body.status).toEqual({});
    expect(body.metadata.generation).toBe(1);
  });

  test('for a ReplicaSet', () => {
    const { selector, replicas, template } = recorded.replicaSet.spec;
    const sent = asSent(recorded.replicaSet, {
      selector,
      replicas,
      template: { metadata: template.metadata, spec: recorded.sent.spec.template.spec },
    });
    const { body } = createTestApi().post(`/apis/apps/v1${NAMESPACE}/replicasets`, sent);
    expect(body.spec).toEqual(recorded.replicaSet.spec);
    expect(body.status).toEqual({ replicas: 0 });
  });

  test('for a Pod, with the token that admission mounts', () => {
    const sent = asSent(recorded.pod, recorded.sent.spec.template.spec);
    const { body } = createTestApi().post(PODS, { ...sent, metadata: { name: 'p' } });
    const { volumes } = recorded.pod.spec;
    const [, { name }] = body.spec.volumes;
    expect(name).toMatch(/^kube-api-access-[a-z0-9]{5}$/);
    const renamed = JSON.stringify(recorded.pod.spec).replaceAll(volumes[1].name, name);
    expect(body.spec).toEqual(JSON.parse(renamed));
    expect(body.status).toEqual(recorded.pod.status);
  });

  test('for a Service, with an address of its own', () => {
    const { selector } = recorded.service.spec;
    const api = createTestApi();
    const path = `/api/v1${NAMESPACE}/services`;
    const sent = {
      metadata: { name: 's' },
      spec: { selector, ports: [{ port: 80, targetPort: 8080 }] },
    };
    const { body } = api.post(path, sent);
    const { clusterIP } = body.spec;
    expect(clusterIP).toMatch(/^127\./);
    expect(body.spec).toEqual({ ...recorded.service.spec, clusterIP, clusterIPs: [clusterIP] });
    expect(body.status).toEqual(recorded.service.status);
    const other = api.post(path, { ...sent, metadata: { name: 't' } }).body;
    expect(other.spec.clusterIP).not.toBe(clusterIP);
    const kept = api.put(`${path}/s`, { ...sent, spec: { ...sent.spec, selector: { app: 'x' } } });
    expect(kept.body.spec.clusterIP).toBe(clusterIP);
  });

  test('for a CronJob', () => {
    const { schedule } = recorded.cronJob.spec;
    const [{ name, image, command }] = containersOf(recorded.cronJob.spec.jobTemplate.spec);
    const spec = { containers: [{ name, image, command }], restartPolicy: 'Never' };
    const sent = {
      metadata: { name: 'recover' },
      spec: { schedule, jobTemplate: { spec: { template: { spec } } } },
    };
    const { body } = createTestApi().post(`/apis/batch/v1${NAMESPACE}/cronjobs`, sent);
    expect(body.spec.jobTemplate.spec).toEqual({
      template: { ...recorded.cronJob.spec.jobTemplate.spec.template, metadata: {} },
    });
    expect({ ...body.spec, jobTemplate: 0 }).toEqual({ ...recorded.cronJob.spec, jobTemplate: 0 });
  });

  test('for a Job, which finds its pods by its own uid', () => {
    const { template } = recorded.cronJob.spec.jobTemplate.spec;
    const sent = { metadata: { name: 'once' }, spec: { template } };
    const { body } = createTestApi().post(`/apis/batch/v1${NAMESPACE}/jobs`, sent);
    const expected = JSON.stringify(recorded.job).replaceAll(
      recorded.job.metadata.uid,
      body.metadata.uid,
    );
    expect(body.spec).toEqual(JSON.parse(expected).spec);
    expect(body.metadata.labels).toEqual(JSON.parse(expected).metadata.labels);
  });
});

function containersOf(spec: { template: { spec: { containers: Record<string, unknown>[] } } }) {
  return spec.template.spec.containers as [Record<string, unknown>];
}

describe('what is filled in', () => {
  test.each([
    ['registry.example/app', 'Always'],
    ['registry.example/app:latest', 'Always'],
    ['registry.example:5000/app', 'Always'],
    ['registry.example/app:v1', 'IfNotPresent'],
    ['registry.example/app@sha256:0123', 'IfNotPresent'],
  ])('an image %s is pulled %s', (image, policy) => {
    const spec = { containers: [{ name: 'c', image }] };
    const { body } = createTestApi().post(PODS, { metadata: { name: 'p' }, spec });
    expect(body.spec.containers[0].imagePullPolicy).toBe(policy);
  });

  test.each([
    [{}, 'BestEffort'],
    [{ requests: { cpu: '1' } }, 'Burstable'],
    [{ limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
  ])('resources %j make a pod %s', (resources, qosClass) => {
    const spec = { containers: [{ name: 'c', image: 'a:1', resources }] };
    const { body } = createTestApi().post(PODS, { metadata: { name: 'p' }, spec });
    expect(body.status.qosClass).toBe(qosClass);
  });

  test('stringData of a Secret is kept as data', () => {
    const path = `/api/v1${NAMESPACE}/secrets`;
    const { body } = createTestApi().post(path, {
      metadata: { name: 's' },
      stringData: { a: 'b' },
    });
    expect(body).toMatchObject({ type: 'Opaque', data: { a: 'Yg==' } });
    expect(body.stringData).toBeUndefined();
  });

  test('a namespace is labelled with its name and gets a ServiceAccount and the CA', () => {
    const api = createTestApi();
    const { body } = api.post('/api/v1/namespaces', { metadata: { name: 'shop' } });
    expect(body.metadata.labels).toEqual({ 'kubernetes.io/metadata.name': 'shop' });
    expect(body.status).toEqual({ phase: 'Active' });
    expect(api.get('/api/v1/namespaces/shop/serviceaccounts/default').status).toBe(200);
    const ca = api.get('/api/v1/namespaces/shop/configmaps/kube-root-ca.crt');
    expect(ca.body.data).toEqual({ 'ca.crt': 'the CA' });
  });
});

describe('the generation of a Deployment', () => {
  const api = createTestApi();
  api.post(DEPLOYMENTS, recorded.sent);
  const path = `${DEPLOYMENTS}/payment-service`;
  const patched = (patch: object): number =>
    api.patch(path, 'application/merge-patch+json', patch).body.metadata.generation;

  test.each([
    ['grows with its spec', { spec: { replicas: 5 } }, 2],
    ['stays with its labels', { metadata: { labels: { x: 'y' } } }, 2],
    ['grows with its annotations', { metadata: { annotations: { x: 'y' } } }, 3],
  ])('%s', (_what, patch, generation) => {
    expect(patched(patch)).toBe(generation);
  });

  test('stays when its controller writes status and annotations together', () => {
    const { body } = api.get(path);
    const annotations = { ...body.metadata.annotations, 'deployment.kubernetes.io/revision': '1' };
    const written = api.put(`${path}/status`, {
      ...body,
      metadata: { ...body.metadata, annotations },
      spec: { ...body.spec, replicas: 9 },
      status: { replicas: 3 },
    });
    expect(written.body.metadata).toMatchObject({ generation: 3, annotations });
    expect(written.body.status).toEqual({ replicas: 3 });
    expect(written.body.spec.replicas).toBe(5);
  });
});

describe('an autoscaler', () => {
  const path = (version: string): string =>
    `/apis/autoscaling/${version}${NAMESPACE}/horizontalpodautoscalers`;
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' };

  test('written in the older version is read in both', () => {
    const api = createTestApi();
    const spec = { scaleTargetRef, maxReplicas: 5, targetCPUUtilizationPercentage: 70 };
    const created = api.post(path('v1'), { metadata: { name: 'h' }, spec });
    expect(created.body.spec).toEqual({ ...spec, minReplicas: 1 });
    const target = { type: 'Utilization', averageUtilization: 70 };
    expect(api.get(`${path('v2')}/h`).body.spec).toEqual({
      scaleTargetRef,
      maxReplicas: 5,
      minReplicas: 1,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
    });
  });
});
