/** Which pods a ReplicaSet gives up first when it has too many. */
import type { Pod } from '../../shapes.ts';
import { isActive, isReady, readySinceMs } from '../pods.ts';

const PHASE_ORDER: Record<string, number> = { Pending: 0, Unknown: 1, Running: 2 };
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';

/**
 * The `count` pods to delete. `relatives` are the pods of all ReplicaSets of the same owner: where
 * two share a node, one of those goes before a pod that is alone on its own.
 */
export function podsToDelete(
  candidates: readonly Pod[],
  relatives: readonly Pod[],
  count: number,
  nowMs: number,
): Pod[] {
  const neighbours = (pod: Pod): number =>
    relatives.filter((one) => isActive(one) && one.spec.nodeName === pod.spec.nodeName).length;
  // Each says how much rather a pod goes, the smaller the sooner; the first that differs decides.
  const ranks: ((pod: Pod) => number)[] = [
    ({ spec }) => (spec.nodeName ? 1 : 0),
    ({ status }) => PHASE_ORDER[status?.phase ?? 'Pending'] ?? 1,
    (pod) => (isReady(pod) ? 1 : 0),
    ({ metadata }) => Number(metadata.annotations?.[DELETION_COST] ?? 0),
    (pod) => -neighbours(pod),
    (pod) => magnitude(nowMs - (readySinceMs(pod) ?? nowMs)),
    (pod) => -restarts(pod),
    ({ metadata }) => magnitude(nowMs - Date.parse(metadata.creationTimestamp)),
  ];
  const ranked = candidates.map((pod) => ({ pod, rank: ranks.map((rank) => rank(pod)) }));
  return ranked
    .sort((a, b) => compare(a.rank, b.rank) || (a.pod.metadata.uid < b.pod.metadata.uid ? -1 : 1))
    .slice(0, count)
    .map(({ pod }) => pod);
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [at, value] of a.entries()) {
    const difference = value - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Ages count by their magnitude only, so that the newest pods do not always all go together. */
function magnitude(ageMs: number): number {
  return ageMs <= 0 ? 0 : Math.floor(Math.log2(ageMs * 1e6));
}

function restarts({ status }: Pod): number {
  return Math.max(0, ...(status?.containerStatuses ?? []).map((one) => one.restartCount));
}
