// Room on the nodes: only what keeps a pod away for good is refused, and what may come is warned of.
import { describe, expect, test } from '@jest/globals';
import type { Container, Pod, PodSpec, PodTemplate } from '../../../core/kubernetes/objects.ts';
import { requestsOf } from '../../../core/kubernetes/pods/requests.ts';
import { checkNodes, checkQuotas } from '../../../core/preflight/capacity/capacity.ts';
import type { Node } from '../../../core/preflight/capacity/node.ts';
import { placed } from '../../../core/preflight/capacity/placed.ts';

const asking = (cpu: string, more: Partial<Container> = {}): Container => ({
  name: 'c',
  resources: { requests: { cpu } },
  ...more,
});

function template(spec: Partial<PodSpec> = {}): PodTemplate {
  return { metadata: { labels: { app: 'pay' } }, spec: { containers: [asking('1')], ...spec } };
}

function node(
  name: string,
  more: Omit<Partial<Node>, 'metadata'> & { labels?: object } = {},
): Node {
  const { labels = {}, ...rest } = more;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
    ...rest,
  };
}

const taints = (effect: string, value = '') => ({
  spec: { taints: [{ key: 'pool', value, effect }] },
});
const TOLERATING = [{ key: 'pool', operator: 'Exists' as const }];

function severities(extra: number, spec: Partial<PodSpec>, nodes: Node[], pods: Pod[] = []) {
  return checkNodes(extra, template(spec), nodes, pods).map(({ severity }) => severity);
}

describe('nodes that pods do not come to do not count', () => {
  const wanted = (
    operator: 'In' | 'NotIn' | 'Exists' | 'Gt',
    values?: string[],
  ): Partial<PodSpec> => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'zone', operator, ...(values ? { values } : {}) }] },
          ],
        },
      },
    },
  });
  const ZONE_2 = { labels: { zone: '2' } };
  const NOT_READY = { status: { conditions: [{ type: 'Ready', status: 'Unknown' as const }] } };

  const cases: [string, Partial<PodSpec>, Node, boolean][] = [
    ['a taint', {}, node('n', taints('NoSchedule')), false],
    [
      'a taint that is tolerated',
      { tolerations: TOLERATING },
      node('n', taints('NoSchedule')),
      true,
    ],
    [
      'a taint of another value than is tolerated',
      { tolerations: [{ key: 'pool', value: 'a' }] },
      node('n', taints('NoSchedule', 'b')),
      false,
    ],
    [
      'a taint of the value that is tolerated',
      { tolerations: [{ key: 'pool', value: 'b', effect: 'NoExecute' }] },
      node('n', taints('NoExecute', 'b')),
      true,
    ],
    [
      'any taint where all are tolerated',
      { tolerations: [{ operator: 'Exists' }] },
      node('n', taints('NoExecute')),
      true,
    ],
    ['a taint that is only preferred', {}, node('n', taints('PreferNoSchedule')), true],
    ['a cordoned node', {}, node('n', { spec: { unschedulable: true } }), false],
    ['a node that nobody has heard of for a while', {}, node('n', NOT_READY), false],
    ['a nodeSelector that it does not meet', { nodeSelector: { gpu: 'yes' } }, node('n'), false],
    ['a nodeSelector that it meets', { nodeSelector: { zone: '2' } }, node('n', ZONE_2), true],
    ['an affinity that it meets', wanted('In', ['1', '2']), node('n', ZONE_2), true],
    ['an affinity that it does not meet', wanted('NotIn', ['2']), node('n', ZONE_2), false],
    ['an affinity to more than it has', wanted('Gt', ['2']), node('n', ZONE_2), false],
    ['an affinity to a label that it lacks', wanted('Exists'), node('n'), false],
    ['another node that is named', { nodeName: 'other' }, node('n'), false],
  ];
  test.each(cases)('%s', (_name, spec, only, fits) => {
    expect(severities(1, spec, [only])).toEqual(fits ? [] : ['refuse']);
  });

  test('and the message says how many are left out, and why', () => {
    const nodes = [
      node('a', taints('NoSchedule', 'x')),
      node('b', taints('NoSchedule', 'x')),
      node('c', { spec: { unschedulable: true } }),
    ];
    expect(checkNodes(1, template(), nodes, [])[0]?.message).toBe(
      'the nodes have room for 0 of the 1 extra pods (each asks for 1 CPU, 0 MiB); of 3 nodes are ruled out 2 by taint pool=x:NoSchedule, 1 by cordoned',
    );
  });
});

describe('pods that keep apart or spread', () => {
  const selector = { matchLabels: { app: 'pay' } };
  const apart: Partial<PodSpec> = {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: selector },
        ],
      },
    },
  };
  const on = (nodeName: string): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: nodeName, labels: { app: 'pay' } },
    spec: { nodeName, containers: [asking('100m')] },
  });
  const spread = (maxSkew: number): Partial<PodSpec> => ({
    topologySpreadConstraints: [
      { topologyKey: 'zone', maxSkew, whenUnsatisfiable: 'DoNotSchedule', labelSelector: selector },
    ],
  });
  const zones = [node('a', { labels: { zone: '1' } }), node('b', { labels: { zone: '2' } })];

  test('fit where each has a node of its own, and are only warned of otherwise', () => {
    expect(severities(2, apart, [node('a'), node('b')])).toEqual([]);
    expect(severities(3, apart, [node('a'), node('b')])).toEqual(['warn']);
    expect(severities(2, apart, [node('a'), node('b')], [on('a')])).toEqual(['warn']);
  });

  test('spread over zones as far as the skew allows', () => {
    expect(severities(4, spread(1), zones)).toEqual([]);
    expect(severities(2, spread(1), zones, [on('a')])).toEqual([]);
    const full = [zones[0] as Node, node('b', { labels: { zone: '2' }, ...taints('NoSchedule') })];
    expect(severities(3, spread(1), full)).toEqual(['warn']);
  });
});

describe('what may come is warned of', () => {
  const cases: [string, Partial<PodSpec>, Node][] = [
    ['nodes of Karpenter', {}, node('n', { labels: { 'karpenter.sh/nodepool': 'x' } })],
    [
      'nodes of a pool in a cloud',
      {},
      node('n', { labels: { 'cloud.google.com/gke-nodepool': 'x' } }),
    ],
    ['pods of less priority, which give way', { priorityClassName: 'high' }, node('n')],
    ['a scheduler of its own', { schedulerName: 'volcano' }, node('n')],
  ];
  test.each(cases)('%s', (_name, spec, only) => {
    expect(severities(9, spec, [only])).toEqual(['warn']);
  });

  test('nodes that are added by need, as whoever waits longer for them knows', () => {
    const [finding] = checkNodes(9, template(), [node('n')], [], 'by-need');
    expect(finding).toMatchObject({
      severity: 'warn',
      advice: expect.stringContaining('nodes may be added'),
    });
    expect(checkNodes(9, template(), [node('n')], [])[0]?.advice).toContain(
      'limits.schedulingTimeout',
    );
  });
});

describe('what a pod asks for', () => {
  const sidecar = (cpu: string) => asking(cpu, { restartPolicy: 'Always' });

  const cases: [string, PodSpec, number][] = [
    ['its containers together', { containers: [asking('1'), asking('500m')] }, 1.5],
    [
      'an init container that asks for more',
      { containers: [asking('1')], initContainers: [asking('3')] },
      3,
    ],
    [
      'an init container that asks for less',
      { containers: [asking('1')], initContainers: [asking('500m')] },
      1,
    ],
    [
      'a native sidecar, for as long as the pod runs',
      { containers: [asking('1')], initContainers: [sidecar('500m')] },
      1.5,
    ],
    [
      'an init container beside the sidecars before it',
      { containers: [asking('1')], initContainers: [sidecar('500m'), asking('2')] },
      2.5,
    ],
    [
      'an init container without the sidecars after it',
      { containers: [asking('1')], initContainers: [asking('2'), sidecar('500m')] },
      2,
    ],
    ['the overhead of its runtime', { containers: [asking('1')], overhead: { cpu: '250m' } }, 1.25],
    [
      'what the whole pod may have',
      { containers: [asking('1')], resources: { requests: { cpu: '2' } } },
      2,
    ],
    [
      'its limit, where it names no request',
      { containers: [{ name: 'c', resources: { limits: { cpu: '3' } } }] },
      3,
    ],
  ];
  test.each(cases)('%s', (_name, spec, cpu) => {
    expect(requestsOf(spec).cpu).toBe(cpu);
  });

  test('other resources count as well', () => {
    const gpu = { requests: { 'nvidia.com/gpu': '1' } };
    const spec = { containers: [{ name: 'c', resources: gpu }] };
    expect(severities(1, spec, [node('n')])).toEqual(['refuse']);
    const status = { allocatable: { cpu: '1', memory: '1Gi', pods: '9', 'nvidia.com/gpu': '1' } };
    expect(severities(1, spec, [node('n', { status })])).toEqual([]);
  });

  test('what is kept of a pod asks for the same, and is small', () => {
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'p',
        namespace: 'other',
        labels: { app: 'pay' },
        annotations: { long: 'x'.repeat(9_000) },
      },
      spec: {
        nodeName: 'n',
        containers: [asking('100m'), asking('200m')],
        initContainers: [sidecar('50m')],
      },
    };
    const kept = placed(pod, 'default');
    expect(kept && requestsOf(kept.spec).cpu).toBeCloseTo(0.35);
    expect(JSON.stringify(kept).length).toBeLessThan(200);
    expect(kept?.metadata.labels).toBeUndefined();
    expect(placed(pod, 'other')?.metadata.labels).toEqual({ app: 'pay' });
  });
});

describe('quotas of scopes', () => {
  const quota = (hard: Record<string, string>, spec: object) => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q' },
    spec: { hard, ...spec },
    status: { hard, used: {} },
  });
  const bestEffort = { spec: { containers: [{ name: 'c' }] } };
  const inClass = (values: string[]) => ({
    scopeSelector: {
      matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In' as const, values }],
    },
  });

  const cases: [string, object, PodTemplate, boolean][] = [
    ['of pods that end by themselves do not count', { scopes: ['Terminating'] }, template(), false],
    ['of pods that do not, do', { scopes: ['NotTerminating'] }, template(), true],
    ['of pods that ask for nothing do not count', { scopes: ['BestEffort'] }, template(), false],
    ['of pods that ask for nothing count those', { scopes: ['BestEffort'] }, bestEffort, true],
    [
      'of another priority do not count',
      inClass(['low']),
      template({ priorityClassName: 'high' }),
      false,
    ],
    ['of the same priority do', inClass(['high']), template({ priorityClassName: 'high' }), true],
  ];
  test.each(cases)('%s', (_name, spec, pods, counts) => {
    expect(checkQuotas(2, pods, [quota({ pods: '1' }, spec)]).length).toBe(counts ? 1 : 0);
  });

  test('limits and other resources are held against it too', () => {
    const limited = template({
      containers: [{ name: 'c', resources: { limits: { cpu: '2', 'nvidia.com/gpu': '1' } } }],
    });
    const found = checkQuotas(3, limited, [
      quota({ 'limits.cpu': '5', 'requests.nvidia.com/gpu': '2', 'count/pods': '2' }, {}),
    ]);
    expect(found.map(({ message }) => /: (\S+) /.exec(message)?.[1])).toEqual([
      'limits.cpu',
      'requests.nvidia.com/gpu',
      'count/pods',
    ]);
  });
});
