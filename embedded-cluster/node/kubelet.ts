/** The agent of one node: brings the pods that were bound to it to life, and ends them. */
import { pods } from '../kubernetes/collection.ts';
import { conditionOf } from '../kubernetes/controllers/conditions.ts';
import { hasEnded } from '../kubernetes/controllers/pods.ts';
import type { Pod } from '../kubernetes/shapes.ts';
import type { Running } from '../kubernetes/world.ts';
import type { AddressPool } from '../network/address-pool.ts';
import type { Kubelet } from './pod/pod-life.ts';
import { type PodWorker, startPodWorker } from './pod-worker.ts';

export interface NodeAgent extends Running {
  /** Ends a pod without asking it, as a node does that runs out of memory. */
  evict(namespace: string, name: string, message: string): void;
  /** Resolves when nothing runs on the node any more; for after `stop`. */
  drained(): Promise<void>;
}

const REACTION_MS = 10;
/** Between one pod that the kubelet turns to and the next. */
const SPACING_MS = 15;
/** What is left to a pod that was deleted by force: the API has forgotten it already. */
const FORCED_GRACE_MS = 1000;

/** Whether somebody has said something of a readiness gate. */
function gatesMoved({ spec, status }: Pod, previous: Pod): boolean {
  return (spec.readinessGates ?? []).some(({ conditionType }) => {
    const now = conditionOf(status?.conditions, conditionType);
    return now?.status !== conditionOf(previous.status?.conditions, conditionType)?.status;
  });
}

export function startKubelet(kubelet: Kubelet, addresses: AddressPool): NodeAgent {
  const { world, node } = kubelet;
  const workers = new Map<string, PodWorker>();
  let lastTurnMs = 0;

  const begin = (pod: Pod): void => {
    const { uid } = pod.metadata;
    const worker = startPodWorker(kubelet, pod, addresses);
    workers.set(uid, worker);
    void worker.over.then(() => workers.delete(uid));
    if (pod.metadata.deletionTimestamp) worker.update(pod);
  };

  const look = (pod: Pod): void => {
    const current = pods(world).get(pod.metadata.namespace, pod.metadata.name);
    const worker = workers.get(pod.metadata.uid);
    if (current?.metadata.uid !== pod.metadata.uid) worker?.end(FORCED_GRACE_MS);
    else if (worker) worker.update(current);
    else if (!hasEnded(current)) begin(current);
  };

  const unwatch = pods(world).watch(({ type, object, previous }) => {
    if (object.spec.nodeName !== node.name) return;
    const isStatusOnly =
      type === 'MODIFIED' &&
      !(previous && gatesMoved(object, previous)) &&
      previous?.spec.nodeName === node.name &&
      previous.metadata.deletionTimestamp === object.metadata.deletionTimestamp &&
      previous.metadata.generation === object.metadata.generation;
    if (isStatusOnly) return;
    const now = world.clock.now();
    lastTurnMs = Math.max(now + REACTION_MS, lastTurnMs + SPACING_MS);
    world.clock.after(lastTurnMs - now, () => look(object));
  });

  return {
    evict: (namespace, name, message) => {
      const pod = pods(world).get(namespace, name);
      if (!pod) return;
      kubelet.recordEvent(pod, 'Warning', 'Evicted', message);
      workers.get(pod.metadata.uid)?.end(0, { phase: 'Failed', reason: 'Evicted', message });
    },
    drained: async () => {
      await Promise.all([...workers.values()].map(({ over }) => over));
    },
    stop: () => {
      unwatch();
      for (const worker of workers.values()) worker.end(0);
    },
  };
}
