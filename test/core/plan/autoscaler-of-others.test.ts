// An autoscaler that somebody else keeps: no tug of war, and what serves at the end is scaled.
import { describe, expect, test } from '@jest/globals';
import {
  releaseId,
  type StrategyName,
  TWO_SIDED_STRATEGIES,
} from '../../../core/base/vocabulary.ts';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import { planRelease } from '../../../core/plan/planning.ts';
import type { Autoscaler } from '../../../core/plan/two-sided/autoscaler.ts';
import { writeOther } from '../support/meddling.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { inputFor, planFor, play, settingsFor } from '../support/play.ts';
import { type ToyCluster, toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const STABLE = `${APP}-blue`;
const KEY = `HorizontalPodAutoscaler/${APP}`;
const KEDA = { kind: 'ScaledObject', name: 'pay', uid: 'u' };
const CONFIG = {
  strategy: { blueGreen: { monitoring: '20s' } },
  drain: { maxDuration: '10s' },
  preflight: { drainProbe: 'off' as const },
};

function autoscaler(owner?: typeof KEDA & { readonly controller?: boolean }): Autoscaler {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      name: APP,
      namespace: 'default',
      uid: 'uid-hpa',
      resourceVersion: '1',
      ...(owner ? { ownerReferences: [owner] } : {}),
    },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: STABLE },
      minReplicas: 1,
      maxReplicas: 10,
    },
  };
}

function clusterWith(own: Autoscaler): ToyCluster {
  return toyCluster([deployment(STABLE, 'v1', BLUE)], service(BLUE), {}, [own]);
}

function specIn(cluster: ToyCluster): Autoscaler['spec'] | undefined {
  return (cluster.others.get(KEY) as Autoscaler | undefined)?.spec; // the only one there is
}

test.each(TWO_SIDED_STRATEGIES)('%s: one that has a controller is refused, by name', (strategy) => {
  const cluster = clusterWith(autoscaler({ ...KEDA, controller: true }));
  const input = inputFor(cluster, settingsFor(strategy, CONFIG), 'pods', 'v2', releaseId('r'));
  const planned = planRelease(input);
  if (planned.kind !== 'refused') throw new Error(planned.kind);
  expect(planned.why).toContain(`autoscaler ${APP} is kept by ScaledObject pay`);
  expect(planned.why).toContain('strategy rolling');
});

test('one that only belongs to something is moved as any other', () => {
  const cluster = clusterWith(autoscaler(KEDA));
  const { state } = play(cluster, planFor(cluster, settingsFor('blue-green', CONFIG)));
  expect(state.outcome).toBe('promoted');
  expect(specIn(cluster)?.scaleTargetRef.name).toBe(`${APP}-green`);
});

test.each([0, 1_000, 3_000])('one that is put back after %i ms: bounded, then back', (afterMs) => {
  const own = autoscaler();
  const cluster = clusterWith(own);
  let writes = 0;
  let due: number | undefined;
  const { state } = play(cluster, planFor(cluster, settingsFor('blue-green', CONFIG)), {
    meddle: (now) => {
      const differs = JSON.stringify(specIn(cluster)) !== JSON.stringify(own.spec);
      if (differs) due ??= cluster.nowMs() + afterMs;
      if (due !== undefined && cluster.nowMs() >= due) {
        writeOther(cluster, own, { manager: 'keda-operator' });
        due = undefined;
        writes += 1;
      }
      return now;
    },
  });
  expect(state.outcome).toBe('rolled-back');
  expect(state.cause).toContain(`keda-operator keeps on putting autoscaler ${APP} back`);
  expect(writes).toBeLessThanOrEqual(14);
  expect(specIn(cluster)).toEqual(own.spec);
  expect(cluster.services.get(APP)?.spec.selector).toEqual(BLUE);
  expect(cluster.lost()).toBe(0);
});

test('one that is put back once is written again, and told', () => {
  const own = autoscaler();
  const cluster = clusterWith(own);
  let done = false;
  const { state } = play(cluster, planFor(cluster, settingsFor('blue-green', CONFIG)), {
    meddle: (now) => {
      if (!done && now.phase === 'monitoring' && cluster.nowMs() - now.since > 3_000) {
        writeOther(cluster, own, { manager: 'kubectl-edit' });
        done = true;
      }
      return now;
    },
  });
  expect(state.outcome).toBe('promoted');
  expect(state.evidence.interferences).toMatchObject([
    { by: 'kubectl-edit', response: 'repaired' },
  ]);
  expect(specIn(cluster)?.scaleTargetRef.name).toBe(`${APP}-green`);
});

describe('an autoscaler that knows the Deployment by its name', () => {
  const named = (kind: string, apiVersion: string, spec: object) => ({
    apiVersion,
    kind,
    metadata: { name: 'pay', namespace: 'default', uid: 'uid-pay', resourceVersion: '1' },
    spec,
  });
  const keda = (spec: object) => named('ScaledObject', 'keda.sh/v1alpha1', spec);
  const vpa = (mode?: string, kind = 'Deployment') =>
    named('VerticalPodAutoscaler', 'autoscaling.k8s.io/v1', {
      targetRef: { kind, name: STABLE },
      ...(mode ? { updatePolicy: { updateMode: mode } } : {}),
    });
  const plannedWith = (other: KubernetesObject, strategy: StrategyName = 'canary') => {
    const own = [deployment(STABLE, 'v1', BLUE)];
    const cluster = toyCluster(own, service(BLUE), {}, [other]);
    return planRelease(inputFor(cluster, settingsFor(strategy, {}), 'pods', 'v2', releaseId('r')));
  };

  test.each([
    ['a paused ScaledObject, whose HPA is away', keda({ scaleTargetRef: { name: STABLE } })],
    [
      'a ScaledObject that names the kind',
      keda({ scaleTargetRef: { kind: 'Deployment', name: STABLE } }),
    ],
    ['a VPA that says no mode', vpa()],
    ['a VPA that sets requests as pods begin', vpa('Initial')],
    ['a VPA that resizes in place', vpa('InPlaceOrRecreate')],
  ])('%s would be left behind: refused, with its name and the way out', (_, other) => {
    const planned = plannedWith(other);
    if (planned.kind !== 'refused') throw new Error(planned.kind);
    expect(planned.why).toContain(`deployment ${STABLE} is scaled by ${other.kind} pay`);
    expect(planned.why).toContain('strategy rolling');
  });

  test.each([
    ['of another Deployment', keda({ scaleTargetRef: { name: 'other' } }), 'canary'],
    ['of a StatefulSet of that name', vpa(undefined, 'StatefulSet'), 'canary'],
    ['that only says what it would do', vpa('Off'), 'canary'],
    ['whose Deployment stays', vpa('Recreate'), 'rolling'],
    ['that says nothing', keda({}), 'blue-green'],
  ] as const)('one %s keeps nobody from a release', (_, other, strategy) => {
    expect(plannedWith(other, strategy)).toMatchObject({ kind: 'planned' });
  });
});
