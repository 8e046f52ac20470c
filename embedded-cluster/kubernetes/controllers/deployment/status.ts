/** What a Deployment's status says of its ReplicaSets, and whether its rollout gets on. */
import type { Deployment, ReplicaSet } from '../../shapes.ts';
import {
  conditionOf,
  type StatusCondition,
  since,
  withCondition,
  withoutCondition,
} from '../conditions.ts';
import { desiredReplicas, maxUnavailable } from './bounds.ts';

export type DeploymentStatus = NonNullable<Deployment['status']>;
type Conditions = NonNullable<DeploymentStatus['conditions']>;

export const PROGRESSING = 'Progressing';
const NEW_AVAILABLE = 'NewReplicaSetAvailable';
const TIMED_OUT = 'ProgressDeadlineExceeded';

export interface Rollout {
  readonly deployment: Deployment;
  readonly newOne: ReplicaSet | undefined;
  readonly oldOnes: readonly ReplicaSet[];
}

export function allOf({ newOne, oldOnes }: Rollout): ReplicaSet[] {
  return newOne ? [...oldOnes, newOne] : [...oldOnes];
}

export function wantedPods(replicaSets: readonly ReplicaSet[]): number {
  return sum(replicaSets, ({ spec }) => spec.replicas ?? 1);
}

function availablePods(replicaSets: readonly ReplicaSet[]): number {
  return sum(replicaSets, ({ status }) => status?.availableReplicas ?? 0);
}

function sum(replicaSets: readonly ReplicaSet[], count: (one: ReplicaSet) => number): number {
  return replicaSets.reduce((total, one) => total + count(one), 0);
}

/** The counts and `Available`; what was said of progress is kept. */
export function observedStatus(rollout: Rollout, nowMs: number): DeploymentStatus {
  const { deployment, newOne } = rollout;
  const all = allOf(rollout);
  const available = availablePods(all);
  const { collisionCount, conditions = [] } = deployment.status ?? {};
  const counts = {
    replicas: sum(all, ({ status }) => status?.replicas ?? 0),
    updatedReplicas: newOne?.status?.replicas ?? 0,
    readyReplicas: sum(all, ({ status }) => status?.readyReplicas ?? 0),
    availableReplicas: available,
    unavailableReplicas: Math.max(wantedPods(all) - available, 0),
  };
  return {
    ...observedGeneration(deployment),
    ...withoutZeros(counts),
    terminatingReplicas: sum(all, ({ status }) => status?.terminatingReplicas ?? 0),
    ...(collisionCount === undefined ? {} : { collisionCount }),
    conditions: withCondition(conditions, availability(deployment, available, nowMs)),
  };
}

function observedGeneration({ metadata }: Deployment): { observedGeneration?: number } {
  return metadata.generation === undefined ? {} : { observedGeneration: metadata.generation };
}

/** A count of none is not written, as the real API leaves it out. */
function withoutZeros<Counts extends Record<string, number>>(counts: Counts): Partial<Counts> {
  const some = Object.entries(counts).filter(([, count]) => count !== 0);
  return Object.fromEntries(some) as Partial<Counts>; // some of the entries of Counts
}

function availability(
  deployment: Deployment,
  available: number,
  nowMs: number,
): Conditions[number] {
  const needed = desiredReplicas(deployment) - maxUnavailable(deployment);
  return available >= needed
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
        ...since(nowMs),
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
        ...since(nowMs),
      };
}

export function progress(
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  nowMs: number,
): Conditions[number] {
  return { type: PROGRESSING, status, reason, message, ...since(nowMs) };
}

/** `observedStatus` with what it means for the rollout: done, getting on, or stuck for too long. */
export function rolloutStatus(rollout: Rollout, nowMs: number): DeploymentStatus {
  const { deployment } = rollout;
  const status = observedStatus(rollout, nowMs);
  const current = conditionOf(deployment.status?.conditions, PROGRESSING);
  const wasComplete =
    (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === NEW_AVAILABLE;
  if (deadlineMs(deployment) === undefined || wasComplete) return withFailures(rollout, status);
  const conditions = status.conditions ?? [];
  const subject = rollout.newOne
    ? `ReplicaSet "${rollout.newOne.metadata.name}"`
    : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status)) {
    const done = `${subject} has successfully progressed.`;
    const condition = progress('True', NEW_AVAILABLE, done, nowMs);
    return withFailures(rollout, { ...status, conditions: withCondition(conditions, condition) });
  }
  if (hasProgressed(deployment, status)) {
    const fresh = progress('True', 'ReplicaSetUpdated', `${subject} is progressing.`, nowMs);
    const since = current?.status === 'True' ? current.lastTransitionTime : undefined;
    const moved = { ...fresh, ...(since === undefined ? {} : { lastTransitionTime: since }) };
    const others = withoutCondition(conditions, PROGRESSING);
    return withFailures(rollout, { ...status, conditions: [...others, moved] });
  }
  if (hasTimedOut(deployment, nowMs)) {
    const condition = progress('False', TIMED_OUT, `${subject} has timed out progressing.`, nowMs);
    return withFailures(rollout, { ...status, conditions: withCondition(conditions, condition) });
  }
  return withFailures(rollout, status);
}

/** A ReplicaSet that cannot make its pods says so on the Deployment too. */
function withFailures(rollout: Rollout, status: DeploymentStatus): DeploymentStatus {
  const [failure] = [rollout.newOne, ...rollout.oldOnes].flatMap((one) => {
    const found: StatusCondition | undefined = conditionOf(
      one?.status?.conditions,
      'ReplicaFailure',
    );
    return found ? [found] : [];
  });
  const conditions = withoutCondition(status.conditions ?? [], 'ReplicaFailure');
  if (!failure) return { ...status, conditions };
  const { lastTransitionTime } = failure;
  const told = {
    ...failure,
    ...(lastTransitionTime ? { lastUpdateTime: lastTransitionTime } : {}),
  };
  return { ...status, conditions: [...conditions, told] };
}

export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const desired = desiredReplicas(deployment);
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function hasProgressed({ status: before = {} }: Deployment, now: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus): number =>
    (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (now.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(now) < old(before) ||
    (now.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (now.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function hasTimedOut(deployment: Deployment, nowMs: number): boolean {
  const current = conditionOf(deployment.status?.conditions, PROGRESSING);
  if (!current || current.reason === NEW_AVAILABLE) return false;
  return current.reason === TIMED_OUT || (msUntilTimeout(deployment, nowMs) ?? 1) <= 0;
}

export function deadlineMs({ spec }: Deployment): number | undefined {
  const seconds = spec.progressDeadlineSeconds;
  return seconds === undefined || seconds === 2 ** 31 - 1 ? undefined : seconds * 1000;
}

/** How long the rollout may still stand still; undefined where nothing waits for that. */
export function msUntilTimeout(deployment: Deployment, nowMs: number): number | undefined {
  const limit = deadlineMs(deployment);
  const current = conditionOf(deployment.status?.conditions, PROGRESSING);
  const isSettled = current?.reason === TIMED_OUT || current?.reason === NEW_AVAILABLE;
  if (limit === undefined || !current?.lastUpdateTime || isSettled) return undefined;
  return Date.parse(current.lastUpdateTime) + limit - nowMs;
}
