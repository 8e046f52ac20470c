// What was true a while ago is no ground to go forward on, and none to take anything away.
import { describe, expect, test } from '@jest/globals';
import { instant, ROUTERS, releaseId, type StrategyName } from '../../../core/base/vocabulary.ts';
import { type Action, actionId } from '../../../core/cluster/action.ts';
import type { Freshness, Observation } from '../../../core/cluster/observation.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { hopelessness, takesAway } from '../../../core/state/freshness.ts';
import type { ReleaseState } from '../../../core/state/state.ts';
import { decide } from '../../../core/strategies/decide.ts';
import { strategyOf } from '../../../core/strategies/registry.ts';
import { editDeployment, KUBECTL } from '../support/meddling.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { planFor, play, settingsFor, turnedBack } from '../support/play.ts';
import { routesFor } from '../support/routes.ts';
import { type ToyCluster, toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const CONFIG = {
  strategy: { blueGreen: { monitoring: '60s' }, rolling: { monitoring: '60s' } },
  limits: { readyTimeout: '20s', maxDuration: '10m' },
};

interface Reached {
  readonly cluster: ToyCluster;
  readonly plan: Plan;
  readonly state: ReleaseState;
}

function reach(strategy: StrategyName, phase: string): Reached {
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE));
  const plan = planFor(cluster, settingsFor(strategy, CONFIG));
  const { state } = play(cluster, plan, { until: phase });
  return { cluster, plan, state };
}

/** What is seen `ageMs` after it was so; the API was last heard of `silentMs` ago. */
function aged(
  cluster: ToyCluster,
  ageMs: number,
  silentMs: number,
  asked: string[] = [],
): Observation {
  const seen = cluster.observe(asked);
  const at = instant(seen.at + ageMs);
  const sight: Freshness = {
    seenAt: seen.at,
    part: 'the pods',
    why: 'status 403: forbidden',
    contactAt: instant(at - silentMs),
    contactSince: seen.at,
  };
  return { ...seen, at, sight };
}

const PHASES = [
  ['blue-green', 'preparing'],
  ['blue-green', 'testing'],
  ['blue-green', 'switching'],
  ['blue-green', 'confirming'],
  ['blue-green', 'monitoring'],
  ['blue-green', 'draining'],
  ['blue-green', 'retiring'],
  ['canary', 'monitoring'],
  ['rolling', 'rolling'],
  ['rolling', 'monitoring'],
] as const;

describe('a release that cannot see the cluster', () => {
  test.each(PHASES)('%s in phase %s: goes nowhere and does nothing', (strategy, phase) => {
    const { cluster, plan, state } = reach(strategy, phase);
    for (const silentMs of [0, 100_000]) {
      const { state: after, actions } = decide(plan, state, aged(cluster, 100_000, silentMs));
      expect([after.phase, after.direction, after.outcome]).toEqual([phase, 'forward', undefined]);
      expect(actions).toEqual([]);
    }
  });

  test.each(PHASES.filter(([, phase]) => !['landing', 'draining', 'retiring'].includes(phase)))(
    '%s in phase %s: turns back once the unmeasurable limit is over, though the API answers otherwise',
    (strategy, phase) => {
      const { cluster, plan, state } = reach(strategy, phase);
      const { state: after, actions } = decide(plan, state, aged(cluster, 120_000, 0));
      expect(after.direction).toBe('back');
      expect(after.cause).toBe(
        'turned back unseen: nothing was seen of the pods for 2m: status 403: forbidden',
      );
      expect(actions).toEqual([]);
    },
  );

  test('that lets the old version go cannot turn back: it is given up where it still cannot see', () => {
    const { cluster, plan, state } = reach('blue-green', 'draining');
    expect(hopelessness(plan, state, aged(cluster, 239_000, 0))).toBeUndefined();
    expect(hopelessness(plan, state, aged(cluster, 240_000, 0))).toContain('nothing was seen');
  });

  test.each(PHASES)(
    '%s in phase %s: holds for ten minutes where the API is away',
    (strategy, phase) => {
      const { cluster, plan, state } = reach(strategy, phase);
      const away = aged(cluster, 599_000, 599_000);
      expect(decide(plan, state, away).state.direction).toBe('forward');
      expect(hopelessness(plan, state, away)).toBeUndefined();
      expect(hopelessness(plan, state, aged(cluster, 600_000, 600_000))).toContain(
        'has not answered for 10m',
      );
    },
  );

  test.each([
    ['blue-green', 'monitoring'],
    ['rolling', 'monitoring'],
  ] as const)('%s: what it did not see was no watching', (strategy, phase) => {
    const { cluster, plan, state } = reach(strategy, phase);
    const dark = decide(plan, state, aged(cluster, 300_000, 300_000)).state;
    cluster.advance(300_000);
    const seen = cluster.observe([]);
    const back = decide(plan, dark, seen).state;
    expect([back.phase, back.direction]).toEqual([phase, 'forward']);
    expect(seen.at - back.since).toBeLessThan(5_000);
    expect(back.pausedMs).toBeGreaterThanOrEqual(299_000);
    expect(play(cluster, plan, { from: back }).state.outcome).toBe('promoted');
  });

  test.each(['blue-green', 'rolling'] as const)(
    '%s: takes nothing away on its way back either',
    (strategy) => {
      const { cluster, plan, state } = reach(strategy, 'monitoring');
      let back = turnedBack(plan, state, cluster);
      for (let looks = 0; looks < 200; looks += 1) {
        const seen = aged(cluster, 100_000, 0);
        const { state: next, actions } = decide(plan, back, seen);
        for (const action of actions) {
          expect(takesAway(action, seen)).toBe(false);
          cluster.act(action);
        }
        back = next;
        cluster.advance(500);
      }
      expect(back.outcome).toBeUndefined();
      expect(cluster.deployments.size).toBe(strategy === 'rolling' ? 1 : 2);
      expect(strategyOf(plan).sides(plan, cluster.observe([])).stable.length).toBeGreaterThan(0);
    },
  );
});

describe('what takes something away', () => {
  const { cluster } = reach('blue-green', 'monitoring');
  const target = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'default',
    name: `${APP}-blue`,
  };
  const scaled = (operation: 'add' | 'replace', value: unknown): Action => ({
    id: actionId(releaseId('run-1'), 'scale', 'x'),
    text: '',
    effect: {
      kind: 'patch',
      target,
      operations: [{ op: operation, path: '/spec/replicas', value }],
    },
  });
  test.each([
    [scaled('add', 0), true],
    [scaled('replace', 1), true],
    [scaled('replace', 'no number'), true],
    [scaled('add', 3), false],
    [scaled('add', 9), false],
  ])('is a workload that gets smaller (%#)', (action, expected) => {
    expect(takesAway(action, cluster.observe([]))).toBe(expected);
  });

  test.each([
    [3, false],
    [2, true],
    [0, true],
  ])('is a StatefulSet whose partition of %i is below its pods', (partition, expected) => {
    const value = { type: 'RollingUpdate', rollingUpdate: { partition } };
    const operations = [{ op: 'add', path: '/spec/updateStrategy', value }] as const;
    const effect = { kind: 'patch', target, operations } as const;
    expect(takesAway({ id: 'x', text: '', effect }, cluster.observe([]))).toBe(expected);
  });

  test('is every delete', () => {
    const effect = { kind: 'delete', target, uid: 'u' } as const;
    expect(takesAway({ id: 'x', text: '', effect }, cluster.observe([]))).toBe(true);
  });
});

describe.each(ROUTERS)('%s: a plain stable whose pods were all replaced meanwhile', (router) => {
  const PLAIN = { app: APP };
  test.each(['switching', 'confirming'])(
    'is followed on the way back in %s, though a part of the cluster cannot be seen: nobody is led to pods that are gone',
    (phase) => {
      const own = deployment(APP, 'v1', PLAIN);
      const cluster = toyCluster([own], service(PLAIN), {}, routesFor(router));
      const plan = planFor(cluster, settingsFor('canary', { ...CONFIG, traffic: { router } }));
      const { state } = play(cluster, plan, { until: 'monitoring' });
      const turned = turnedBack(plan, state, cluster);
      const back = play(cluster, plan, { from: turned, until: phase }).state;
      editDeployment(
        cluster,
        APP,
        KUBECTL,
        (spec) => deployment(APP, 'v1.1', PLAIN, spec.replicas).spec,
      );
      cluster.advance(5_000);
      let now = back;
      for (let looks = 0; looks < 40; looks += 1) {
        const { state: next, actions } = decide(plan, now, aged(cluster, 100_000, 0));
        for (const action of actions) cluster.act(action);
        now = next;
        cluster.advance(0);
      }
      const before = cluster.lost();
      cluster.advance(1_000);
      expect(cluster.lost()).toBe(before);
    },
  );
});
