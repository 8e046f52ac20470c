// What `kubectl get` shows.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { humanDuration } from '../../kubernetes/api/representation/tables/table.ts';
import { PODS } from '../../kubernetes/kinds/core/core.ts';
import { createTestApi, type Loose, type TestApi } from './support.ts';

const { sent } = JSON.parse(
  readFileSync(new URL('./recordings/created.json', import.meta.url), 'utf8'),
);
const TABLE = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const PATH = '/api/v1/namespaces/default/pods';

/** Rows under the names of their columns. */
function shown(api: TestApi, path: string): Loose[] {
  const { columnDefinitions, rows } = api.get(path, { headers: { accept: TABLE } }).body;
  return rows.map(({ cells }: Loose) =>
    Object.fromEntries(columnDefinitions.map(({ name }: Loose, at: number) => [name, cells[at]])),
  );
}

function podWith(status: object, spec: object = {}, metadata: object = {}): Loose {
  const api = createTestApi();
  const containers = [{ name: 'c', image: 'a:1' }];
  api.post(PATH, { metadata: { name: 'p', ...metadata }, spec: { containers, ...spec } });
  const pod = api.world.objects.get(PODS, 'default', 'p');
  api.world.objects.updateStatus(PODS, { ...pod, status });
  return { api, row: () => shown(api, PATH)[0] };
}

const running = { name: 'c', restartCount: 0, ready: true, state: { running: {} } };

describe('a pod is shown as', () => {
  test.each<[string, object, object]>([
    ['Pending', { phase: 'Pending' }, { Ready: '0/1' }],
    ['Running', { phase: 'Running', containerStatuses: [running] }, { Ready: '1/1' }],
    [
      'ContainerCreating',
      {
        phase: 'Pending',
        containerStatuses: [
          { ...running, ready: false, state: { waiting: { reason: 'ContainerCreating' } } },
        ],
      },
      {},
    ],
    [
      'CrashLoopBackOff',
      {
        phase: 'Running',
        containerStatuses: [
          {
            ...running,
            ready: false,
            restartCount: 2,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: { terminated: { finishedAt: '2026-11-21T05:59:30Z' } },
          },
        ],
      },
      { Restarts: '2 (30s ago)' },
    ],
    [
      'Error',
      {
        phase: 'Failed',
        containerStatuses: [
          { ...running, ready: false, state: { terminated: { exitCode: 1, reason: 'Error' } } },
        ],
      },
      {},
    ],
    [
      'ExitCode:3',
      {
        phase: 'Failed',
        containerStatuses: [{ ...running, ready: false, state: { terminated: { exitCode: 3 } } }],
      },
      {},
    ],
    [
      'Completed',
      {
        phase: 'Succeeded',
        containerStatuses: [
          { ...running, ready: false, state: { terminated: { exitCode: 0, reason: 'Completed' } } },
        ],
      },
      {},
    ],
    ['Evicted', { phase: 'Failed', reason: 'Evicted' }, {}],
    [
      'Init:0/1',
      { phase: 'Pending', initContainerStatuses: [{ ...running, state: { running: {} } }] },
      {},
    ],
    [
      'Init:Error',
      {
        phase: 'Pending',
        initContainerStatuses: [
          { ...running, state: { terminated: { exitCode: 1, reason: 'Error' } } },
        ],
      },
      {},
    ],
  ])('%s', (word, status, cells) => {
    const initContainers = [{ name: 'i', image: 'a:1' }];
    const spec = word.startsWith('Init') ? { initContainers } : {};
    expect(podWith(status, spec).row()).toMatchObject({
      Name: 'p',
      Status: word,
      Age: '0s',
      ...cells,
    });
  });

  test('Terminating while it is given its grace', () => {
    const { api, row } = podWith({ phase: 'Running' }, { nodeName: 'n' });
    api.delete(`${PATH}/p`);
    expect(row().Status).toBe('Terminating');
  });
});

describe('a table', () => {
  test('of Deployments counts replicas, and shows more when asked for more', () => {
    const api = createTestApi();
    const path = '/apis/apps/v1/namespaces/default/deployments';
    api.post(path, sent);
    const status = { readyReplicas: 2, updatedReplicas: 3, availableReplicas: 1 };
    api.patch(`${path}/payment-service/status`, 'application/merge-patch+json', { status });
    expect(shown(api, path)).toEqual([
      {
        Name: 'payment-service',
        Ready: '2/3',
        'Up-to-date': 3,
        Available: 1,
        Age: '0s',
        Containers: 'app',
        Images: 'images.example/node:20',
        Selector: 'app=payment-service',
      },
    ]);
    const { columnDefinitions } = api.get(path, { headers: { accept: TABLE } }).body;
    expect(columnDefinitions.map(({ priority }: Loose) => priority)).toEqual([
      0, 0, 0, 0, 0, 1, 1, 1,
    ]);
  });

  test('of PipelineRuns shows how they end', () => {
    const api = createTestApi();
    const path = '/apis/tekton.dev/v1/namespaces/default/pipelineruns';
    api.post(path, { metadata: { name: 'r' }, spec: { pipelineRef: { name: 'p' } } });
    const empty = { Succeeded: null, Reason: null, StartTime: null, CompletionTime: null };
    expect(shown(api, path)).toEqual([{ Name: 'r', ...empty }]);
    api.patch(`${path}/r/status`, 'application/merge-patch+json', {
      status: {
        conditions: [{ type: 'Succeeded', status: 'False', reason: 'Failed' }],
        startTime: '2026-11-21T05:55:50Z',
        completionTime: '2026-11-21T05:56:02Z',
      },
    });
    expect(shown(api, path)).toEqual([
      {
        Name: 'r',
        Succeeded: 'False',
        Reason: 'Failed',
        StartTime: '4m10s',
        CompletionTime: '3m58s',
      },
    ]);
  });

  test.each<[string, string, object, object]>([
    [
      'Services',
      '/api/v1/namespaces/default/services',
      {
        metadata: { name: 's' },
        spec: {
          ports: [{ port: 80 }, { port: 53, name: 'dns', protocol: 'UDP' }].map((port, at) => ({
            name: `p${at}`,
            ...port,
          })),
        },
      },
      { Type: 'ClusterIP', 'External-IP': '<none>', 'Port(s)': '80/TCP,53/UDP' },
    ],
    [
      'headless Services',
      '/api/v1/namespaces/default/services',
      { metadata: { name: 's' }, spec: { clusterIP: 'None', ports: [{ port: 80 }] } },
      { 'Cluster-IP': 'None' },
    ],
    [
      'Secrets',
      '/api/v1/namespaces/default/secrets',
      { metadata: { name: 's' }, stringData: { a: '1' } },
      { Type: 'Opaque', Data: 1 },
    ],
    [
      'CronJobs',
      '/apis/batch/v1/namespaces/default/cronjobs',
      {
        metadata: { name: 'c' },
        spec: {
          schedule: '*/5 * * * *',
          jobTemplate: {
            spec: {
              template: {
                spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'a:1' }] },
              },
            },
          },
        },
      },
      {
        Schedule: '*/5 * * * *',
        Timezone: '<none>',
        Suspend: 'False',
        Active: 0,
        'Last Schedule': '<none>',
      },
    ],
    [
      'Jobs',
      '/apis/batch/v1/namespaces/default/jobs',
      {
        metadata: { name: 'j' },
        spec: {
          template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'a:1' }] } },
        },
      },
      { Status: 'Running', Completions: '0/1', Duration: '' },
    ],
    [
      'Leases',
      '/apis/coordination.k8s.io/v1/namespaces/default/leases',
      { metadata: { name: 'l' }, spec: { holderIdentity: 'me' } },
      { Holder: 'me' },
    ],
    [
      'PodDisruptionBudgets',
      '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
      { metadata: { name: 'b' }, spec: { minAvailable: '50%' } },
      { 'Min Available': '50%', 'Max Unavailable': 'N/A', 'Allowed Disruptions': 0 },
    ],
    [
      'HorizontalPodAutoscalers',
      '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers',
      {
        metadata: { name: 'h' },
        spec: { maxReplicas: 5, scaleTargetRef: { kind: 'Deployment', name: 'd' } },
      },
      { Reference: 'Deployment/d', Targets: 'cpu: <unknown>/80%', MinPods: '1', MaxPods: 5 },
    ],
    [
      'EndpointSlices',
      '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices',
      {
        metadata: { name: 'e' },
        addressType: 'IPv4',
        ports: [{ port: 8080 }],
        endpoints: [
          { addresses: ['a'] },
          { addresses: ['b'] },
          { addresses: ['c'] },
          { addresses: ['d'] },
        ],
      },
      { AddressType: 'IPv4', Ports: '8080', Endpoints: 'a,b,c + 1 more...' },
    ],
    [
      'Nodes',
      '/api/v1/nodes',
      {
        metadata: { name: 'n' },
        status: {
          conditions: [{ type: 'Ready', status: 'True' }],
          nodeInfo: { kubeletVersion: 'v1.36.2' },
        },
      },
      { Status: 'Ready', Roles: '<none>', Version: 'v1.36.2' },
    ],
  ])('of %s', (_what, path, object, cells) => {
    const api = createTestApi();
    expect(api.post(path, object).status).toBe(201);
    expect(shown(api, path)).toEqual([expect.objectContaining(cells)]);
  });

  test('of events shows when and about what', async () => {
    const api = createTestApi();
    const path = '/api/v1/namespaces/default/events';
    api.post(path, {
      metadata: { name: 'e' },
      involvedObject: { kind: 'Pod', name: 'p' },
      reason: 'Killing',
      type: 'Normal',
      message: 'Stopping container app\n',
      lastTimestamp: '2026-11-21T06:00:00Z',
    });
    await api.clock.advanceTo(api.clock.now() + 65_000);
    expect(shown(api, path)[0]).toMatchObject({
      'Last Seen': '65s',
      Type: 'Normal',
      Reason: 'Killing',
      Object: 'pod/p',
      Message: 'Stopping container app',
    });
  });

  test('carries as much of each object as is asked for', () => {
    const api = createTestApi();
    const path = '/api/v1/namespaces/default/configmaps';
    const objectIn = (query: string): Loose =>
      api.get(path + query, { headers: { accept: TABLE } }).body.rows[0].object;
    expect(objectIn('')).toEqual({
      kind: 'PartialObjectMetadata',
      apiVersion: 'meta.k8s.io/v1',
      metadata: expect.objectContaining({ name: 'kube-root-ca.crt' }),
    });
    expect(objectIn('?includeObject=Object').data).toEqual({ 'ca.crt': 'the CA' });
    expect(objectIn('?includeObject=None')).toBeUndefined();
  });
});

test.each([
  [5_000, '5s'],
  [119_000, '119s'],
  [125_000, '2m5s'],
  [180_000, '3m'],
  [840_000, '14m'],
  [4 * 3_600_000 + 720_000, '4h12m'],
  [20 * 3_600_000, '20h'],
  [50 * 3_600_000, '2d2h'],
  [30 * 86_400_000, '30d'],
  [3 * 365 * 86_400_000, '3y'],
])('%d ms are %s', (durationMs, text) => {
  expect(humanDuration(durationMs)).toBe(text);
});
