// rolling of a StatefulSet, played in the ideal cluster, and in one whose new pods are never ready.
import { describe, expect, test } from '@jest/globals';
import { because, instant, releaseId, type StrategyName } from '../../../core/base/vocabulary.ts';
import type { Observation } from '../../../core/cluster/observation.ts';
import { findSubject } from '../../../core/cluster/subject.ts';
import {
  acted,
  advanced,
  type IdealCluster,
  idealCluster,
  measured,
} from '../../../core/forecast/ideal-cluster.ts';
import { observed } from '../../../core/forecast/ideal-view.ts';
import type { KubernetesObject, Pod } from '../../../core/kubernetes/objects.ts';
import type { StatefulSet } from '../../../core/kubernetes/workload-objects.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { planRelease } from '../../../core/plan/planning.ts';
import type { ReleaseState } from '../../../core/state/state.ts';
import { strategyOf } from '../../../core/strategies/registry.ts';
import { toEnd } from '../../../core/strategies/rolling/stateful-set/actions.ts';
import { APP, ownedBy, pod, REPOSITORY, service, template } from '../support/objects.ts';
import { settingsFor } from '../support/play.ts';

const LABELS = { app: APP };
const V1 = `${REPOSITORY}:v1`;
const AT = instant(Date.UTC(2026, 0, 1));

function statefulSet(updateStrategy: StatefulSet['spec']['updateStrategy']): StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: {
      name: 'ledger',
      namespace: 'default',
      uid: 'u',
      resourceVersion: '1',
      generation: 1,
    },
    spec: {
      replicas: 3,
      selector: { matchLabels: LABELS },
      template: template('v1', LABELS),
      ...(updateStrategy ? { updateStrategy } : {}),
    },
    status: {
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
    },
  };
}

const PLAIN = { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } as const;

function planned(set: StatefulSet, strategy: StrategyName = 'rolling') {
  const settings = settingsFor(strategy, { strategy: { rolling: { monitoring: '5s' } } });
  const found = findSubject(APP, 'default', service(LABELS), [], settings.workload, [set]);
  if (found.kind === 'not-found') throw new Error(found.why);
  return planRelease({
    release: releaseId('run-1'),
    at: AT,
    settings,
    subject: found.subject,
    image: { reference: `${REPOSITORY}:v2`, tag: 'v2', digest: undefined },
    metrics: { kind: 'none', why: 'nobody asked' },
    pods: podsOf(set),
    others: new Map(),
    deployments: [],
    previewService: undefined,
  });
}

function podsOf(set: StatefulSet): Pod[] {
  const labels = { ...LABELS, 'controller-revision-hash': 'ledger-7d4f' };
  return [0, 1, 2].map((ordinal) => ownedBy(pod(`ledger-${ordinal}`, labels, V1), set));
}

function planOf(set: StatefulSet): Plan {
  const result = planned(set);
  if (result.kind !== 'planned') throw new Error(result.why);
  return result.plan;
}

function clusterOf(set: StatefulSet): IdealCluster {
  const pods = podsOf(set);
  const others = new Map<string, KubernetesObject>([['StatefulSet/ledger', set]]);
  const nothing = { deployments: new Map(), readings: new Map(), reports: new Map(), events: [] };
  const endpoints = {
    measured: new Map(),
    slices: [],
    replicaSets: [],
    previewSlices: [],
    called: new Set<string>(),
  };
  const seen = { ...nothing, ...endpoints, at: AT, pods, others, service: service(LABELS) };
  return idealCluster({ ...seen, previewService: undefined }, 2_000);
}

interface Play {
  /** What is seen otherwise than it is. */
  readonly distort?: (seen: Observation) => Observation;
  /** Turns back when this is so. */
  readonly turnWhen?: (state: ReleaseState, seen: Observation) => boolean;
}

function play(set: StatefulSet, { distort = (seen) => seen, turnWhen }: Play = {}) {
  const plan = planOf(set);
  const strategy = strategyOf(plan);
  let cluster = clusterOf(set);
  let state = strategy.begin(plan, AT);
  const actions: string[] = [];
  const missing: number[] = [];
  for (let look = 0; look < 2_000 && state.outcome === undefined; look += 1) {
    const seen = distort(observed(cluster, plan));
    missing.push(3 - seen.pods.filter(isReady).length);
    if (turnWhen?.(state, seen))
      state = strategy.turnBack(state, seen.at, because('aborted', 'somebody said stop'));
    if (state.phase === 'holding') state = strategy.conclude(state, seen.at);
    const next = strategy.next(plan, state, seen);
    state = next.state;
    for (const action of next.actions) {
      actions.push(action.text);
      cluster = acted(cluster, action);
    }
    cluster = advanced(measured(cluster, strategy.needs(plan, state, seen)), 500);
  }
  const { spec } = cluster.objects.get('StatefulSet/ledger') as StatefulSet;
  const images = cluster.pods.map(({ template: made }) => made.spec.containers[0]?.image);
  return { state, actions, spec, images, mostMissing: Math.max(...missing) };
}

function isReady({ status }: Pod): boolean {
  return (
    status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false
  );
}

describe('rolling a StatefulSet', () => {
  test('replaces one pod after the other, from the last one down', () => {
    const { state, actions, images, mostMissing } = play(statefulSet(PLAIN));
    expect(actions).toEqual([
      'give StatefulSet ledger payment-service:v2, for no pod yet',
      'let StatefulSet ledger replace ledger-2',
      'let StatefulSet ledger replace ledger-1',
      'let StatefulSet ledger replace ledger-0',
    ]);
    expect(state.outcome).toBe('promoted');
    expect(new Set(images)).toEqual(new Set([`${REPOSITORY}:v2`]));
    expect(mostMissing).toBe(1);
  });

  test.each([[undefined], [PLAIN], [{ type: 'OnDelete' } as const]])(
    'leaves the update strategy as it was: %j',
    (updateStrategy) => {
      const { spec } = play(statefulSet(updateStrategy));
      expect(spec.updateStrategy).toEqual(updateStrategy ?? PLAIN);
    },
  );

  test.each(['rolling', 'monitoring', 'holding'])('turned back in %s, it is as it was', (phase) => {
    const before = statefulSet(PLAIN);
    const begun = (seen: Observation) => seen.pods.some((each) => !isReady(each));
    const turnWhen = (state: ReleaseState, seen: Observation): boolean =>
      state.phase === phase && (phase !== 'rolling' || begun(seen));
    const { state, spec, images, mostMissing } = play(before, { turnWhen });
    expect(state).toMatchObject({ outcome: 'rolled-back', cause: 'somebody said stop' });
    expect(spec).toEqual(before.spec);
    expect(new Set(images)).toEqual(new Set([V1]));
    expect(mostMissing).toBe(1);
  });

  describe('turned back while its first pod is replaced', () => {
    const firstIsMissing = (seen: Observation): boolean =>
      !seen.pods.some((each) => each.metadata.name === 'ledger-0' && isReady(each));
    const turnWhen = (_: ReleaseState, seen: Observation): boolean => firstIsMissing(seen);

    test('it waits for that pod before it ends another', () => {
      const before = statefulSet(PLAIN);
      const { state, actions, spec, images, mostMissing } = play(before, { turnWhen });
      expect(mostMissing).toBe(1);
      expect(actions.slice(-4)).toEqual([
        'give StatefulSet ledger payment-service:v1 back',
        'end pod ledger-2',
        'end pod ledger-1',
        'give StatefulSet ledger its own update strategy back',
      ]);
      expect(state.outcome).toBe('rolled-back');
      expect(spec).toEqual(before.spec);
      expect(new Set(images)).toEqual(new Set([V1]));
    });

    test('each pod that it ends has a time of its own, however late the last one was seen to be ready', () => {
      const { limits } = settingsFor('rolling');
      let turnedAt: number | undefined;
      const distort = (seen: Observation): Observation => {
        if (firstIsMissing(seen)) turnedAt ??= seen.at;
        const isLate = seen.at - (turnedAt ?? seen.at) < limits.readyMs - 1_000;
        return isLate ? { ...seen, reports: new Map() } : seen;
      };
      const { state } = play(statefulSet(PLAIN), { turnWhen, distort });
      expect(state).toMatchObject({ outcome: 'rolled-back', cause: 'somebody said stop' });
    });

    test('it ends none by what was seen before the last one was ended', () => {
      const distort = (seen: Observation) => ({ ...seen, reports: new Map() });
      const { state, actions } = play(statefulSet(PLAIN), { turnWhen, distort });
      expect(actions.filter((text) => text.startsWith('end pod'))).toEqual([]);
      expect(state.outcome).toBe('failed');
    });
  });

  test('a pod that is never ready is ended, so that the controller does not wait for it', () => {
    const broken = (each: Pod): Pod => {
      if (each.spec.containers[0]?.image === V1 || !each.status) return each;
      const conditions = [{ type: 'Ready', status: 'False' as const }];
      const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 10s' };
      const containerStatuses = [{ name: APP, ready: false, restartCount: 1, state: { waiting } }];
      return { ...each, status: { ...each.status, conditions, containerStatuses } };
    };
    const before = statefulSet(PLAIN);
    const distort = (seen: Observation) => ({ ...seen, pods: seen.pods.map(broken) });
    const { state, actions, spec, images } = play(before, { distort });
    expect(state.outcome).toBe('rolled-back');
    expect(state.cause).toMatch(/^ledger-2 cannot start: CrashLoopBackOff/);
    expect(actions).toContain('end pod ledger-2, which is not ready');
    expect(actions).not.toContain('let StatefulSet ledger replace ledger-1');
    expect(spec).toEqual(before.spec);
    expect(new Set(images)).toEqual(new Set([V1]));
  });
});

test('a pod is ended as it was seen: one that has become ready since is left', () => {
  const set = statefulSet(PLAIN);
  const [seen] = podsOf(set);
  if (!seen) throw new Error('there is no pod');
  const metadata = { ...seen.metadata, uid: 'uid-0', resourceVersion: '7' };
  const plan = planOf(set);
  if (plan.strategy !== 'rolling') throw new Error('a StatefulSet is rolled');
  expect(toEnd(plan, { ...seen, metadata }).effect).toMatchObject({
    kind: 'delete',
    uid: 'uid-0',
    resourceVersion: '7',
  });
});

describe('a StatefulSet that cannot be released', () => {
  test.each(['blue-green', 'canary', 'blue-green-with-canary'] as const)('by %s', (strategy) => {
    expect(planned(statefulSet(PLAIN), strategy)).toEqual({
      kind: 'refused',
      why: `service payment-service is served by StatefulSet ledger, and strategy ${strategy} needs a Deployment: pods with names and volumes of their own cannot run twice; strategy rolling replaces them one by one`,
    });
  });

  test('because somebody else is in the middle of an update', () => {
    const halfway = statefulSet({ type: 'RollingUpdate', rollingUpdate: { partition: 2 } });
    expect(planned(halfway)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('has a partition of its own (2)'),
    });
  });
});
