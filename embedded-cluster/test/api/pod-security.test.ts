// What a namespace under Pod Security lets in, and in which words it refuses the rest.
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createTestApi, type TestApi } from './support.ts';

const PODS = '/api/v1/namespaces/shop/pods';
const SAFE_CONTAINER = {
  name: 'app',
  image: 'images.example/node:20',
  securityContext: {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
  },
};
const SAFE = {
  automountServiceAccountToken: false,
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [SAFE_CONTAINER],
};

let api: TestApi;
beforeEach(() => {
  api = createTestApi();
});

function inNamespace(level: string): void {
  const labels = { 'pod-security.kubernetes.io/enforce': level };
  api.post('/api/v1/namespaces', { metadata: { name: 'shop', labels } });
}

const pod = (spec: object) => api.post(PODS, { metadata: { name: 'p' }, spec });

describe('a namespace that enforces restricted', () => {
  beforeEach(() => inNamespace('restricted'));

  test('lets in a pod that is careful', () => {
    expect(pod(SAFE).status).toBe(201);
  });

  test('lets in a pod whose containers say for themselves what others say for the whole pod', () => {
    const { securityContext, ...spec } = SAFE;
    const own = { ...SAFE_CONTAINER.securityContext, ...securityContext };
    expect(pod({ ...spec, containers: [{ ...SAFE_CONTAINER, securityContext: own }] }).status).toBe(
      201,
    );
  });

  test('names all that is wrong with a pod that says nothing', () => {
    const { status, body } = pod({
      containers: [{ name: 'app', image: 'images.example/node:20' }],
    });
    expect(status).toBe(403);
    expect(body.message).toBe(
      'pods "p" is forbidden: violates PodSecurity "restricted:latest": ' +
        'allowPrivilegeEscalation != false (container "app" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"]), ' +
        'runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true), ' +
        'seccompProfile (pod or container "app" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    );
  });

  test.each([
    ['a folder of the node', { volumes: [{ name: 'v', hostPath: { path: '/' } }] }, '"hostPath"'],
    ['the network of the node', { hostNetwork: true }, 'hostNetwork=true'],
    [
      'the user root',
      { securityContext: { ...SAFE.securityContext, runAsUser: 0 } },
      'runAsUser=0',
    ],
    [
      'a careless init container',
      { initContainers: [{ name: 'first', image: 'i:1' }] },
      'container "first" must set',
    ],
    [
      'further capabilities',
      {
        containers: [
          {
            ...SAFE_CONTAINER,
            securityContext: {
              allowPrivilegeEscalation: false,
              capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] },
            },
          },
        ],
      },
      'unrestricted capabilities',
    ],
  ])('refuses %s', (_what, more, message) => {
    const { status, body } = pod({ ...SAFE, ...more });
    expect(status).toBe(403);
    expect(body.message).toContain(message);
  });
});

describe('a namespace that enforces less', () => {
  test('lets a careless pod in under baseline, but no privileged one', () => {
    inNamespace('baseline');
    const container = { name: 'app', image: 'i:1' };
    const privileged = { ...container, securityContext: { privileged: true } };
    expect(pod({ containers: [privileged] }).body.message).toContain('privileged (container "app"');
    expect(pod({ automountServiceAccountToken: false, containers: [container] }).status).toBe(201);
  });
});
