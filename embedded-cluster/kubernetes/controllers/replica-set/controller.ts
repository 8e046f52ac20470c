/** ReplicaSets: keeps as many pods of one template as there should be. */

import { timestamp } from '../../../base/clock.ts';
import { pods, replicaSets } from '../../collection.ts';
import { ApiFailure } from '../../definitions/failure.ts';
import type { Pod, ReplicaSet } from '../../shapes.ts';
import type { Running, World } from '../../world.ts';
import { withCondition, withoutCondition } from '../conditions.ts';
import { createEventRecorder, type RecordEvent } from '../events.ts';
import { claim, controllerOf } from '../owners.ts';
import { availableAtMs, createPodOf, isActive, isReady, isTerminating } from '../pods.ts';
import { createWorkQueue, keyOf, splitKey } from '../work-queue.ts';
import { podsToDelete } from './ranking.ts';

type ReplicaSetStatus = NonNullable<ReplicaSet['status']>;

export function startReplicaSetController(world: World): Running {
  const record = createEventRecorder(world, { component: 'replicaset-controller' });
  const queue = createWorkQueue(world.clock, (key) => {
    const { namespace, name } = splitKey(key);
    const replicaSet = replicaSets(world).get(namespace, name);
    if (!replicaSet) return;
    const availableAt = sync(world, record, replicaSet);
    if (availableAt !== undefined) queue.addAfter(key, availableAt - world.clock.now());
  });
  const addController = (pod: Pod): void => {
    const owner = controllerOf(pod);
    const { namespace = '' } = pod.metadata;
    if (owner?.kind === 'ReplicaSet') queue.add(`${namespace}/${owner.name}`);
    else if (!owner) for (const one of replicaSets(world).list(namespace)) queue.add(keyOf(one));
  };
  const unwatch = [
    replicaSets(world).watch(({ object }) => queue.add(keyOf(object))),
    pods(world).watch(({ object, previous }) => {
      addController(object);
      if (previous && controllerOf(previous)?.uid !== controllerOf(object)?.uid) {
        addController(previous);
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

/** Returns when the next ready pod becomes an available one. */
function sync(world: World, record: RecordEvent, replicaSet: ReplicaSet): number | undefined {
  const owned = claim(pods(world), replicaSet, replicaSet.spec.selector);
  const active = owned.filter(isActive);
  const failure = replicaSet.metadata.deletionTimestamp
    ? undefined
    : managePods(world, record, replicaSet, active);
  const status = statusOf(world, replicaSet, owned, failure);
  replicaSets(world).updateStatus({ ...replicaSet, status });
  if (failure) throw failure;
  const now = world.clock.now();
  const ahead = active
    .map((pod) => availableAtMs(pod, replicaSet.spec.minReadySeconds ?? 0) ?? 0)
    .filter((atMs) => atMs > now);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}

/** Makes or deletes what the number of pods differs by; returns why that did not work. */
function managePods(
  world: World,
  record: RecordEvent,
  replicaSet: ReplicaSet,
  active: readonly Pod[],
): ApiFailure | undefined {
  const missing = (replicaSet.spec.replicas ?? 1) - active.length;
  try {
    if (missing > 0) create(world, record, replicaSet, missing);
    if (missing < 0) remove(world, record, replicaSet, active, -missing);
    return undefined;
  } catch (failure) {
    if (!(failure instanceof ApiFailure)) throw failure;
    return failure;
  }
}

function create(world: World, record: RecordEvent, replicaSet: ReplicaSet, count: number): void {
  for (let made = 0; made < count; made++) {
    try {
      const pod = createPodOf(world, replicaSet, replicaSet.spec.template ?? {});
      record(replicaSet, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (failure) {
      if (failure instanceof ApiFailure) {
        record(replicaSet, 'Warning', 'FailedCreate', `Error creating: ${failure.message}`);
      }
      throw failure;
    }
  }
}

function remove(
  world: World,
  record: RecordEvent,
  replicaSet: ReplicaSet,
  active: readonly Pod[],
  count: number,
): void {
  const related = relatives(world, replicaSet);
  for (const { metadata } of podsToDelete(active, related, count, world.clock.now())) {
    pods(world).delete(metadata.namespace, metadata.name);
    record(replicaSet, 'Normal', 'SuccessfulDelete', `Deleted pod: ${metadata.name}`);
  }
}

/** The pods of all ReplicaSets that have the same controller as this one. */
function relatives(world: World, replicaSet: ReplicaSet): Pod[] {
  const { namespace } = replicaSet.metadata;
  const owner = controllerOf(replicaSet)?.uid;
  const siblings = replicaSets(world)
    .list(namespace)
    .filter((one) => owner !== undefined && controllerOf(one)?.uid === owner);
  const uids = new Set([replicaSet, ...siblings].map(({ metadata }) => metadata.uid));
  return pods(world)
    .list(namespace)
    .filter((pod) => uids.has(controllerOf(pod)?.uid ?? ''));
}

function statusOf(
  { clock }: World,
  replicaSet: ReplicaSet,
  owned: readonly Pod[],
  failure: ApiFailure | undefined,
): ReplicaSetStatus {
  const active = owned.filter(isActive);
  const template = Object.entries(replicaSet.spec.template?.metadata?.labels ?? {});
  const minReadySeconds = replicaSet.spec.minReadySeconds ?? 0;
  const count = (matches: (pod: Pod) => boolean): number => active.filter(matches).length;
  const labelled = count(({ metadata }) =>
    template.every(([name, value]) => metadata.labels?.[name] === value),
  );
  const ready = count(isReady);
  const available = count((pod) => {
    const atMs = availableAtMs(pod, minReadySeconds);
    return atMs !== undefined && atMs <= clock.now();
  });
  const conditions = conditionsOf(replicaSet, failure, active.length, clock.now());
  const { generation } = replicaSet.metadata;
  return {
    replicas: active.length,
    ...(labelled > 0 ? { fullyLabeledReplicas: labelled } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    terminatingReplicas: owned.filter(isTerminating).length,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}

function conditionsOf(
  { spec, status }: ReplicaSet,
  failure: ApiFailure | undefined,
  podCount: number,
  nowMs: number,
): NonNullable<ReplicaSetStatus['conditions']> {
  const conditions = status?.conditions ?? [];
  if (!failure) return withoutCondition(conditions, 'ReplicaFailure');
  return withCondition(conditions, {
    type: 'ReplicaFailure',
    status: 'True',
    reason: podCount < (spec.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete',
    message: failure.message,
    lastTransitionTime: timestamp(nowMs),
  });
}
