import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import type { Subject } from '../../../core/cluster/subject.ts';
import type { ReleaseConfig } from '../../../core/config/schema.ts';
import type { Pod } from '../../../core/kubernetes/objects.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import { type Budget, checkBudgets } from '../../../core/preflight/budgets.ts';
import { checkNodes, checkQuotas } from '../../../core/preflight/capacity/capacity.ts';
import type { Node } from '../../../core/preflight/capacity/node.ts';
import { type Finding, sortFindings } from '../../../core/preflight/finding.ts';
import { checkHealth, checkParts, checkWorkload } from '../../../core/preflight/workload.ts';
import { APP, deployment, pod, service, template } from '../support/objects.ts';
import { settingsFor } from '../support/play.ts';
import { releaseIn } from '../support/releases.ts';

const LABELS = { app: APP };
const SETTINGS = settingsFor('rolling');

function subject(change: (draft: Deployment) => void = () => {}): Subject {
  const draft = deployment('d', 'v1', LABELS);
  change(draft);
  const [container] = draft.spec.template.spec.containers;
  if (!container) throw new Error('a deployment without a container');
  return {
    service: service(LABELS),
    deployment: draft,
    statefulSet: undefined,
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
    expect(checkWorkload(subject(), SETTINGS)).toEqual([]);
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
      'neither preStop nor grace',
      (draft) => {
        delete container(draft).lifecycle;
        draft.spec.template.spec.terminationGracePeriodSeconds = 3;
      },
      ['warn no-pre-stop', 'refuse grace-too-short'],
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
    expect(checksOf(checkWorkload(subject(change), SETTINGS))).toEqual(expected);
  });

  const bySettings: [string, Partial<ReleaseConfig>, string[]][] = [
    [
      'requests that outlast the grace',
      { drain: { longestRequest: '26s' } },
      ['refuse grace-too-short'],
    ],
    [
      'the same where the candidate is mended',
      { drain: { longestRequest: '26s' }, preflight: { harden: true } },
      ['warn grace-too-short'],
    ],
    [
      'pods that may be missing',
      { strategy: { rolling: { maxUnavailable: 1 } } },
      ['warn max-unavailable'],
    ],
    [
      'a share of them',
      { strategy: { rolling: { maxUnavailable: '25%' } } },
      ['warn max-unavailable'],
    ],
    ['a probe slower than the drain', { drain: { maxDuration: '20s' } }, ['warn slow-readiness']],
  ];
  test.each(bySettings)('%s', (_name, config, expected) => {
    expect(checksOf(checkWorkload(subject(), settingsFor('rolling', config)))).toEqual(expected);
  });
});

describe('disruption budgets', () => {
  const BLUE = { app: APP, version: 'blue' };
  const GREEN = { app: APP, version: 'green' };
  const guarded = { name: 'd', replicas: 3, stable: BLUE, candidate: GREEN };
  const budget = (spec: NonNullable<Budget['spec']>): Budget => ({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b' },
    spec,
  });
  const both = { matchLabels: LABELS };

  const cases: [string, NonNullable<Budget['spec']>[], string[]][] = [
    ['none', [], ['warn no-pdb']],
    ['one for another service', [{ selector: { matchLabels: { app: 'x' } } }], ['warn no-pdb']],
    ['one for both versions', [{ selector: both, minAvailable: 2 }], []],
    ['one for every pod of the namespace', [{ selector: {}, maxUnavailable: 1 }], []],
    ['one that allows nothing', [{ selector: both, minAvailable: 3 }], ['warn pdb-blocks']],
    ['one that rounds to nothing', [{ selector: both, minAvailable: '90%' }], ['warn pdb-blocks']],
    ['one that says so', [{ selector: both, maxUnavailable: 0 }], ['warn pdb-blocks']],
    [
      'one for one colour',
      [{ selector: { matchLabels: BLUE }, minAvailable: 1 }],
      ['warn pdb-misses-candidate'],
    ],
    [
      'one for each colour',
      [
        { selector: { matchLabels: BLUE }, minAvailable: 1 },
        { selector: { matchLabels: GREEN }, minAvailable: 1 },
      ],
      [],
    ],
  ];
  test.each(cases)('%s', (_name, specs, expected) => {
    expect(checksOf(checkBudgets(guarded, specs.map(budget)))).toEqual(expected);
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

  describe('that a release goes without, because it is the repair,', () => {
    const repair: Partial<ReleaseConfig> = {
      preflight: { ignore: [{ check: 'deployment-unhealthy', reason: 'the repair' }] },
    };
    const few = pods.slice(0, 2);
    test.each([
      ['canary', repair, few, ['refuse stable-too-few']],
      ['blue-green-with-canary', repair, few, ['refuse stable-too-few']],
      ['canary', repair, pods, []],
      ['canary', {}, few, []],
      ['blue-green', repair, [], []],
      ['rolling', repair, [], []],
    ] as const)(
      '%s: no step leaves traffic with pods that are not there',
      (strategy, config, ready, found) => {
        const { plan } = releaseIn(strategy, undefined, { config });
        expect(checksOf(checkParts(plan, ready))).toEqual(found);
      },
    );
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
      ignored: [{ finding, reason: 'one node only' }],
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
