// Whole releases on the toy cluster, as transcripts that a person can read.
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  instant,
  type Outcome,
  type RouterName,
  type StrategyName,
} from '../../../core/base/vocabulary.ts';
import type { ReleaseConfig } from '../../../core/config/schema.ts';
import type { ReleaseState } from '../../../core/state/state.ts';
import { strategyOf } from '../../../core/strategies/registry.ts';
import { expectGolden } from '../support/golden.ts';
import { APP, deployment, pod, service } from '../support/objects.ts';
import {
  type PlayOptions,
  planFor,
  play,
  settingsFor,
  turnedBack,
  turnIn,
} from '../support/play.ts';
import { routesFor } from '../support/routes.ts';
import { type Behaviour, type ToyCluster, toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const CONFIG = {
  strategy: {
    blueGreen: { monitoring: '10s' },
    canary: {
      steps: [
        { weight: 10, duration: '5s' },
        { weight: 50, duration: '5s' },
      ],
      monitoring: '10s',
    },
    rolling: { monitoring: '10s' },
  },
  limits: { readyTimeout: '20s', maxDuration: '10m' },
  drain: { hook: { path: '/drain' }, maxDuration: '20s' },
  preflight: { drainProbe: 'off' as const },
};

const onlyNew =
  <T>(value: T, otherwise: T) =>
  (image: string): T =>
    image.endsWith('v2') ? value : otherwise;

interface Case {
  readonly name: string;
  readonly strategy: StrategyName;
  readonly router?: RouterName;
  readonly behaviour?: Behaviour;
  readonly config?: Partial<ReleaseConfig>;
  readonly options?: PlayOptions;
  readonly metrics?: 'pods' | 'none';
  readonly outcome: Outcome;
}

const CASES: readonly Case[] = [
  { name: 'blue-green promotes', strategy: 'blue-green', outcome: 'promoted' },
  {
    name: 'blue-green without metrics',
    strategy: 'blue-green',
    metrics: 'none',
    outcome: 'promoted',
  },
  {
    name: 'blue-green with a version that answers errors',
    strategy: 'blue-green',
    behaviour: { errorRate: onlyNew(0.2, 0) },
    outcome: 'rolled-back',
  },
  {
    name: 'blue-green with a version that crashes',
    strategy: 'blue-green',
    behaviour: { stuck: onlyNew<string | undefined>('CrashLoopBackOff', undefined) },
    outcome: 'rolled-back',
  },
  {
    name: 'blue-green with a version that is never ready',
    strategy: 'blue-green',
    behaviour: { readyAfterMs: onlyNew(Number.POSITIVE_INFINITY, 1_000) },
    outcome: 'rolled-back',
  },
  {
    name: 'blue-green with a version that fails its smoke checks',
    strategy: 'blue-green',
    behaviour: { smokeFailures: ['pay on pod x: answered 500, expected 201'] },
    outcome: 'rolled-back',
  },
  {
    name: 'blue-green whose metrics fall silent',
    strategy: 'blue-green',
    behaviour: { metrics: 'silent' },
    outcome: 'rolled-back',
  },
  {
    name: 'canary whose drain probe loses a request, and reports it',
    strategy: 'canary',
    config: { preflight: { drainProbe: 'report' } },
    behaviour: { probeFailures: ['a request was cut 5s after the pod was ended'] },
    outcome: 'promoted',
  },
  {
    name: 'blue-green whose drain probe must not lose a request',
    strategy: 'blue-green',
    config: { preflight: { drainProbe: 'require' } },
    behaviour: { probeFailures: ['a request was cut 5s after the pod was ended'] },
    outcome: 'rolled-back',
  },
  { name: 'canary promotes', strategy: 'canary', outcome: 'promoted' },
  {
    name: 'canary with a version that answers errors',
    strategy: 'canary',
    behaviour: { errorRate: onlyNew(0.5, 0) },
    outcome: 'rolled-back',
  },
  {
    name: 'canary through istio promotes',
    strategy: 'canary',
    router: 'istio',
    outcome: 'promoted',
  },
  {
    // Its own route leads to every pod that a proxy knows: only once all have heard that some are gone.
    name: 'canary through istio with a version that fails its smoke checks',
    strategy: 'canary',
    router: 'istio',
    behaviour: { smokeFailures: ['pay on pod x: answered 500, expected 201'] },
    outcome: 'rolled-back',
  },
  {
    name: 'blue-green-with-canary through gateway-api promotes',
    strategy: 'blue-green-with-canary',
    router: 'gateway-api',
    outcome: 'promoted',
  },
  { name: 'rolling promotes', strategy: 'rolling', outcome: 'promoted' },
  {
    name: 'rolling with a version that answers errors',
    strategy: 'rolling',
    behaviour: { errorRate: onlyNew(0.5, 0) },
    outcome: 'rolled-back',
  },
  {
    name: 'rolling with a version that is never ready',
    strategy: 'rolling',
    behaviour: { readyAfterMs: onlyNew(Number.POSITIVE_INFINITY, 1_000) },
    outcome: 'rolled-back',
  },
];

function clusterFor(behaviour: Behaviour = {}, router: RouterName = 'service'): ToyCluster {
  const blue = deployment(`${APP}-blue`, 'v1', BLUE);
  return toyCluster([blue], service(BLUE), behaviour, routesFor(router));
}

describe('a whole release', () => {
  test.each(CASES)('$name', (each) => {
    const { name, strategy, router, behaviour, options, metrics, outcome } = each;
    const cluster = clusterFor(behaviour, router);
    const before = cluster.snapshot();
    const config = { ...CONFIG, ...each.config, traffic: router ? { router } : {} };
    const plan = planFor(cluster, settingsFor(strategy, config), metrics);
    const { state, transcript } = play(cluster, plan, options);
    expect(state.outcome).toBe(outcome);
    if (outcome === 'rolled-back') expect(cluster.snapshot()).toEqual(before);
    const file = `${name.replaceAll(/[ ,]+/g, '-')}.txt`;
    expectGolden(join(import.meta.dirname, 'golden', file), transcript);
  });
});

describe('turning back', () => {
  const PHASES = {
    'blue-green': [
      'routing',
      'preparing',
      'testing',
      'switching',
      'confirming',
      'monitoring',
      'holding',
    ],
    rolling: ['rolling', 'monitoring', 'holding'],
  } as const;
  const table = Object.entries(PHASES).flatMap(([strategy, phases]) =>
    phases.map((phase) => [strategy as StrategyName, phase] as const),
  );

  test.each(table)('%s in phase %s puts everything back as it was', (strategy, phase) => {
    const cluster = clusterFor();
    const before = cluster.snapshot();
    const plan = planFor(cluster, settingsFor(strategy, CONFIG));
    const { state } = play(cluster, plan, turnIn(plan, phase));
    expect(state).toMatchObject({ outcome: 'rolled-back', cause: 'somebody said stop' });
    expect(cluster.snapshot()).toEqual(before);
  });

  test('is too late once the stable is being let go: the release is finished instead', () => {
    const cluster = clusterFor();
    const plan = planFor(cluster, settingsFor('blue-green', CONFIG));
    const { state } = play(cluster, plan, turnIn(plan, 'retiring'));
    expect(state.outcome).toBe('promoted');
    expect(state.cause).toBeUndefined();
  });
});

test.each(['blue-green', 'rolling'] as const)(
  '%s reads the pods as often as the config says',
  (strategy) => {
    const cluster = clusterFor();
    const config = { ...CONFIG, analysis: { pods: { interval: '3s' } } };
    const plan = planFor(cluster, settingsFor(strategy, config));
    const begun: ReleaseState = {
      ...strategyOf(plan).begin(plan, instant(cluster.nowMs())),
      phase: 'monitoring',
    };
    expect(strategyOf(plan).needs(plan, begun, cluster.observe([]))).toContainEqual(
      expect.objectContaining({ kind: 'readings', everyMs: 3_000 }),
    );
  },
);

describe('what must never happen', () => {
  test('traffic is not sent back to fewer stable pods than before the release', () => {
    const cluster = clusterFor({ readyAfterMs: onlyNew(1_000, Number.POSITIVE_INFINITY) });
    const plan = planFor(cluster, settingsFor('blue-green', CONFIG));
    const stableGone = (): void => {
      const blue = cluster.deployments.get(`${APP}-blue`);
      if (blue)
        cluster.deployments.set(`${APP}-blue`, { ...blue, spec: { ...blue.spec, replicas: 0 } });
      cluster.advance(0);
    };
    let turned = false;
    const { state } = play(cluster, plan, {
      meddle: (now) => {
        if (now.phase === 'monitoring' && !turned) {
          turned = true;
          stableGone();
          return turnedBack(plan, now, cluster);
        }
        return now;
      },
    });
    expect(state.outcome).toBe('failed');
    expect(state.cause).toContain('the way back is blocked: only 0 of 3 stable pods ready');
    expect(cluster.services.get(APP)?.spec.selector).toEqual({ app: APP, version: 'green' });
  });

  test('an API that does not answer while traffic moves back is no reason to give up', () => {
    const cluster = clusterFor();
    const before = cluster.snapshot();
    const plan = planFor(cluster, settingsFor('blue-green', CONFIG));
    let out = false;
    const { state } = play(cluster, plan, {
      meddle: (now) => {
        if (now.phase === 'monitoring') return turnedBack(plan, now, cluster);
        if (now.phase === 'confirming' && now.direction === 'back' && !out) {
          out = true;
          cluster.advance(60_000); // longer than anything is waited for
        }
        return now;
      },
    });
    expect(out).toBe(true);
    expect(state.outcome).toBe('rolled-back');
    expect(cluster.snapshot()).toEqual(before);
  });

  test('a selector that somebody else has led to pods of theirs meanwhile is not overwritten', () => {
    const cluster = clusterFor();
    const plan = planFor(cluster, settingsFor('blue-green', CONFIG));
    const theirs = { app: APP, version: 'maintenance' };
    const { observe } = cluster;
    cluster.observe = (asked) => {
      const seen = observe(asked);
      return { ...seen, pods: [...seen.pods, pod('sorry', theirs, 'sorry')] };
    };
    const { state } = play(cluster, plan, {
      meddle: (now) => {
        const own = cluster.services.get(APP);
        if (now.phase === 'testing' && own) {
          const spec = { ...own.spec, selector: theirs };
          const metadata = { ...own.metadata, resourceVersion: '99' };
          cluster.services.set(APP, { ...own, metadata, spec });
        }
        return now;
      },
    });
    expect(state).toMatchObject({ outcome: 'failed' });
    expect(state.cause).toContain('somebody changed the selector');
    expect(cluster.services.get(APP)?.spec.selector).toEqual(theirs);
  });

  test('a release that takes too long turns back by itself', () => {
    const cluster = clusterFor();
    const limits = { readyTimeout: '20s', maxDuration: '25s' };
    const strategy = { blueGreen: { monitoring: '24s' } };
    const plan = planFor(cluster, settingsFor('blue-green', { ...CONFIG, limits, strategy }));
    const { state } = play(cluster, plan);
    expect(state).toMatchObject({ outcome: 'rolled-back' });
    expect(state.cause).toBe('not promoted within 25s: still in phase monitoring');
  });
});
