// An autoscaler beside a release with two sides: it must not take pods from a side that is still
// needed, must scale the side that serves, and is its owner's again at the end.
import { describe, expect, test } from '@jest/globals';
import { TWO_SIDED_STRATEGIES, type TwoSidedStrategy } from '../../../../core/base/vocabulary.ts';
import type { ReleaseConfig } from '../../../../core/config/schema.ts';
import type { Autoscaler } from '../../../../core/plan/two-sided/autoscaler.ts';
import type { ReleaseState } from '../../../../core/state/state.ts';
import { APP, deployment, service } from '../../support/objects.ts';
import { type PlayOptions, planFor, play, settingsFor, turnedBack } from '../../support/play.ts';
import { type ToyCluster, toyCluster } from '../../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const STABLE = `${APP}-blue`;
const CANDIDATE = `${APP}-green`;
const NAME = `HorizontalPodAutoscaler/${APP}`;

const STEPS = [
  { weight: 10, duration: '5s' },
  { weight: 50, duration: '5s' },
];
const CONFIG = {
  strategy: { blueGreen: { monitoring: '10s' }, canary: { steps: STEPS, monitoring: '10s' } },
  drain: { maxDuration: '20s' },
  preflight: { drainProbe: 'off' as const },
};

function autoscaler(minReplicas: number | undefined, maxReplicas = 10): Autoscaler {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: APP, namespace: 'default', uid: 'uid-hpa', resourceVersion: '1' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: STABLE },
      ...(minReplicas === undefined ? {} : { minReplicas }),
      maxReplicas,
    },
  };
}

function clusterWith(own: Autoscaler, replicas = 4): ToyCluster {
  return toyCluster([deployment(STABLE, 'v1', BLUE, replicas)], service(BLUE), {}, [own]);
}

function specOf(cluster: ToyCluster): Autoscaler['spec'] {
  const found = cluster.others.get(NAME) as Autoscaler | undefined; // the only one there is
  if (!found) throw new Error('the autoscaler is gone');
  return found.spec;
}

function replicasOf(cluster: ToyCluster, name: string): number {
  return cluster.deployments.get(name)?.spec.replicas ?? 0;
}

/** What an autoscaler does when the load asks for so many pods: within its bounds, and to its target only. */
function autoscale(cluster: ToyCluster, wanted: number): void {
  const { scaleTargetRef, minReplicas = 1, maxReplicas } = specOf(cluster);
  const target = cluster.deployments.get(scaleTargetRef.name);
  if (!target || target.spec.replicas === 0) return; // at zero, autoscaling is off
  const replicas = Math.min(maxReplicas, Math.max(minReplicas, wanted));
  if (replicas === target.spec.replicas) return;
  const metadata = { ...target.metadata, resourceVersion: `hpa-${cluster.nowMs()}` };
  const spec = { ...target.spec, replicas };
  cluster.deployments.set(target.metadata.name, { ...target, metadata, spec });
  cluster.advance(0);
}

interface Seen {
  readonly phase: string;
  readonly step: number;
  readonly direction: string;
  readonly target: string;
  readonly min: number | undefined;
  readonly stable: number;
  readonly candidate: number;
}

/** Plays a release while the load asks for so many pods, and writes down what each look finds. */
function playUnder(
  cluster: ToyCluster,
  strategy: TwoSidedStrategy,
  load: (state: ReleaseState) => number,
  turnIn?: { readonly phase: string; readonly step: number },
  config: Partial<ReleaseConfig> = {},
) {
  const plan = planFor(cluster, settingsFor(strategy, { ...CONFIG, ...config }));
  const looks: Seen[] = [];
  let turned = false;
  const options: PlayOptions = {
    meddle: (state, toy) => {
      autoscale(toy, load(state));
      if (state.strategy === 'rolling') throw new Error('this release has two sides');
      const { scaleTargetRef, minReplicas: min } = specOf(toy);
      const { phase, step, direction } = state;
      const sizes = { stable: replicasOf(toy, STABLE), candidate: replicasOf(toy, CANDIDATE) };
      looks.push({ phase, step, direction, target: scaleTargetRef.name, min, ...sizes });
      if (turned || phase !== turnIn?.phase || step !== turnIn.step) return state;
      turned = true;
      return turnedBack(plan, state, toy);
    },
  };
  return { ...play(cluster, plan, options), looks };
}

const quiet = (): number => 1;

describe('a release beside an autoscaler', () => {
  test.each(TWO_SIDED_STRATEGIES)(
    '%s raises the floor before it does anything else',
    (strategy) => {
      const { transcript } = playUnder(clusterWith(autoscaler(2)), strategy, () => 4);
      const [first] = transcript.split('\n').filter((line) => line.includes('s    '));
      expect(first).toContain(`let autoscaler ${APP} scale ${STABLE}, at least 4 pods`);
    },
  );

  test.each(TWO_SIDED_STRATEGIES)(
    '%s keeps the size from the beginning although the load falls',
    (strategy) => {
      const cluster = clusterWith(autoscaler(2));
      // The load falls as soon as the floor is there.
      const { state, looks } = playUnder(cluster, strategy, () =>
        specOf(cluster).minReplicas === 2 ? 4 : 1,
      );
      expect(state.outcome).toBe('promoted');
      const serving = looks.filter(({ phase }) => !['retiring', 'tidying'].includes(phase));
      expect(Math.min(...serving.map(({ stable }) => stable))).toBe(4);
      expect(specOf(cluster)).toEqual({
        ...autoscaler(2).spec,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: CANDIDATE },
      });
      expect(cluster.lost()).toBe(0);
    },
  );

  test('the candidate grows with the stable before the next weight is written', () => {
    const cluster = clusterWith(autoscaler(2));
    const { state, looks, transcript } = playUnder(cluster, 'canary', ({ phase, ...rest }) =>
      phase === 'routing' || ('step' in rest && rest.step === 0) ? 4 : 8,
    );
    expect(state.outcome).toBe('promoted');
    const at = (step: number): Seen | undefined =>
      looks.find((look) => look.step === step && look.phase === 'switching');
    expect(at(1)).toMatchObject({ stable: 8, candidate: 8 });
    expect(at(2)).toMatchObject({ stable: 8, candidate: 8 });
    const lines = transcript.split('\n');
    const grown = lines.findIndex((line) => line.includes(`scale deployment ${CANDIDATE} to 8`));
    expect(grown).toBeGreaterThan(0);
    expect(lines.findIndex((line) => line.includes('to the candidate'))).toBeGreaterThan(grown);
    expect(replicasOf(cluster, CANDIDATE)).toBe(8);
    expect(cluster.lost()).toBe(0);
  });

  test.each(TWO_SIDED_STRATEGIES)('%s: scales the stable until the last step', (strategy) => {
    const { looks } = playUnder(clusterWith(autoscaler(2)), strategy, () => 4);
    const last = strategy === 'blue-green' ? 0 : 2;
    const moved = looks.filter(({ target }) => target === CANDIDATE);
    expect(moved[0]).toMatchObject({ phase: 'monitoring', step: last });
    const earlier = looks.slice(
      0,
      looks.findIndex(({ target }) => target === CANDIDATE),
    );
    expect(earlier.map(({ step }) => step)).toContain(last);
    expect(new Set(earlier.map(({ target }) => target))).toEqual(new Set([STABLE]));
  });

  const unlucky = TWO_SIDED_STRATEGIES.flatMap((strategy) =>
    (['off', 'report'] as const).flatMap((drainProbe) =>
      (['testing', 'switching'] as const).map((phase) => [strategy, phase, drainProbe] as const),
    ),
  );

  test.each(unlucky)(
    '%s is not lost because the load rises in phase %s (drain probe: %s): the candidate grows first',
    (strategy, phase, drainProbe) => {
      const cluster = clusterWith(autoscaler(2));
      let risen = false;
      const load = (state: ReleaseState): number => {
        risen ||= state.phase === phase;
        return risen ? 8 : 4;
      };
      const preflight = { drainProbe };
      const { state, looks } = playUnder(cluster, strategy, load, undefined, { preflight });
      expect(state.cause ?? state.outcome).toBe('promoted');
      const moved = looks.find(({ target }) => target === CANDIDATE);
      expect(moved).toMatchObject({ stable: 8, candidate: 8 });
      expect(cluster.lost()).toBe(0);
    },
  );

  test.each([undefined, 2])('with a minimum of %s has that again at the end', (own) => {
    const cluster = clusterWith(autoscaler(own));
    expect(playUnder(cluster, 'blue-green', () => 4).state.outcome).toBe('promoted');
    const { minReplicas } = specOf(cluster);
    expect(minReplicas).toBe(own);
  });

  test.each(TWO_SIDED_STRATEGIES)(
    '%s: that may have fewer pods than the floor is left at its own most',
    (strategy) => {
      const cluster = clusterWith(autoscaler(2, 3));
      const { state, looks } = playUnder(cluster, strategy, () => 3);
      expect(state).toMatchObject({ outcome: 'promoted' });
      expect(new Set(looks.map(({ min }) => min))).toEqual(new Set([2, 3]));
      expect(specOf(cluster)).toMatchObject({ minReplicas: 2, maxReplicas: 3 });
    },
  );
});

describe('turning back', () => {
  const places = TWO_SIDED_STRATEGIES.flatMap((strategy) => {
    const last = strategy === 'blue-green' ? 0 : 2;
    return [
      [strategy, 'preparing', 0],
      [strategy, 'testing', 0],
      [strategy, 'confirming', last],
      [strategy, 'monitoring', last],
      [strategy, 'holding', last],
    ] as const;
  });

  test.each(places)('%s in phase %s of step %i leaves it as it was', (strategy, phase, step) => {
    const own = autoscaler(2);
    const cluster = clusterWith(own);
    const before = cluster.snapshot();
    const { state } = playUnder(cluster, strategy, () => 4, { phase, step });
    expect(state).toMatchObject({ outcome: 'rolled-back', cause: 'somebody said stop' });
    expect(cluster.snapshot()).toEqual(before);
    expect(cluster.lost()).toBe(0);
  });

  test('moves it back before the traffic, and to no fewer pods than the load took', () => {
    const cluster = clusterWith(autoscaler(2));
    const load = ({ phase, direction }: ReleaseState): number =>
      direction === 'back' || phase === 'holding' ? 7 : 4;
    const { state, looks } = playUnder(cluster, 'canary', load, { phase: 'holding', step: 2 });
    expect(state.outcome).toBe('rolled-back');
    const back = looks.filter(({ direction }) => direction === 'back');
    const switched = back.filter(({ phase }) => phase === 'switching');
    expect(switched.map(({ target }) => target)).toContain(STABLE);
    expect(switched.every(({ target, stable }) => target === STABLE && stable >= 7)).toBe(true);
    expect(specOf(cluster)).toEqual(autoscaler(2).spec);
    expect(cluster.lost()).toBe(0);
  });

  test('does not ask for more pods than the autoscaler lets the stable have', () => {
    const cluster = clusterWith(autoscaler(2, 3));
    const { state } = playUnder(cluster, 'canary', () => 3, { phase: 'monitoring', step: 1 });
    expect(state).toMatchObject({ outcome: 'rolled-back', cause: 'somebody said stop' });
    expect(replicasOf(cluster, STABLE)).toBe(3);
  });

  test('when the load has fallen, keeps the floor until it is done', () => {
    const cluster = clusterWith(autoscaler(2));
    const load = ({ phase }: ReleaseState): number => (phase === 'routing' ? 4 : quiet());
    const { looks } = playUnder(cluster, 'canary', load, { phase: 'monitoring', step: 2 });
    const back = looks.filter(
      ({ direction, phase }) => direction === 'back' && phase !== 'tidying',
    );
    expect(back.length).toBeGreaterThan(0);
    expect(Math.min(...back.map(({ stable }) => stable))).toBe(4);
  });
});
