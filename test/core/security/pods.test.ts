// What a pod may do to its node, control by control: the good one passes, and each change is found.
import { describe, expect, test } from '@jest/globals';
import type { PodTemplate } from '../../../core/kubernetes/objects.ts';
import { networkFindings } from '../../../core/security/pods/network.ts';
import { podSecurityFindings } from '../../../core/security/pods/pod-security.ts';
import { secretKind } from '../../../core/security/pods/secrets.ts';
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

function sysctl(name: string): Spec {
  return { securityContext: { sysctls: [{ name }] } };
}

function selinux(seLinuxOptions: Spec): Spec {
  return { securityContext: { seLinuxOptions } };
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

  test.each<[string, Spec, number, boolean]>([
    ['net.ipv4.tcp_rmem', sysctl('net.ipv4.tcp_rmem'), 32, true],
    ['net.ipv4.tcp_rmem', sysctl('net.ipv4.tcp_rmem'), 31, false],
    ['net.ipv4.tcp_syncookies', sysctl('net.ipv4.tcp_syncookies'), 20, true],
    ['the property of every object', sysctl('constructor'), 36, false],
    ['container_engine_t', selinux({ type: 'container_engine_t' }), 31, true],
    ['container_engine_t', selinux({ type: 'container_engine_t' }), 30, false],
    ['container_t', selinux({ type: 'container_t' }), 30, true],
    ['a user of SELinux', selinux({ user: 'system_u' }), 36, false],
    ['a role of SELinux', selinux({ role: 'system_r' }), 36, false],
  ])('%s under Kubernetes 1.x: %j, %i, is allowed: %p', (_what, spec, minor, isAllowed) => {
    expect(ids(changed(spec), 'baseline', minor).length === 0).toBe(isAllowed);
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
    const template = changed(
      {},
      {
        env: [{ name: 'DB_PASSWORD', value: 'hunter22' }],
        command: ['run', '--key=AKIA0123456789ABCDEF'],
        args: ['--dsn=postgres://app:hunter22@db/app'],
      },
    );
    expect(workloadFindings(template, 'w', 'app').map(({ message }) => message)).toEqual([
      'spec.containers[app]: env DB_PASSWORD holds a value that its name calls secret',
      'spec.containers[app]: an argument holds an AWS access key',
      'spec.containers[app]: an argument holds a password in a URL',
    ]);
  });

  // Put together here, so that no scanner of secrets takes this file for a leak.
  test.each([
    ['a private key', ['-----BEGIN RSA PRIVATE', 'KEY-----']],
    ['a private key', ['-----BEGIN PRIVATE', 'KEY-----']],
    ['an AWS access key', ['ASIA', '0123456789ABCDEF']],
    ['a GitHub token', ['ghp_', 'a'.repeat(36)]],
    ['a GitHub token', ['github_pat_', 'a'.repeat(60)]],
    ['a GitLab token', ['glpat-', 'a'.repeat(20)]],
    ['a Slack token', ['xoxb-', '1'.repeat(10)]],
    ['a Google API key', ['AIza', 'a'.repeat(35)]],
    ['a Stripe key', ['sk_live_', 'a'.repeat(20)]],
    ['a JSON web token', ['eyJ', `${'a'.repeat(10)}.eyJ${'b'.repeat(10)}.${'c'.repeat(10)}`]],
    ['a password in a URL', ['amqp://app', ':pass@queue']],
  ])(
    'holds %s where its form says so, under any name, and not where it is cut short',
    (kind, parts) => {
      expect(secretKind('GREETING', parts.join(parts[0]?.startsWith('-') ? ' ' : ''))).toBe(kind);
      expect(secretKind('GREETING', parts[0] ?? '')).toBeUndefined();
    },
  );

  test.each([
    ['PASSWORD', true],
    ['DB_PASSWD', true],
    ['db-pwd', true],
    ['API_KEY', true],
    ['APIKEY', true],
    ['PRIVATE_KEY', true],
    ['AWS_ACCESS_KEY', true],
    ['CREDENTIAL', true],
    ['CREDENTIALS', true],
    ['PASSWORDLESS', false],
    ['COMPASSWORD', false],
    ['TOKEN_LIMIT', false],
  ])('that calls a variable %s calls it a secret: %p', (name, isSecret) => {
    expect(secretKind(name, 'hunter22') !== undefined).toBe(isSecret);
  });

  test.each([
    ['spec.serviceAccount', { serviceAccount: 'a', serviceAccountName: 'b' }, 1],
    ['spec.serviceAccount', { serviceAccount: 'a', serviceAccountName: 'a' }, 0],
    [
      'spec.volumes[v]',
      {
        volumes: [
          { name: 'v', cephfs: {} },
          { name: 'w', emptyDir: {} },
        ],
      },
      1,
    ],
  ])('with %s of %j is told of %i times', (path, spec, times) => {
    const found = workloadFindings(changed(spec), 'w', 'app');
    expect(found.map(({ place }) => place.path)).toEqual(Array(times).fill(path));
  });

  test('is told which resources it does not ask for', () => {
    const { message } =
      workloadFindings(changed({}, { resources: { limits: { memory: '1Gi' } } }), 'w', 'app')[0] ??
      {};
    expect(message).toBe('spec.containers[app]: no request for cpu');
  });

  test('asks for probes of what runs on, and of nothing that ends', () => {
    const image = `x@sha256:${'a'.repeat(64)}`;
    const found = (restartPolicy?: string) =>
      workload(changed({ initContainers: [{ ...PLAIN, image, restartPolicy }] }));
    expect(found('Always')).toEqual(expect.arrayContaining(['K8S001', 'K8S002']));
    expect(found().filter((id) => ['K8S001', 'K8S002'].includes(id))).toEqual([]);
  });

  test('whose manifest is of a version that is gone is told of', () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': '{"apiVersion":"apps/v1beta2"}',
    };
    expect(manifestFindings(annotations, 'w')).toMatchObject([
      { message: 'it was applied as apps/v1beta2: write apps/v1' },
    ]);
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
