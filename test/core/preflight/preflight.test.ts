import { describe, expect, test } from '@jest/globals';
import type { Deployment, Pod } from '../../../core/kubernetes/objects.ts';
import { checkNodes, checkQuotas, type Node } from '../../../core/preflight/capacity.ts';
import { type Finding, sortFindings } from '../../../core/preflight/finding.ts';
import { checkHealth, checkWorkload } from '../../../core/preflight/workload.ts';
import type { Subject } from '../../../core/release/subject.ts';
import { instant } from '../../../core/vocabulary.ts';
import { APP, deployment, pod, service, template } from '../support/objects.ts';

const LABELS = { app: APP };
const GUARDED = { budgets: [{ matchLabels: LABELS }], autoscaled: [] };

function subject(change: (draft: Deployment) => void = () => {}): Subject {
  const draft = deployment('d', 'v1', LABELS);
  change(draft);
  const [container] = draft.spec.template.spec.containers;
  if (!container) throw new Error('a deployment without a container');
  return {
    service: service(LABELS),
    deployment: draft,
    container,
    port: 8080,
    servicePort: 8080,
    readinessPath: '/health/ready',
  };
}

function container(draft: Deployment) {
  const [first] = draft.spec.template.spec.containers;
  if (!first) throw new Error('a deployment without a container');
  return first;
}

function checksOf(findings: readonly Finding[]): string[] {
  return findings.map(({ check, severity }) => `${severity} ${check}`);
}

describe('the workload', () => {
  test('a good one has no findings', () => {
    expect(checkWorkload(subject(), GUARDED)).toEqual([]);
  });

  const cases: [string, (draft: Deployment) => void, string[]][] = [
    [
      'no readiness probe',
      (draft) => {
        delete container(draft).readinessProbe;
      },
      ['refuse no-readiness-probe'],
    ],
    [
      'no preStop',
      (draft) => {
        delete container(draft).lifecycle;
      },
      ['warn no-pre-stop'],
    ],
    [
      'too little grace',
      (draft) => {
        draft.spec.template.spec.terminationGracePeriodSeconds = 6;
      },
      ['refuse grace-too-short'],
    ],
    [
      'one replica',
      (draft) => {
        draft.spec.replicas = 1;
      },
      ['warn single-replica'],
    ],
  ];
  test.each(cases)('%s', (_name, change, expected) => {
    expect(checksOf(checkWorkload(subject(change), GUARDED))).toEqual(expected);
  });

  test('no budget, and an autoscaler that will not follow', () => {
    expect(checksOf(checkWorkload(subject(), { budgets: [], autoscaled: ['d'] }))).toEqual([
      'warn no-pdb',
      'warn autoscaler',
    ]);
  });
});

describe('health', () => {
  const pods = ['a', 'b', 'c'].map((name) => pod(name, LABELS, 'i'));
  const reached = new Set(['a', 'b', 'c']);

  test('a service that reaches all its pods may be released', () => {
    expect(checkHealth(subject(), pods, reached)).toEqual([]);
  });

  test('a deployment in the middle of a rollout is no stable', () => {
    const rolling = subject((draft) => {
      draft.status = { ...draft.status, updatedReplicas: 1 };
    });
    expect(checksOf(checkHealth(rolling, pods, reached))).toEqual(['refuse deployment-unhealthy']);
  });

  test('a paused deployment, and a service that misses pods', () => {
    const paused = subject((draft) => {
      draft.spec.paused = true;
    });
    expect(checksOf(checkHealth(paused, pods, new Set(['a'])))).toEqual([
      'refuse deployment-paused',
      'refuse endpoints',
    ]);
  });
});

describe('capacity', () => {
  const hungry = template('v1', LABELS);
  const [first] = hungry.spec.containers;
  if (first) first.resources = { requests: { cpu: '500m', memory: '256Mi' } };
  const node = (name: string, cpu: string, more: Partial<Node> = {}): Node => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: { allocatable: { cpu, memory: '4Gi', pods: '110' } },
    ...more,
  });
  const running: Pod = { ...pod('x', {}, 'i'), spec: { nodeName: 'node-1', ...hungry.spec } };

  test.each([
    ['room on one node', [node('node-1', '4')], []],
    ['room on two together', [node('node-1', '1500m'), node('node-2', '500m')], []],
    ['no room', [node('node-1', '1')], ['refuse capacity']],
    [
      'a cordoned node',
      [node('node-1', '8', { spec: { unschedulable: true } })],
      ['refuse capacity'],
    ],
  ])('%s', (_name, nodes, expected) => {
    expect(checksOf(checkNodes(3, hungry, nodes, [running]))).toEqual(expected);
  });

  test('it says how many pods would fit, and what each asks for', () => {
    const [finding] = checkNodes(3, hungry, [node('node-1', '1500m')], [running]);
    expect(finding?.message).toBe(
      'the nodes have room for 2 of the 3 extra pods (each asks for 0.5 CPU, 256 MiB)',
    );
  });

  test('a quota is held against what is used already', () => {
    const quota = (hard: Record<string, string>, used: Record<string, string>) => [
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'q' }, status: { hard, used } },
    ];
    expect(checkQuotas(3, hungry, quota({ pods: '10' }, { pods: '7' }))).toEqual([]);
    expect(checkQuotas(3, hungry, quota({ pods: '10' }, { pods: '8' }))).toMatchObject([
      { message: 'quota q does not allow 3 extra pods: pods 8 of 10 used' },
    ]);
    expect(checksOf(checkQuotas(3, hungry, quota({ 'requests.cpu': '2' }, {})))).toEqual([]);
    expect(checksOf(checkQuotas(5, hungry, quota({ 'requests.cpu': '2' }, {})))).toEqual([
      'refuse capacity',
    ]);
  });
});

describe('what the config ignores', () => {
  const finding: Finding = { check: 'no-pdb', severity: 'refuse', message: 'm', advice: 'a' };
  const at = instant(Date.parse('2026-06-01T12:00:00Z'));

  test('is set aside, with the reason', () => {
    const rule = { check: 'no-pdb', reason: 'one node only', expires: undefined };
    expect(sortFindings([finding], [rule], at)).toEqual({
      refused: [],
      warnings: [],
      ignored: ['no-pdb: m (one node only)'],
    });
  });

  test('counts again when the date has passed, and that day itself is still allowed', () => {
    const until = (expires: string) => [{ check: 'no-pdb', reason: 'r', expires }];
    expect(sortFindings([finding], until('2026-06-01'), at).refused).toEqual([]);
    expect(sortFindings([finding], until('2026-05-31'), at).refused).toMatchObject([
      { advice: 'ignored until 2026-05-31, now over' },
    ]);
  });
});
