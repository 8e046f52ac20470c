// Which pods are of which side of a release: by who controls them. What only looks like one of them
// is on neither side, so that it is never waited for, judged, counted or ended.
import { describe, expect, test } from '@jest/globals';
import type { StrategyName } from '../../../core/base/vocabulary.ts';
import type { Pod } from '../../../core/kubernetes/objects.ts';
import type { Deployment, ReplicaSet } from '../../../core/kubernetes/workload-objects.ts';
import { sidesOfOne, sidesOfTwo } from '../../../core/plan/own-pods.ts';
import type { RollingPlan, TwoSidedPlan } from '../../../core/plan/plan.ts';
import {
  APP,
  deployment,
  ownedBy,
  pod,
  REPOSITORY,
  replicaSet,
  service,
  template,
} from '../support/objects.ts';
import { planFor, settingsFor } from '../support/play.ts';
import { toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const V1 = `${REPOSITORY}:v1`;
const V2 = `${REPOSITORY}:v2`;
const STABLE = deployment(`${APP}-blue`, 'v1', BLUE);

function planOf(strategy: StrategyName) {
  return planFor(toyCluster([STABLE], service(BLUE)), settingsFor(strategy));
}

function seen(pods: readonly Pod[], replicaSets: readonly ReplicaSet[], deployments = [STABLE]) {
  const named = deployments.map((each): [string, Deployment] => [each.metadata.name, each]);
  return { pods, replicaSets, deployments: new Map(named), others: new Map() };
}

function names(pods: readonly Pod[]): string[] {
  return pods.map(({ metadata }) => metadata.name);
}

describe('rolling', () => {
  const plan = planOf('rolling') as RollingPlan;
  const old = replicaSet(STABLE, `${APP}-blue-v1`);
  const anew = replicaSet(STABLE, 'v2', template('v2', BLUE));
  const sides = (pods: readonly Pod[], sets = [old, anew]) => {
    const { stable, candidate } = sidesOfOne(plan, seen(pods, sets));
    return { stable: names(stable), candidate: names(candidate) };
  };

  test('images that an admission webhook rewrote in the pods make no difference', () => {
    const rewritten = (name: string) => pod(name, BLUE, 'mirror.example/pay@sha256:12');
    const pods = [ownedBy(rewritten('a'), old), ownedBy(rewritten('b'), anew)];
    expect(sides(pods)).toEqual({ stable: ['a'], candidate: ['b'] });
  });

  test('nor where one rewrote them in the Deployment: a revision that is new is the candidate', () => {
    const mirrored = template('v2', BLUE);
    for (const container of mirrored.spec.containers) container.image = 'mirror.example/pay:v2';
    const set = replicaSet(STABLE, 'mirrored', mirrored);
    expect(sides([ownedBy(pod('b', BLUE, V2), set)], [old, set])).toEqual({
      stable: [],
      candidate: ['b'],
    });
  });

  test("pods of an older revision than the last are the stable's", () => {
    const older = replicaSet(STABLE, 'older', {
      ...template('v1', BLUE),
      metadata: { labels: BLUE, annotations: { restartedAt: 'yesterday' } },
    });
    expect(sides([ownedBy(pod('a', BLUE, V1), older)], [older, old])).toMatchObject({
      stable: ['a'],
    });
  });

  test.each<[string, Pod]>([
    ['a worker with the same labels and the new image', pod('worker', BLUE, V2)],
    ['a pod of a Job', ownedBy(pod('job', BLUE, V2), { ...STABLE, kind: 'Job' })],
    [
      'a pod of another Deployment',
      ownedBy(pod('other', BLUE, V1), replicaSet(deployment('other', 'v1', BLUE), 'x')),
    ],
    ['an evicted pod', evicted(ownedBy(pod('evicted', BLUE, V2), anew))],
  ])('%s is on neither side', (_, each) => {
    expect(sides([each])).toEqual({ stable: [], candidate: [] });
  });
});

describe('two-sided', () => {
  const plan = planOf('blue-green') as TwoSidedPlan;
  const green = { ...deployment(`${APP}-green`, 'v2', { app: APP, version: 'green' }) };
  const sets = [replicaSet(STABLE, 'a'), replicaSet(green, 'b')];
  const sides = (pods: readonly Pod[]) => {
    const { stable, candidate } = sidesOfTwo(plan, seen(pods, sets, [STABLE, green]));
    return { stable: names(stable), candidate: names(candidate) };
  };

  test('each side has the pods of its Deployment', () => {
    const [a, b] = sets.map((set) => ownedBy(pod(set.metadata.name, BLUE, V1), set));
    expect(sides(a && b ? [a, b] : [])).toEqual({
      stable: [`${APP}-blue-a`],
      candidate: [`${APP}-green-b`],
    });
  });

  test.each<[string, Pod]>([
    ["a stranger in the stable's colour", pod('stranger', BLUE, V1)],
    ['a completed pod', completed(pod('done', BLUE, V1))],
  ])('%s is on neither side', (_, each) => {
    expect(sides([each])).toEqual({ stable: [], candidate: [] });
  });
});

function evicted(each: Pod): Pod {
  return { ...each, status: { ...each.status, phase: 'Failed', reason: 'Evicted' } };
}

function completed(each: Pod): Pod {
  const done = { ...each, status: { ...each.status, phase: 'Succeeded' } };
  return ownedBy(done, replicaSet(STABLE, 'a'));
}
