import { describe, expect, test } from '@jest/globals';
import { hardened, hardeningOf } from '../../../../core/cluster/workload/hardening.ts';
import type { ReleaseConfig } from '../../../../core/config/schema.ts';
import type { PodTemplate } from '../../../../core/kubernetes/objects.ts';
import { APP, deployment, service, template } from '../../support/objects.ts';
import { planFor, play, settingsFor, turnIn } from '../../support/play.ts';
import { toyCluster } from '../../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const HARDEN = { preflight: { harden: true } };

interface Spec {
  readonly preStop?: object;
  readonly graceSeconds?: number;
}

function bare({ preStop, graceSeconds }: Spec): PodTemplate {
  const plain = template('v1', BLUE);
  const { terminationGracePeriodSeconds: _grace, ...spec } = plain.spec;
  const [container = { name: APP }] = spec.containers;
  const { lifecycle: _lifecycle, ...rest } = container;
  return {
    ...plain,
    spec: {
      ...spec,
      ...(graceSeconds === undefined ? {} : { terminationGracePeriodSeconds: graceSeconds }),
      containers: [preStop ? { ...rest, lifecycle: { preStop } } : rest, { name: 'sidecar' }],
    },
  };
}

function end({ spec }: PodTemplate): [preStop: unknown, graceSeconds: number | undefined] {
  return [spec.containers[0]?.lifecycle?.preStop, spec.terminationGracePeriodSeconds];
}

describe('hardening', () => {
  const slow = { drain: { minDuration: '10s', longestRequest: '45s' } };
  const cases: [
    what: string,
    spec: Spec,
    config: Partial<ReleaseConfig>,
    minor: number | undefined,
    preStop: object | undefined,
    grace: number | undefined,
  ][] = [
    ['nothing that was not asked for', {}, { preflight: {} }, 36, undefined, undefined],
    ['the sleep that is missing', {}, HARDEN, 36, { sleep: { seconds: 5 } }, 30],
    ['where the version is unknown too', {}, HARDEN, undefined, { sleep: { seconds: 5 } }, 30],
    ['as a program before 1.30', {}, HARDEN, 29, { exec: { command: ['sleep', '5'] } }, 30],
    ['time for requests', {}, { ...HARDEN, ...slow }, 36, { sleep: { seconds: 10 } }, 55],
    ['no hook over a hook', { preStop: { exec: {} } }, HARDEN, 36, { exec: {} }, 30],
    [
      'time beside a sleep of its own',
      { preStop: { sleep: { seconds: 20 } }, graceSeconds: 20 },
      HARDEN,
      36,
      { sleep: { seconds: 20 } },
      25,
    ],
    ['no less grace', { graceSeconds: 90 }, HARDEN, 36, { sleep: { seconds: 5 } }, 90],
  ];
  test.each(cases)('adds %s', (_what, spec, config, minor, preStop, grace) => {
    const hardening = hardeningOf(settingsFor('rolling', config), minor);
    expect(end(hardened(bare(spec), APP, hardening))).toEqual([preStop, grace]);
  });

  test('leaves other containers alone', () => {
    const hardening = hardeningOf(settingsFor('rolling', HARDEN));
    expect(hardened(bare({}), APP, hardening).spec.containers[1]).toEqual({ name: 'sidecar' });
  });
});

describe.each(['rolling', 'blue-green'] as const)('a hardened release by %s', (strategy) => {
  const workload = deployment(`${APP}-blue`, 'v1', BLUE);
  workload.spec.template = bare({ graceSeconds: 5 });
  const settings = settingsFor(strategy, {
    ...HARDEN,
    strategy: { blueGreen: { monitoring: '2s' }, rolling: { monitoring: '2s' } },
  });

  test('gives the candidate what it lacked', () => {
    const cluster = toyCluster([workload], service(BLUE));
    expect(play(cluster, planFor(cluster, settings)).state.outcome).toBe('promoted');
    const candidate = strategy === 'rolling' ? `${APP}-blue` : `${APP}-green`;
    const after = cluster.deployments.get(candidate)?.spec.template;
    expect(after && end(after)).toEqual([{ sleep: { seconds: 5 } }, 10]);
  });

  test('takes it away again when it turns back', () => {
    const cluster = toyCluster([workload], service(BLUE));
    const before = cluster.snapshot();
    const plan = planFor(cluster, settings);
    expect(play(cluster, plan, turnIn(plan, 'monitoring')).state.outcome).toBe('rolled-back');
    expect(cluster.snapshot()).toEqual(before);
  });
});
