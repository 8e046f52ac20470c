// What a pod may do to its node, control by control: the good one passes, and each change is found.
import { describe, expect, test } from '@jest/globals';
import type { PodTemplate } from '../../../core/kubernetes/objects.ts';
import { networkFindings } from '../../../core/security/pods/network.ts';
import { podSecurityFindings } from '../../../core/security/pods/pod-security.ts';
import { manifestFindings, workloadFindings } from '../../../core/security/pods/workload.ts';
import { goodTemplate } from '../support/security.ts';

type Spec = Record<string, unknown>;

/** The good pod with these keys of its spec, or of its container, as they are here. */
function changed(spec: Spec, container: Spec = {}, annotations: Record<string, string> = {}) {
  const { metadata, spec: good } = goodTemplate();
  const [first] = good.containers;
  return {
    metadata: { ...metadata, annotations },
    spec: { ...good, containers: [{ ...first, ...container }], ...spec },
  } as unknown as PodTemplate;
}

function security(over: Spec): Spec {
  const [container] = goodTemplate().spec.containers;
  const { securityContext } = container as unknown as { securityContext: Spec };
  return { securityContext: { ...securityContext, ...over } };
}

const PLAIN = { name: 'other', image: 'x' };
const WITHOUT = { seccompProfile: undefined, runAsNonRoot: undefined };

function ids(
  template: PodTemplate,
  level: 'restricted' | 'baseline' = 'restricted',
  minor?: number,
) {
  const found = podSecurityFindings(template, { level, minor }, 'Deployment/app');
  return [...new Set(found.map(({ id }) => id))];
}

describe('Pod Security', () => {
  test('of a good pod is restricted', () => {
    expect(ids(goodTemplate())).toEqual([]);
  });

  test.each<[string, PodTemplate]>([
    ['PSS-HOST-PROCESS', changed({}, security({ windowsOptions: { hostProcess: true } }))],
    ['PSS-HOST-NAMESPACES', changed({ hostPID: true })],
    ['PSS-PRIVILEGED', changed({}, security({ privileged: true }))],
    [
      'PSS-CAPABILITIES',
      changed({}, security({ capabilities: { drop: ['ALL'], add: ['NET_RAW'] } })),
    ],
    ['PSS-HOST-PATH', changed({ volumes: [{ name: 'v', hostPath: { path: '/' } }] })],
    ['PSS-HOST-PORTS', changed({}, { ports: [{ containerPort: 80, hostPort: 80 }] })],
    ['PSS-HOST-PROBES', changed({}, { livenessProbe: { httpGet: { host: '10.0.0.1', port: 1 } } })],
    ['PSS-APPARMOR', changed({}, security({ appArmorProfile: { type: 'Unconfined' } }))],
    [
      'PSS-APPARMOR',
      changed({}, {}, { 'container.apparmor.security.beta.kubernetes.io/app': 'unconfined' }),
    ],
    ['PSS-SELINUX', changed({ securityContext: { seLinuxOptions: { type: 'spc_t' } } })],
    ['PSS-PROC-MOUNT', changed({}, security({ procMount: 'Unmasked' }))],
    ['PSS-SECCOMP', changed({}, security({ seccompProfile: { type: 'Unconfined' } }))],
    ['PSS-SYSCTLS', changed({ securityContext: { sysctls: [{ name: 'kernel.msgmax' }] } })],
  ])('%s is found by baseline and by restricted', (id, template) => {
    expect(ids(template, 'baseline')).toEqual([id]);
    expect(ids(template)).toContain(id);
  });

  test.each<[string, PodTemplate]>([
    ['PSS-VOLUME-TYPES', changed({ volumes: [{ name: 'v', nfs: {} }] })],
    ['PSS-PRIVILEGE-ESCALATION', changed({}, security({ allowPrivilegeEscalation: undefined }))],
    ['PSS-NON-ROOT', changed({}, security({ runAsNonRoot: undefined }))],
    [
      'PSS-NON-ROOT',
      changed({ securityContext: { runAsNonRoot: true } }, security({ runAsNonRoot: false })),
    ],
    ['PSS-ROOT-USER', changed({}, security({ runAsUser: 0 }))],
    ['PSS-SECCOMP', changed({}, security({ seccompProfile: undefined }))],
    ['PSS-DROP-ALL', changed({}, security({ capabilities: undefined }))],
    [
      'PSS-CAPABILITIES',
      changed({}, security({ capabilities: { drop: ['ALL'], add: ['CHOWN'] } })),
    ],
  ])('%s is found by restricted alone', (id, template) => {
    expect(ids(template, 'baseline')).toEqual([]);
    expect(ids(template)).toEqual([id]);
  });

  test('what the pod says holds for containers that say nothing', () => {
    const pod = {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    };
    expect(ids(changed(pod, security(WITHOUT)))).toEqual([]);
  });

  test.each(['initContainers', 'ephemeralContainers'])('%s are looked at as well', (list) => {
    const sidecar = { ...PLAIN, restartPolicy: 'Always', securityContext: { privileged: true } };
    const found = podSecurityFindings(
      changed({ [list]: [sidecar] }),
      { level: 'baseline', minor: undefined },
      'w',
    );
    expect(found.map(({ place }) => place.path)).toEqual([`spec.${list}[other]`]);
  });

  test('an older version of the standards asks for less', () => {
    const template = changed({}, security({ runAsUser: 0 }));
    expect(ids(template, 'restricted', 22)).toEqual([]);
    expect(ids(template, 'restricted', 23)).toEqual(['PSS-ROOT-USER']);
  });
});

function workload(template: PodTemplate): string[] {
  return workloadFindings(template, 'Deployment/app', 'app').map(({ id }) => id);
}

describe('a pod', () => {
  test('that is well behaved is not talked about', () => {
    expect(workload(goodTemplate())).toEqual([]);
  });

  test.each<[string, PodTemplate]>([
    ['K8S001', changed({}, { readinessProbe: undefined })],
    ['K8S002', changed({}, { livenessProbe: undefined })],
    [
      'K8S003',
      changed({}, { resources: { requests: { cpu: '1' }, limits: { cpu: '1', memory: '' } } }),
    ],
    ['K8S004', changed({}, { resources: { requests: { cpu: '1', memory: '1Gi' } } })],
    ['K8S005', changed({}, security({ readOnlyRootFilesystem: undefined }))],
    ['K8S006', changed({ automountServiceAccountToken: undefined })],
    ['K8S007', changed({}, { env: [{ name: 'DB_PASSWORD', value: 'hunter22' }] })],
    ['K8S007', changed({}, { args: ['--dsn=postgres://app:hunter22@db/app'] })],
    ['K8S008', changed({ volumes: [{ name: 'v', gitRepo: {} }] })],
    ['K8S008', changed({}, {}, { 'seccomp.security.alpha.kubernetes.io/pod': 'x' })],
    ['K8S009', changed({ initContainers: [{ ...PLAIN, image: 'busybox:latest' }] })],
  ])('%s is found', (id, template) => {
    expect(workload(template)).toContain(id);
  });

  test.each([
    ['a switch', 'USE_TOKEN', 'true'],
    ['a file', 'DB_PASSWORD_FILE', '/run/secrets/db'],
    ['the path of a token', 'API_TOKEN', '/run/secrets/token'],
    ['a reference', 'DB_PASSWORD', '$(OTHER)'],
    ['nothing', 'DB_PASSWORD', ''],
    ['a URL without a password', 'SECRET_URL', 'https://vault.example/v1'],
  ])('with %s in its environment holds no secret', (_what, name, value) => {
    expect(workload(changed({}, { env: [{ name, value }] }))).toEqual([]);
  });

  test('with a secret in the open is told of without the secret', () => {
    const template = changed({}, { env: [{ name: 'DB_PASSWORD', value: 'hunter22' }] });
    expect(JSON.stringify(workloadFindings(template, 'w', 'app'))).not.toContain('hunter22');
  });

  test('whose manifest is of a version that is gone is told of', () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': '{"apiVersion":"apps/v1beta2"}',
    };
    expect(manifestFindings(annotations, 'w')).toHaveLength(1);
    expect(manifestFindings({}, 'w')).toEqual([]);
  });
});

describe('network policies', () => {
  const about = (podSelector: object, spec: object = {}) => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'p' },
    spec: { podSelector, ...spec },
  });

  test.each([
    ['none', [], ['K8S010', 'K8S011']],
    ['of other pods', [about({ matchLabels: { app: 'other' } })], ['K8S010', 'K8S011']],
    ['of who may ask', [about({})], ['K8S011']],
    ['of both', [about({}, { policyTypes: ['Ingress', 'Egress'] })], []],
    ['of whom they may ask, by its rules', [about({}, { egress: [] })], []],
  ])('%s', (_what, policies, expected) => {
    const found = networkFindings({ app: 'payment' }, policies, 'w');
    expect(found.map(({ id }) => id)).toEqual(expected);
  });
});
