// What is asked is what the probe asks, whole; and of the Service only what the Service answers.
import { describe, expect, test } from '@jest/globals';
import { instant, releaseId } from '../../../core/base/vocabulary.ts';
import { readinessChecks } from '../../../core/cluster/readiness-checks.ts';
import { findSubject } from '../../../core/cluster/subject.ts';
import type { ReleaseConfig } from '../../../core/config/schema.ts';
import type { Service } from '../../../core/kubernetes/network-objects.ts';
import type { Container, Pod, Probe } from '../../../core/kubernetes/objects.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { planRelease } from '../../../core/plan/planning.ts';
import { checksOf, faultOf, schemeOf, trafficPath, urlOf } from '../../../core/smoke/checks.ts';
import { targetsAmong } from '../../../core/smoke/target.ts';
import { APP, deployment, REPOSITORY, service } from '../support/objects.ts';
import { settingsFor } from '../support/play.ts';

const LABELS = { app: APP };
const PORTS = [
  { name: 'http', containerPort: 8080 },
  { name: 'mgmt', containerPort: 9090 },
];

interface Case {
  readonly probe?: Probe | undefined;
  readonly ports?: Service['spec']['ports'];
  readonly sidecars?: Container[];
  readonly initContainers?: Container[];
  readonly config?: Partial<ReleaseConfig>;
}

function planOf({ probe, ports, sidecars = [], initContainers, config }: Case): {
  plan: Plan;
  own: Service;
  pod: Pod;
} {
  const draft = deployment(APP, 'v1', LABELS);
  const { spec } = draft.spec.template;
  const [container] = spec.containers;
  if (!container) throw new Error('a deployment without a container');
  container.ports = PORTS;
  delete container.readinessProbe;
  if (probe) container.readinessProbe = probe;
  spec.containers.push(...sidecars);
  if (initContainers) spec.initContainers = initContainers;
  const own = service(LABELS);
  own.spec.clusterIP = '10.0.0.9';
  own.spec.ports = ports ?? [{ name: 'http', port: 80, targetPort: 'http' }];
  const found = findSubject(APP, 'default', own, [draft], { name: undefined, container: APP });
  if (found.kind === 'not-found') throw new Error(found.why);
  const planned = planRelease({
    release: releaseId('r'),
    at: instant(0),
    settings: settingsFor('rolling', config),
    subject: found.subject,
    image: { reference: `${REPOSITORY}:v2`, tag: 'v2', digest: undefined },
    metrics: { kind: 'none', why: '' },
    pods: [],
    others: new Map(),
    deployments: [draft],
    previewService: undefined,
  });
  if (planned.kind !== 'planned') throw new Error(planned.why);
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec,
    status: { podIP: '10.1.1.1' },
  };
  return { plan: planned.plan, own, pod };
}

/** `GET http://10.1.1.1:8080/ready`, `tcp 10.0.0.9:80`: as it would be asked. */
function asked(given: Case): string[] {
  const { plan, own, pod } = planOf(given);
  return targetsAmong(plan, [pod], own).flatMap(({ host, port: byDefault, checks }) =>
    checks.map((check) => {
      const port = check.port ?? byDefault;
      switch (check.kind) {
        case 'http': {
          const headers = Object.entries(check.headers).map(([name, value]) => ` ${name}=${value}`);
          const url = urlOf(check.scheme, check.host ?? host, port, check.path);
          return `${check.method} ${url}${check.scheme === 'H2C' ? ' h2c' : ''}${headers.join('')}`;
        }
        case 'tcp':
          return `tcp ${host}:${port}`;
        case 'grpc':
          return `grpc ${host}:${port} "${check.service}"`;
      }
    }),
  );
}

const SERVICE_CONNECTION = 'tcp 10.0.0.9:80';

describe('without a smoke section the readiness probe is asked', () => {
  const cases: [string, Case, string[]][] = [
    [
      'at the port of the traffic',
      { probe: { httpGet: { path: '/ready', port: 'http' } } },
      ['GET http://10.1.1.1:8080/ready', 'GET http://10.0.0.9:80/ready'],
    ],
    [
      'at a management port, which the Service does not lead to',
      { probe: { httpGet: { path: '/ready', port: 9090 } } },
      ['GET http://10.1.1.1:9090/ready', SERVICE_CONNECTION],
    ],
    [
      'at a management port by its name',
      { probe: { httpGet: { path: '/ready', port: 'mgmt' } } },
      ['GET http://10.1.1.1:9090/ready', SERVICE_CONNECTION],
    ],
    [
      'at a management port that the Service leads to by another port',
      {
        probe: { httpGet: { path: '/ready', port: 9090 } },
        ports: [
          { name: 'http', port: 80, targetPort: 8080 },
          { name: 'mgmt', port: 81, targetPort: 'mgmt' },
        ],
      },
      ['GET http://10.1.1.1:9090/ready', 'GET http://10.0.0.9:81/ready'],
    ],
    [
      'over TLS',
      { probe: { httpGet: { path: '/ready', port: 8080, scheme: 'HTTPS' } } },
      ['GET https://10.1.1.1:8080/ready', 'GET https://10.0.0.9:80/ready'],
    ],
    [
      'with its headers and its query',
      {
        probe: {
          httpGet: {
            path: '/ready?deep=1',
            port: 8080,
            httpHeaders: [{ name: 'Host', value: 'pay.example' }],
          },
        },
      },
      [
        'GET http://10.1.1.1:8080/ready?deep=1 Host=pay.example',
        'GET http://10.0.0.9:80/ready?deep=1 Host=pay.example',
      ],
    ],
    [
      'with a path that begins without a slash, as the kubelet takes it',
      { probe: { httpGet: { path: 'ready', port: 8080 } } },
      ['GET http://10.1.1.1:8080/ready', 'GET http://10.0.0.9:80/ready'],
    ],
    [
      'without a path',
      { probe: { httpGet: { port: 8080 } } },
      ['GET http://10.1.1.1:8080/', 'GET http://10.0.0.9:80/'],
    ],
    [
      'at another host',
      { probe: { httpGet: { path: '/ready', port: 8080, host: '10.9.9.9' } } },
      ['GET http://10.9.9.9:8080/ready', SERVICE_CONNECTION],
    ],
    [
      'at the loopback address: only the node can ask there',
      { probe: { httpGet: { path: '/ready', port: 8080, host: '127.0.0.1' } } },
      [SERVICE_CONNECTION],
    ],
    [
      'for a connection',
      { probe: { tcpSocket: { port: 'http' } } },
      ['tcp 10.1.1.1:8080', SERVICE_CONNECTION],
    ],
    [
      'for the health of a gRPC service',
      { probe: { grpc: { port: 8080, service: 'pay.v1.Pay' } } },
      ['grpc 10.1.1.1:8080 "pay.v1.Pay"', 'grpc 10.0.0.9:80 "pay.v1.Pay"'],
    ],
    [
      'and nobody but the kubelet can run a command',
      { probe: { exec: { command: ['true'] } } },
      [SERVICE_CONNECTION],
    ],
    ['and without any probe a connection is', {}, ['tcp 10.1.1.1:8080', SERVICE_CONNECTION]],
    [
      'and a Service over UDP is asked for no connection',
      {
        probe: { exec: { command: ['true'] } },
        ports: [{ port: 53, targetPort: 53, protocol: 'UDP' }],
      },
      [],
    ],
  ];
  test.each(cases)('%s', (_name, given, expected) => {
    expect(asked(given)).toEqual(expected);
  });
});

describe('a smoke section', () => {
  const smoke = (check: object): Partial<ReleaseConfig> => ({
    smoke: [{ name: 'own', path: '/health', ...check }],
  });

  const cases: [string, Case, string[]][] = [
    ['that is empty asks nothing', { config: { smoke: [] } }, []],
    [
      'is asked of pods and Service',
      { config: smoke({}) },
      ['GET http://10.1.1.1:8080/health', 'GET http://10.0.0.9:80/health'],
    ],
    [
      "that names a port of the pods' own asks the pods, and the Service for a connection",
      { config: smoke({ port: 9090 }) },
      ['GET http://10.1.1.1:9090/health', SERVICE_CONNECTION],
    ],
    [
      'that names the port that the Service sends to asks the Service at its own',
      { config: smoke({ port: 8080 }) },
      ['GET http://10.1.1.1:8080/health', 'GET http://10.0.0.9:80/health'],
    ],
    [
      'speaks TLS where the probe does at the same port',
      {
        probe: { httpGet: { path: '/ready', port: 8080, scheme: 'HTTPS' } },
        config: smoke({}),
      },
      ['GET https://10.1.1.1:8080/health', 'GET https://10.0.0.9:80/health'],
    ],
    [
      'speaks HTTP/2 without TLS where the Service says so',
      {
        ports: [{ port: 80, targetPort: 8080, appProtocol: 'kubernetes.io/h2c' }],
        config: smoke({}),
      },
      ['GET http://10.1.1.1:8080/health h2c', 'GET http://10.0.0.9:80/health h2c'],
    ],
    [
      'speaks as it says',
      { config: smoke({ scheme: 'HTTPS', port: 9090 }) },
      ['GET https://10.1.1.1:9090/health', SERVICE_CONNECTION],
    ],
  ];
  test.each(cases)('%s', (_name, given, expected) => {
    expect(asked(given)).toEqual(expected);
  });
});

describe('a Service that leads to a named port', () => {
  const sidecar = { name: 'proxy', ports: [{ name: 'web', containerPort: 8081 }] };
  const ports = [{ port: 80, targetPort: 'web' }];

  test('of another container of the pod finds it there', () => {
    expect(planOf({ ports, sidecars: [sidecar] }).plan.port).toBe(8081);
  });

  test('of a native sidecar finds it there', () => {
    const initContainers = [{ ...sidecar, restartPolicy: 'Always' }];
    expect(planOf({ ports, initContainers }).plan.port).toBe(8081);
  });

  test('that only an init container has, which has ended by then, is refused with the way out', () => {
    expect(() => planOf({ ports, initContainers: [sidecar] })).toThrow(
      'port web of service payment-service is not a port of any container of deployment payment-service',
    );
  });
});

describe('a plan of an older version', () => {
  const old = (config: Partial<ReleaseConfig> = {}) => {
    const { readinessChecks: _checks, scheme: _scheme, ...plan } = planOf({ config }).plan;
    return { ...plan, readinessPath: '/old' };
  };

  test('asks for the readiness path at the port of the traffic', () => {
    expect(checksOf(old())).toMatchObject([{ kind: 'http', scheme: 'HTTP', path: '/old' }]);
    expect(trafficPath(old())).toBe('/old');
    expect(schemeOf(old(), undefined)).toBe('HTTP');
  });
});

describe('an answer', () => {
  const answered = (status: number) => ({ kind: 'answered', status, body: 'up' }) as const;
  const expecting = (expectedStatus: number | 'probe' | undefined) => ({
    expectedStatus,
    expectedText: undefined,
  });

  test.each([
    ['probe', 200, undefined],
    ['probe', 302, undefined],
    ['probe', 404, 'answered 404, expected 2xx or 3xx, as its probe does'],
    [undefined, 302, 'answered 302, expected 2xx'],
    [401, 401, undefined],
    [401, 200, 'answered 200, expected 401'],
  ] as const)('expected %s, answered %i', (expected, status, fault) => {
    expect(faultOf(expecting(expected), answered(status))).toBe(fault);
  });
});

test('an address of IPv6 is in brackets', () => {
  expect(urlOf('HTTPS', 'fd00::1', 8443, '/ready')).toBe('https://[fd00::1]:8443/ready');
  // As an annotation or a journal may have it.
  for (const path of [
    '@169.254.169.254/latest',
    '80/',
    '.evil.example/',
    ':80/',
    '?x',
    '\\\\evil/',
  ]) {
    expect(new URL(urlOf('HTTP', '10.1.2.3', 8080, path)).host).toBe('10.1.2.3:8080');
  }
});

test('a slow probe is given its own time', () => {
  const probe = { httpGet: { port: 8080 }, timeoutSeconds: 12 };
  expect(readinessChecks({ name: 'a', readinessProbe: probe })).toMatchObject([
    { timeoutMs: 12_000 },
  ]);
});
