/** PodDisruptionBudgets: how many pods may be taken away right now, which evictions ask for. */

import { timestamp } from '../../base/clock.ts';
import {
  deployments,
  podDisruptionBudgets,
  pods,
  replicaSets,
  statefulSets,
} from '../collection.ts';
import { matchesSelector } from '../definitions/selectors.ts';
import type { Pod, PodDisruptionBudget } from '../shapes.ts';
import type { Running, World } from '../world.ts';
import { conditionOf } from './conditions.ts';
import { controllerOf, selectorOf } from './owners.ts';
import { hasEnded, isReady } from './pods.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

type BudgetStatus = NonNullable<PodDisruptionBudget['status']>;

/** How long an evicted pod that has not gone yet counts as gone. */
const EVICTED_FOR_MS = 2 * 60_000;

export function startDisruptionController(world: World): Running {
  const queue = createWorkQueue(world.clock, (key) => {
    const { namespace, name } = splitKey(key);
    const budget = podDisruptionBudgets(world).get(namespace, name);
    if (budget) sync(world, budget);
  });
  const unwatch = [
    podDisruptionBudgets(world).watch(({ object }) => queue.add(keyOf(object))),
    pods(world).watch(({ object }) => {
      for (const budget of podDisruptionBudgets(world).list(object.metadata.namespace)) {
        if (covers(budget, object)) queue.add(keyOf(budget));
      }
    }),
  ];
  return {
    stop: () => {
      for (const stop of unwatch) stop();
      queue.stop();
    },
  };
}

function covers({ spec }: PodDisruptionBudget, { metadata }: Pod): boolean {
  return spec.selector !== undefined && matchesSelector(selectorOf(spec.selector), metadata.labels);
}

function sync(world: World, budget: PodDisruptionBudget): void {
  const covered = pods(world)
    .list(budget.metadata.namespace)
    .filter((pod) => covers(budget, pod) && !hasEnded(pod));
  const now = world.clock.now();
  const disruptedPods = stillDisrupted(budget, covered, now);
  const healthy = covered.filter(
    (pod) =>
      isReady(pod) && !pod.metadata.deletionTimestamp && !(pod.metadata.name in disruptedPods),
  );
  const { expected, desired } = wanted(world, budget, covered);
  const allowed = Math.max(0, healthy.length - desired);
  const { generation } = budget.metadata;
  const status: BudgetStatus = {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    ...(Object.keys(disruptedPods).length > 0 ? { disruptedPods } : {}),
    expectedPods: expected,
    currentHealthy: healthy.length,
    desiredHealthy: desired,
    disruptionsAllowed: allowed,
    conditions: conditionsOf(budget, allowed, now),
  };
  podDisruptionBudgets(world).updateStatus({ ...budget, status });
}

function stillDisrupted(
  { status }: PodDisruptionBudget,
  covered: readonly Pod[],
  nowMs: number,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(status?.disruptedPods ?? {}).filter(([name, since]) => {
      const pod = covered.find(({ metadata }) => metadata.name === name);
      const isGoing = pod && !pod.metadata.deletionTimestamp;
      return isGoing && Date.parse(since) + EVICTED_FOR_MS > nowMs;
    }),
  );
}

function wanted(
  world: World,
  { spec }: PodDisruptionBudget,
  covered: readonly Pod[],
): { expected: number; desired: number } {
  const { minAvailable, maxUnavailable } = spec;
  if (typeof minAvailable === 'number') return { expected: covered.length, desired: minAvailable };
  const expected = scaleOfOwners(world, covered);
  if (minAvailable !== undefined) return { expected, desired: portion(minAvailable, expected) };
  return { expected, desired: Math.max(0, expected - portion(maxUnavailable ?? 0, expected)) };
}

function portion(value: number | string, of: number): number {
  return typeof value === 'number' ? value : Math.ceil((Number.parseInt(value, 10) * of) / 100);
}

/** How many pods those should be who own the covered ones. */
function scaleOfOwners(world: World, covered: readonly Pod[]): number {
  const scales = new Map<string, number>();
  for (const pod of covered) {
    const { namespace } = pod.metadata;
    const owner = controllerOf(pod);
    const replicaSet =
      owner?.kind === 'ReplicaSet' ? replicaSets(world).get(namespace, owner.name) : undefined;
    const above = replicaSet && controllerOf(replicaSet);
    const scaled =
      (above && deployments(world).get(namespace, above.name)) ??
      replicaSet ??
      (owner?.kind === 'StatefulSet' ? statefulSets(world).get(namespace, owner.name) : undefined);
    if (scaled) scales.set(scaled.metadata.uid, scaled.spec.replicas ?? 1);
    else scales.set(pod.metadata.uid, 1);
  }
  return [...scales.values()].reduce((sum, scale) => sum + scale, 0);
}

function conditionsOf(
  { metadata, status }: PodDisruptionBudget,
  allowed: number,
  nowMs: number,
): NonNullable<BudgetStatus['conditions']> {
  const verdict =
    allowed > 0
      ? { status: 'True', reason: 'SufficientPods' }
      : { status: 'False', reason: 'InsufficientPods' };
  const current = conditionOf(status?.conditions, 'DisruptionAllowed');
  const since = current?.status === verdict.status ? current.lastTransitionTime : timestamp(nowMs);
  const { generation = 0 } = metadata;
  return [
    {
      type: 'DisruptionAllowed',
      ...verdict,
      message: '',
      lastTransitionTime: since,
      observedGeneration: generation,
    },
  ];
}
