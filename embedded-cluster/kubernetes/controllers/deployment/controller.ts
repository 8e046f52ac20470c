/** Deployments: keeps a ReplicaSet for each revision, and moves the pods from one to the next. */
import { deployments, pods, replicaSets } from '../../collection.ts';
import type { Deployment, ReplicaSet } from '../../shapes.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Running, World } from '../../world.ts';
import { conditionOf, withCondition } from '../conditions.ts';
import { createEventRecorder } from '../events.ts';
import { claim, controllerOf } from '../owners.ts';
import { createWorkQueue, keyOf, splitKey } from '../work-queue.ts';
import { rolloutOf } from './replica-sets.ts';
import { cleanUp, oldPodsAreGone, removeOldPods, rollOn } from './rollout.ts';
import { isScaling, rescale } from './scaling.ts';
import type { DeploymentWorld } from './sizing.ts';
import {
  deadlineMs,
  isComplete,
  msUntilTimeout,
  observedStatus,
  PROGRESSING,
  progress,
  type Rollout,
  rolloutStatus,
} from './status.ts';

/** A little quicker than the ReplicaSet controller, so that it sees each of that one's steps. */
const REACTION_MS = 3;

export function startDeploymentController(world: World): Running {
  const record = createEventRecorder(world, { component: 'deployment-controller' });
  const context: DeploymentWorld = { world, record };
  const look = (key: string): void => {
    const { namespace, name } = splitKey(key);
    const deployment = deployments(world).get(namespace, name);
    if (!deployment) return;
    sync(context, deployment);
    const stuckForMs = msUntilStuck(world, deployments(world).get(namespace, name));
    if (stuckForMs !== undefined) queue.addAfter(key, stuckForMs);
  };
  const queue = createWorkQueue(world.clock, look, REACTION_MS);

  const addController = (object: KubeObject): void => {
    const owner = controllerOf(object);
    const { namespace = '' } = object.metadata;
    if (owner?.kind === 'Deployment') queue.add(`${namespace}/${owner.name}`);
    // An orphan may be for any of them to adopt.
    else if (!owner) for (const one of deployments(world).list(namespace)) queue.add(keyOf(one));
  };
  const unwatch = [
    deployments(world).watch(({ object }) => queue.add(keyOf(object))),
    replicaSets(world).watch(({ object }) => addController(object)),
    pods(world).watch(({ type, object }) => {
      if (type !== 'DELETED') return;
      const { namespace } = object.metadata;
      const replicaSet = replicaSets(world).get(namespace, controllerOf(object)?.name ?? '');
      if (replicaSet) addController(replicaSet);
    }),
  ];
  return {
    stop: () => {
      for (const stop of unwatch) stop();
      queue.stop();
    },
  };
}

function sync(context: DeploymentWorld, deployment: Deployment): void {
  const { world } = context;
  const owned = claim(replicaSets(world), deployment, deployment.spec.selector);
  if (deployment.metadata.deletionTimestamp) {
    writeObserved(world, rolloutOf(context, deployment, owned, 'if there'));
    return;
  }
  notePause(world, deployment);
  const known = rolloutOf(context, deployment, owned, 'if there');
  if (deployment.spec.paused || isScaling(known)) {
    rescale(context, known);
    if (deployment.spec.paused) cleanUp(context, known);
    writeObserved(world, known);
    return;
  }
  const rollout =
    deployment.spec.strategy?.type === 'Recreate'
      ? recreate(context, known, owned)
      : roll(context, known, owned);
  const status = rolloutStatus(rollout, world.clock.now());
  deployments(world).updateStatus({ ...rollout.deployment, status });
}

function roll(context: DeploymentWorld, known: Rollout, owned: readonly ReplicaSet[]): Rollout {
  const rollout = rolloutOf(context, known.deployment, owned, 'created');
  rollOn(context, rollout);
  return rollout;
}

function recreate(context: DeploymentWorld, known: Rollout, owned: readonly ReplicaSet[]): Rollout {
  if (removeOldPods(context, known) || !oldPodsAreGone(context, known)) return known;
  const rollout = rolloutOf(context, known.deployment, owned, 'created');
  rollOn(context, rollout);
  return rollout;
}

function writeObserved(world: World, rollout: Rollout): void {
  const status = observedStatus(rollout, world.clock.now());
  deployments(world).updateStatus({ ...rollout.deployment, status });
}

/** Says in `Progressing` that the rollout is held, or goes on: no deadline runs meanwhile. */
function notePause(world: World, deployment: Deployment): void {
  if (deadlineMs(deployment) === undefined) return;
  const conditions = deployment.status?.conditions ?? [];
  const reason = conditionOf(conditions, PROGRESSING)?.reason;
  if (reason === 'ProgressDeadlineExceeded') return;
  const now = world.clock.now();
  const { paused = false } = deployment.spec;
  if (paused === (reason === 'DeploymentPaused')) return;
  const told = paused
    ? progress('Unknown', 'DeploymentPaused', 'Deployment is paused', now)
    : progress('Unknown', 'DeploymentResumed', 'Deployment is resumed', now);
  deployments(world).updateStatus({
    ...deployment,
    status: { ...deployment.status, conditions: withCondition(conditions, told) },
  });
}

/** When to look again at a rollout that nothing else would wake: a moment after its deadline. */
function msUntilStuck(world: World, deployment: Deployment | undefined): number | undefined {
  if (!deployment || deployment.spec.paused) return undefined;
  if (isComplete(deployment, deployment.status ?? {})) return undefined;
  const left = msUntilTimeout(deployment, world.clock.now());
  return left === undefined ? undefined : Math.max(left, 0) + 1000;
}
