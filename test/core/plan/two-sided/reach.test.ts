// What the selectors of a release reach. Pods of others never get traffic through a release, and other
// Services of the same pods are never left without endpoints, nor led to an untried candidate.
import { describe, expect, test } from '@jest/globals';
import { releaseId, type StrategyName } from '../../../../core/base/vocabulary.ts';
import type { Neighbours } from '../../../../core/cluster/neighbours.ts';
import { releaseSharing } from '../../../../core/journal/shared-workload.ts';
import type { Service } from '../../../../core/kubernetes/network-objects.ts';
import type { KubernetesObject } from '../../../../core/kubernetes/objects.ts';
import type { CronJob } from '../../../../core/kubernetes/workload-objects.ts';
import type { TwoSidedPlan } from '../../../../core/plan/plan.ts';
import { planRelease } from '../../../../core/plan/planning.ts';
import {
  APP,
  deployment,
  ownedBy,
  pod,
  replicaSet,
  service,
  template,
} from '../../support/objects.ts';
import { inputFor, planFor, play, settingsFor, turnIn } from '../../support/play.ts';
import { routesFor } from '../../support/routes.ts';
import { type ToyCluster, toyCluster } from '../../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue', tier: 'api' };
const MAIN = service({ app: APP, version: 'blue' });
const STABLE = deployment(`${APP}-blue`, 'v1', BLUE);

function cronJob(labels: Record<string, string>): CronJob {
  const metadata = { name: 'nightly', namespace: 'default' };
  const spec = { jobTemplate: { spec: { template: template('v1', labels) } } };
  return { apiVersion: 'batch/v1', kind: 'CronJob', metadata, spec };
}

function further(name: string, selector: Record<string, string>): Service {
  const plain = service(selector);
  return { ...plain, metadata: { ...plain.metadata, name, uid: `uid-${name}` } };
}

interface Around extends Partial<Neighbours> {
  readonly main?: Service;
}

function planned(strategy: StrategyName, around: Around = {}, config = {}) {
  const cluster = toyCluster([STABLE], around.main ?? MAIN);
  const settings = settingsFor(strategy, config);
  const input = inputFor(cluster, settings, 'none', 'v2', releaseId('run-1'));
  const { neighbours } = input;
  if (!neighbours) throw new Error('nobody around');
  const merged: Neighbours = {
    ...neighbours,
    cronJobs: around.cronJobs ?? [],
    services: [...neighbours.services, ...(around.services ?? [])],
    deployments: [...neighbours.deployments, ...(around.deployments ?? [])],
    replicaSets: [...neighbours.replicaSets, ...(around.replicaSets ?? [])],
    pods: [...neighbours.pods, ...(around.pods ?? [])],
  };
  return planRelease({ ...input, neighbours: merged });
}

function planOf(result: ReturnType<typeof planRelease>): TwoSidedPlan {
  if (result.kind !== 'planned' || result.plan.strategy === 'rolling') {
    throw new Error(result.kind === 'refused' ? result.why : 'no two-sided plan');
  }
  return result.plan;
}

describe('while both versions serve', () => {
  test('a worker with another label is kept out by the label that both versions carry', () => {
    const worker = deployment('worker', 'v1', { app: APP, tier: 'worker' });
    const { selectors } = planOf(planned('canary', { deployments: [worker] }));
    expect(selectors.both).toEqual({ app: APP, tier: 'api' });
    expect(selectors.stable).toEqual({ app: APP, version: 'blue' });
  });

  test.each<[string, Around, string]>([
    ['a CronJob', { cronJobs: [cronJob({ app: APP, tier: 'api' })] }, 'CronJob nightly'],
    [
      'a Deployment',
      { deployments: [deployment('twin', 'v1', { app: APP, tier: 'api' })] },
      'deployment twin',
    ],
    ['a bare pod', { pods: [pod('debug', { app: APP, tier: 'api' }, 'busybox')] }, 'pod debug'],
    [
      'a Job that runs now',
      {
        pods: [
          ownedBy(pod('j-x', { app: APP, tier: 'api' }, 'x'), {
            ...STABLE,
            kind: 'Job',
            metadata: { name: 'j' },
          }),
        ],
      },
      'Job j',
    ],
  ])('%s that no label tells apart is a refusal with its name', (_, around, name) => {
    const result = planned('canary', around);
    expect(result).toMatchObject({ kind: 'refused', why: expect.stringContaining(`(${name})`) });
    expect(result).toMatchObject({ why: expect.stringContaining('strategy blue-green') });
    // A switch at once never selects both.
    expect(planned('blue-green', around).kind).toBe('planned');
    expect(planned('rolling', around).kind).toBe('planned');
  });

  test.each(['Failed', 'Succeeded'])('a pod that has %s is nobody', (phase) => {
    const done = pod('done', { app: APP, tier: 'api' }, 'x');
    const pods = [{ ...done, status: { ...done.status, phase } }];
    expect(planned('canary', { pods }).kind).toBe('planned');
  });
});

describe('pods of others that the Service leads to already', () => {
  const legacy = deployment('legacy', 'v0', { app: APP, version: 'blue' });
  const set = replicaSet(legacy, 'l');
  const pods = [ownedBy(pod('legacy-1', { app: APP, version: 'blue' }, 'v0'), set)];
  const around = { deployments: [legacy], replicaSets: [set], pods };

  test('are not silently left without requests', () => {
    expect(planned('blue-green', around)).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(/deployment legacy.*workload\.others: exclude/),
    });
  });

  test('may be, where the config says so', () => {
    const config = { workload: { others: 'exclude' as const } };
    expect(planned('blue-green', around, config).kind).toBe('planned');
  });

  test('go on as they are where the selector is not touched', () => {
    expect(planned('rolling', around).kind).toBe('planned');
  });
});

describe('other Services of the same pods', () => {
  test.each<[string, Record<string, string>, Record<string, string>, Record<string, string>]>([
    [
      'by colour',
      { app: APP, version: 'blue' },
      { app: APP, version: 'blue' },
      { app: APP, version: 'green' },
    ],
    [
      'by the application',
      { app: APP },
      { app: APP, version: 'blue' },
      { app: APP, version: 'green' },
    ],
    [
      'by the colour alone',
      { version: 'blue' },
      { app: APP, version: 'blue' },
      { app: APP, version: 'green' },
    ],
    [
      'by another label',
      { tier: 'api' },
      { tier: 'api', version: 'blue' },
      { tier: 'api', version: 'green' },
    ],
  ])('%s move along', (_, found, stable, candidate) => {
    const { furtherServices } = planOf(
      planned('canary', { services: [further('partners', found)] }),
    );
    expect(furtherServices).toMatchObject([
      { name: 'partners', selectors: { found, stable, candidate } },
    ]);
  });

  test.each<[string, Service]>([
    ['the preview of a release', further(`${APP}-preview`, { app: APP, version: 'blue' })],
    ['one that leads elsewhere', further('other', { app: 'other' })],
    ['one without a selector', further('none', {})],
    [
      'a name for something elsewhere',
      { ...further('out', { app: APP }), spec: { type: 'ExternalName', selector: { app: APP } } },
    ],
  ])('%s does not', (_, each) => {
    expect(planOf(planned('canary', { services: [each] })).furtherServices).toEqual([]);
  });

  test('one that leads to pods of others as well is a refusal with both names', () => {
    const worker = deployment('worker', 'v1', { app: APP, tier: 'worker' });
    const set = replicaSet(worker, 'w');
    const pods = [ownedBy(pod('worker-1', { app: APP, tier: 'worker' }, 'v1'), set)];
    const services = [further('metrics', { app: APP })];
    const around = { services, deployments: [worker], replicaSets: [set], pods };
    expect(planned('blue-green', around)).toMatchObject({
      why: expect.stringMatching(/service metrics .*deployment worker.*workload\.leaveServices/),
    });
    const left = { workload: { leaveServices: ['metrics'] } };
    expect(planOf(planned('blue-green', around, left)).furtherServices).toEqual([]);
  });

  test('one that names a colour cannot be left behind', () => {
    const services = [further('partners', { app: APP, version: 'blue' })];
    expect(
      planned('blue-green', { services }, { workload: { leaveServices: ['partners'] } }),
    ).toMatchObject({
      why: expect.stringMatching(/service partners .*without endpoints/),
    });
  });

  test('the release of one Service is about all that lead to the same workload', () => {
    const plan = planOf(planned('blue-green', { services: [further('partners', { app: APP })] }));
    const state = { outcome: undefined };
    const journal = { current: { plan, state }, history: [] } as never; // as far as it is looked at
    expect(releaseSharing(journal, 'partners', 'anything')).toBe(plan);
    expect(releaseSharing(journal, 'another', `${APP}-green`)).toBe(plan);
    expect(releaseSharing(journal, APP, `${APP}-blue`)).toBeUndefined();
    expect(releaseSharing(journal, 'another', 'another')).toBeUndefined();
  });
});

describe('a release among other Services', () => {
  const others = (): KubernetesObject[] => [
    further('partners', { app: APP, version: 'blue' }),
    further('internal', { app: APP }),
  ];
  const selectorOf = (cluster: ToyCluster, name: string) =>
    cluster.services.get(name)?.spec.selector;
  const config = {
    strategy: {
      blueGreen: { monitoring: '5s' },
      canary: { steps: [{ weight: 50, duration: '5s' }] },
    },
  };
  const begun = (strategy: StrategyName, behaviour = {}) => {
    const cluster = toyCluster([STABLE], MAIN, behaviour, others());
    return { cluster, plan: planFor(cluster, settingsFor(strategy, config)) };
  };

  test.each(['blue-green', 'canary'] as const)(
    '%s: they lead to the candidate once it is promoted',
    (strategy) => {
      const { cluster, plan } = begun(strategy);
      expect(play(cluster, plan).state.outcome).toBe('promoted');
      expect(selectorOf(cluster, 'partners')).toEqual({ app: APP, version: 'green' });
      expect(selectorOf(cluster, 'internal')).toEqual({ app: APP, version: 'green' });
    },
  );

  test.each(['testing', 'monitoring', 'holding'])(
    'turned back in %s, they are as they were',
    (phase) => {
      const { cluster, plan } = begun('blue-green');
      expect(play(cluster, plan, turnIn(plan, phase)).state.outcome).toBe('rolled-back');
      expect(selectorOf(cluster, 'partners')).toEqual({ app: APP, version: 'blue' });
      expect(selectorOf(cluster, 'internal')).toEqual({ app: APP });
    },
  );

  test('none of them meets the candidate before the released Service does', () => {
    const { cluster, plan } = begun('canary');
    const seen = new Set<string>();
    play(cluster, plan, {
      meddle: (state) => {
        const main = JSON.stringify(cluster.services.get(APP)?.spec.selector);
        const candidates = cluster
          .observe([])
          .pods.some(({ metadata }) => metadata.labels?.version === 'green');
        const open = selectorOf(cluster, 'internal')?.version === undefined;
        if (state.direction === 'forward' && candidates && open) seen.add(main);
        return state;
      },
    });
    expect([...seen]).toEqual([]);
  });

  test.each([
    ['service', `service ${APP}`],
    ['gateway-api', `service ${APP}-preview`],
  ] as const)(
    'a pod of the next colour that comes before the switch by %s is never switched to',
    (router, reached) => {
      const labels = { app: APP, version: 'blue' };
      const own = [deployment(`${APP}-blue`, 'v1', labels)];
      const cluster = toyCluster(own, service(labels), {}, routesFor(router));
      const plan = planFor(cluster, settingsFor('blue-green', { traffic: { router } }));
      const observe = cluster.observe;
      const stranger = pod('worker-x', { app: APP, version: 'green' }, 'worker');
      let hasCome = false;
      cluster.observe = (asked) => {
        const seen = observe(asked);
        return hasCome ? { ...seen, pods: [...seen.pods, stranger] } : seen;
      };
      const phases = new Set<string>();
      const { state } = play(cluster, plan, {
        meddle: (now) => {
          hasCome ||= now.phase === 'testing';
          if (now.direction === 'forward') phases.add(now.phase);
          return now;
        },
      });
      expect(state).toMatchObject({ outcome: 'rolled-back' });
      expect(state.cause).toContain(
        `pod worker-x, which is no part of this release, is reached by ${reached}`,
      );
      expect(phases.has('confirming')).toBe(false);
    },
  );

  test('a pod of somebody else that comes within the selector turns the release back, by name', () => {
    const { cluster, plan } = begun('canary');
    const observe = cluster.observe;
    const stranger = pod('nightly-x', { app: APP, tier: 'api' }, 'cron');
    let fired = false;
    cluster.observe = (asked) => {
      const seen = observe(asked);
      return fired ? { ...seen, pods: [...seen.pods, stranger] } : seen;
    };
    const { state } = play(cluster, plan, {
      meddle: (each) => {
        fired ||= each.phase === 'monitoring';
        return each;
      },
    });
    expect(state.outcome).toBe('rolled-back');
    expect(state.cause).toMatch(
      /^pod nightly-x, which is no part of this release, is reached by service/,
    );
  });
});
