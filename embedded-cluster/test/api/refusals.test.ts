// What the API will not store, and how it says so.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createTestApi, type Loose } from './support.ts';

const { sent } = JSON.parse(
  readFileSync(new URL('./recordings/created.json', import.meta.url), 'utf8'),
);
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const PODS = '/api/v1/namespaces/default/pods';
const SERVICES = '/api/v1/namespaces/default/services';
const MAPS = '/api/v1/namespaces/default/configmaps';

type Change = (object: Loose) => void;
function deployment(change: Change): object {
  const copy = structuredClone(sent);
  change(copy);
  return copy;
}
const pod = (spec: object): object => ({ metadata: { name: 'p' }, spec });
const container = { name: 'c', image: 'a:1' };

describe('a new object is refused', () => {
  test.each<[string, string, object, string]>([
    [
      'with a name that is no DNS name',
      MAPS,
      { metadata: { name: 'Not_A_Name' } },
      'ConfigMap "Not_A_Name" is invalid: metadata.name: Invalid value: "Not_A_Name": a lowercase RFC 1123 subdomain must consist of',
    ],
    [
      'with a label that is none',
      MAPS,
      { metadata: { name: 'a', labels: { x: 'no spaces' } } },
      'ConfigMap "a" is invalid: metadata.labels: Invalid value: "no spaces": a valid label must be an empty string or consist of',
    ],
    [
      'with more data than one object may hold',
      MAPS,
      { metadata: { name: 'a' }, data: { a: 'x'.repeat(1024 * 1024 + 1) } },
      'ConfigMap "a" is invalid: data: Too long: may not be more than 1048576 bytes',
    ],
    [
      'with annotations that are too long together',
      MAPS,
      { metadata: { name: 'a', annotations: { a: 'x'.repeat(256 * 1024) } } },
      'ConfigMap "a" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes',
    ],
    [
      'with a key that cannot be a file name',
      MAPS,
      { metadata: { name: 'a' }, data: { 'a/b': '1' } },
      'ConfigMap "a" is invalid: data[a/b]: Invalid value: "a/b": a valid config key must consist of',
    ],
    [
      'without a selector',
      DEPLOYMENTS,
      deployment((d) => delete d.spec.selector),
      'Deployment.apps "payment-service" is invalid: spec.selector: Required value',
    ],
    [
      'with a selector that its own pods do not match',
      DEPLOYMENTS,
      deployment((d) => {
        d.spec.selector.matchLabels.app = 'another';
      }),
      'Deployment.apps "payment-service" is invalid: spec.template.metadata.labels: Invalid value: {"app":"payment-service"}: `selector` does not match template `labels`',
    ],
    [
      'without containers',
      DEPLOYMENTS,
      deployment((d) => {
        d.spec.template.spec.containers = [];
      }),
      'Deployment.apps "payment-service" is invalid: spec.template.spec.containers: Required value',
    ],
    [
      'with pods that are not restarted',
      DEPLOYMENTS,
      deployment((d) => {
        d.spec.template.spec.restartPolicy = 'Never';
      }),
      'Deployment.apps "payment-service" is invalid: spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ],
    [
      'with a rolling update that can never begin',
      DEPLOYMENTS,
      deployment((d) => {
        d.spec.strategy = { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } };
      }),
      'Deployment.apps "payment-service" is invalid: spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
    ],
    [
      'that mounts a volume it does not have',
      PODS,
      pod({ containers: [{ ...container, volumeMounts: [{ name: 'v', mountPath: '/v' }] }] }),
      'Pod "p" is invalid: spec.containers[0].volumeMounts[0].name: Not found: "v"',
    ],
    [
      'with two containers of one name',
      PODS,
      pod({ containers: [container, container] }),
      'Pod "p" is invalid: spec.containers[1].name: Duplicate value: "c"',
    ],
    [
      'with a container without an image, and a port that is none',
      PODS,
      pod({ containers: [{ name: 'c', ports: [{ containerPort: 70_000 }] }] }),
      'Pod "p" is invalid: [spec.containers[0].image: Required value, spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive]',
    ],
    [
      'with an amount that is none',
      PODS,
      pod({ containers: [{ ...container, resources: { limits: { cpu: 'much' } } }] }),
      'Pod "p" is invalid: [spec.containers[0].resources.limits.cpu: Invalid value: "much"',
    ],
    [
      'without ports',
      SERVICES,
      { metadata: { name: 's' }, spec: { selector: { a: 'b' } } },
      'Service "s" is invalid: spec.ports: Required value',
    ],
    [
      'with a Service name that DNS cannot hold',
      SERVICES,
      { metadata: { name: '1s' }, spec: { ports: [{ port: 80 }] } },
      'Service "1s" is invalid: metadata.name: Invalid value: "1s": a DNS-1035 label must consist of',
    ],
  ])('%s', (_what, path, body, message) => {
    const api = createTestApi();
    const before = api.world.store.revision();
    const answer = api.post(path, body);
    expect(answer.body).toMatchObject({ status: 'Failure', reason: 'Invalid', code: 422 });
    expect(answer.body.message).toContain(message);
    expect(answer.body.details.causes.length).toBeGreaterThan(0);
    expect(api.world.store.revision()).toBe(before);
  });

  test('as a pod of a ServiceAccount that is not there', () => {
    const answer = createTestApi().post(
      PODS,
      pod({ containers: [container], serviceAccountName: 'x' }),
    );
    expect(answer.status).toBe(403);
    expect(answer.body.message).toBe(
      'pods "p" is forbidden: error looking up service account default/x: serviceaccount "x" not found',
    );
  });
});

describe('a quota', () => {
  const QUOTAS = '/api/v1/namespaces/default/resourcequotas';
  const asking = (name: string, requests: object): object => ({
    metadata: { name },
    spec: { containers: [{ ...container, resources: { requests } }] },
  });

  test('refuses the pod that would be one too many, until another has ended', () => {
    const api = createTestApi();
    api.post(QUOTAS, { metadata: { name: 'q' }, spec: { hard: { pods: '1' } } });
    expect(api.post(PODS, asking('a', {})).status).toBe(201);
    const answer = api.post(PODS, asking('b', {}));
    expect(answer.status).toBe(403);
    expect(answer.body.message).toBe(
      'pods "b" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1',
    );
    const status = { phase: 'Succeeded' };
    api.patch(`${PODS}/a/status`, 'application/merge-patch+json', { status });
    expect(api.post(PODS, asking('b', {})).status).toBe(201);
  });

  test('of a resource refuses what asks for too much of it, and what does not say', () => {
    const api = createTestApi();
    const hard = { 'requests.cpu': '1', 'requests.memory': '1Gi' };
    api.post(QUOTAS, { metadata: { name: 'q' }, spec: { hard } });
    expect(api.post(PODS, asking('a', { cpu: '500m', memory: '512Mi' })).status).toBe(201);
    expect(api.post(PODS, asking('b', { cpu: '750m', memory: '1Mi' })).body.message).toBe(
      'pods "b" is forbidden: exceeded quota: q, requested: requests.cpu=750m, used: requests.cpu=500m, limited: requests.cpu=1',
    );
    expect(api.post(PODS, asking('b', { cpu: '1m' })).body.message).toBe(
      'pods "b" is forbidden: failed quota: q: must specify requests.memory',
    );
  });
});

describe('a change is refused', () => {
  test('of a selector', () => {
    const api = createTestApi();
    const { body } = api.post(DEPLOYMENTS, sent);
    body.spec.selector.matchLabels.app = 'another';
    body.spec.template.metadata.labels.app = 'another';
    const answer = api.put(`${DEPLOYMENTS}/payment-service`, body);
    expect(answer.status).toBe(422);
    expect(answer.body.message).toContain('field is immutable');
  });

  test('of a pod, but for its images', () => {
    const api = createTestApi();
    const { body } = api.post(PODS, pod({ containers: [container] }));
    const renamed = structuredClone(body);
    renamed.spec.containers[0].command = ['other'];
    expect(api.put(`${PODS}/p`, renamed).body.message).toContain(
      'Pod "p" is invalid: spec: Forbidden: pod updates may not change fields other than',
    );
    const reimaged = structuredClone(body);
    reimaged.spec.containers[0].image = 'a:2';
    expect(api.put(`${PODS}/p`, reimaged).status).toBe(200);
  });

  test('of a Service address', () => {
    const api = createTestApi();
    const { body } = api.post(SERVICES, {
      metadata: { name: 's' },
      spec: { ports: [{ port: 80 }] },
    });
    const moved = {
      ...body,
      spec: { ...body.spec, clusterIP: '127.9.9.9', clusterIPs: ['127.9.9.9'] },
    };
    expect(api.put(`${SERVICES}/s`, moved).body.message).toContain('may not change once set');
  });
});

describe('fields that a kind does not have', () => {
  const odd = deployment((d) => {
    d.spec.foo = 1;
    d.spec.template.spec.containers[0].imag = 'typo';
  });

  test('are refused by strict validation, with where they stand', () => {
    const answer = createTestApi().post(`${DEPLOYMENTS}?fieldValidation=Strict`, odd);
    expect(answer.status).toBe(400);
    expect(answer.body.message).toBe(
      'Deployment in version "apps/v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.template.spec.containers[0].imag", unknown field "spec.foo"',
    );
  });

  test('are left out with a warning where nothing else is asked for', () => {
    const answer = createTestApi().post(DEPLOYMENTS, odd);
    expect(answer.status).toBe(201);
    expect(answer.body.spec.foo).toBeUndefined();
    expect(answer.headers.warning).toContain('299 - "unknown field \\"spec.foo\\""');
  });

  test('are left out without a word where that is asked for', () => {
    const answer = createTestApi().post(`${DEPLOYMENTS}?fieldValidation=Ignore`, odd);
    expect(answer.status).toBe(201);
    expect(answer.headers.warning).toBeUndefined();
  });

  test('of the wrong type are refused in any case', () => {
    const answer = createTestApi().post(
      `${DEPLOYMENTS}?fieldValidation=Ignore`,
      deployment((d) => {
        d.spec.replicas = 'three';
      }),
    );
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain('spec.replicas');
  });
});
