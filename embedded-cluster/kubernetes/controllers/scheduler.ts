/** Gives each pod a node that it fits on, or says why there is none. */

import { timestamp } from '../../base/clock.ts';
import { nodes, pods } from '../collection.ts';
import { collectionOf } from '../definitions/kind.ts';
import { parseQuantity } from '../definitions/quantity.ts';
import { PODS } from '../kinds/core/core.ts';
import type { Node, Pod, PodStatus } from '../shapes.ts';
import type { Running, World } from '../world.ts';
import { conditionOf, withoutCondition } from './conditions.ts';
import { recordAction } from './events.ts';
import { hasEnded } from './pods.ts';
import { createWorkQueue, keyOf, splitKey } from './work-queue.ts';

const REPORTER = { component: 'default-scheduler', instance: 'default-scheduler-embedded' };
const RESOURCES = ['cpu', 'memory'] as const;

export function startScheduler(world: World): Running {
  const queue = createWorkQueue(world.clock, (key) => {
    const { namespace, name } = splitKey(key);
    const pod = pods(world).get(namespace, name);
    if (pod && isWaiting(pod)) schedule(world, pod);
  });
  const addWaiting = (): void => {
    for (const pod of pods(world).list()) if (isWaiting(pod)) queue.add(keyOf(pod));
  };
  const unwatch = [
    nodes(world).watch(addWaiting),
    pods(world).watch(({ type, object, previous }) => {
      if (type === 'ADDED' && isWaiting(object)) queue.add(keyOf(object));
      // A pod that has gone may have made room for one that waits.
      const leaves = type === 'DELETED' || (hasEnded(object) && previous && !hasEnded(previous));
      if (leaves) addWaiting();
    }),
  ];
  return {
    stop: () => {
      for (const stop of unwatch) stop();
      queue.stop();
    },
  };
}

function isWaiting({ spec, metadata }: Pod): boolean {
  const isOurs = (spec.schedulerName ?? 'default-scheduler') === 'default-scheduler';
  return isOurs && !spec.nodeName && !metadata.deletionTimestamp;
}

function schedule(world: World, pod: Pod): void {
  const placed = pods(world)
    .list()
    .filter((one) => one.spec.nodeName && !hasEnded(one));
  const all = nodes(world).list();
  const verdicts = all.map((node) => ({ node, obstacles: obstaclesOn(node, pod, placed) }));
  const fitting = verdicts.filter(({ obstacles }) => obstacles.length === 0);
  const load = (node: Node): number =>
    placed.filter(({ spec }) => spec.nodeName === node.metadata.name).length;
  const [best] = fitting.sort((a, b) => load(a.node) - load(b.node));
  if (best) bind(world, pod, best.node);
  else
    refuse(
      world,
      pod,
      all.length,
      verdicts.flatMap(({ obstacles }) => obstacles),
    );
}

/** Why the pod cannot run there, in the scheduler's own words. */
function obstaclesOn(node: Node, pod: Pod, placed: readonly Pod[]): string[] {
  if (node.spec.unschedulable) return ['node(s) were unschedulable'];
  const labels = node.metadata.labels ?? {};
  const selector = Object.entries(pod.spec.nodeSelector ?? {});
  if (selector.some(([name, value]) => labels[name] !== value)) {
    return ["node(s) didn't match Pod's node affinity/selector"];
  }
  const here = placed.filter(({ spec }) => spec.nodeName === node.metadata.name);
  const allocatable = node.status?.allocatable ?? {};
  const obstacles = RESOURCES.filter((resource) => {
    const limit = allocatable[resource];
    const asked = requestOf(pod, resource);
    const used = here.reduce((sum, one) => sum + requestOf(one, resource), 0);
    return limit !== undefined && asked > 0 && used + asked > parseQuantity(limit);
  }).map((resource) => `Insufficient ${resource}`);
  const isFull = here.length >= Number(allocatable.pods ?? Number.POSITIVE_INFINITY);
  return isFull ? ['Too many pods', ...obstacles] : obstacles;
}

/** What the pod asks for: its containers together, or the hungriest of those that run before. */
function requestOf({ spec }: Pod, resource: (typeof RESOURCES)[number]): number {
  const asked = ({ resources }: Pod['spec']['containers'][number]): number =>
    parseQuantity(resources?.requests?.[resource] ?? resources?.limits?.[resource] ?? 0);
  const together = spec.containers.reduce((sum, one) => sum + asked(one), 0);
  return Math.max(together, ...(spec.initContainers ?? []).map(asked));
}

/** The node and the condition are one write, which counts no generation: as the binding does it. */
function bind(world: World, pod: Pod, { metadata }: Node): void {
  const { namespace, name } = pod.metadata;
  world.store.put(collectionOf(PODS), {
    ...pod,
    spec: { ...pod.spec, nodeName: metadata.name },
    status: scheduled(pod, { status: 'True' }, world.clock.now()),
  });
  recordAction(world, REPORTER, pod, {
    type: 'Normal',
    reason: 'Scheduled',
    action: 'Binding',
    message: `Successfully assigned ${namespace}/${name} to ${metadata.name}`,
  });
}

function refuse(world: World, pod: Pod, nodeCount: number, obstacles: readonly string[]): void {
  const message = refusal(nodeCount, obstacles);
  if (conditionOf(pod.status?.conditions, 'PodScheduled')?.message === message) return;
  const verdict = { status: 'False', reason: 'Unschedulable', message };
  pods(world).updateStatus({ ...pod, status: scheduled(pod, verdict, world.clock.now()) });
  recordAction(world, REPORTER, pod, {
    type: 'Warning',
    reason: 'FailedScheduling',
    action: 'Scheduling',
    message,
  });
}

/** The pod's status with what came of scheduling it. */
function scheduled(
  { metadata, status }: Pod,
  verdict: { status: string; reason?: string; message?: string },
  nowMs: number,
): PodStatus {
  const { conditions = [] } = status ?? {};
  const condition = {
    type: 'PodScheduled',
    ...verdict,
    lastProbeTime: null,
    lastTransitionTime: timestamp(nowMs),
    ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
  };
  const others = withoutCondition(conditions, condition.type);
  // A condition that was never probed has null for a time, which the client's model leaves out.
  return { phase: 'Pending', ...status, conditions: [...others, condition] } as PodStatus;
}

/** `0/1 nodes are available: 1 Insufficient cpu. …`: obstacles counted, in order of the alphabet. */
function refusal(nodeCount: number, obstacles: readonly string[]): string {
  if (nodeCount === 0) return 'no nodes available to schedule pods';
  const counted = [...new Set(obstacles)]
    .map((obstacle) => `${obstacles.filter((one) => one === obstacle).length} ${obstacle}`)
    .sort();
  const unavailable = `0/${nodeCount} nodes are available:`;
  return (
    `${unavailable} ${counted.join(', ')}. no new claims to deallocate, preemption: ` +
    `${unavailable} ${nodeCount} Preemption is not helpful for scheduling.`
  );
}
