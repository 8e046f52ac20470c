/**
 * Puts pods onto nodes one by one, as the scheduler would: where there is room, and where pods that
 * keep apart or spread allow it. What is only preferred, volumes and preemption are the scheduler's.
 */
import type { Pod, PodTemplate } from '../../kubernetes/objects.ts';
import { hasEnded } from '../../kubernetes/pods/pods.ts';
import {
  type Amounts,
  added,
  amountsIn,
  minus,
  requestsOf,
} from '../../kubernetes/pods/requests.ts';
import { type Node, ruledOut } from './node.ts';
import { rulesOf } from './spread.ts';

export interface Placement {
  readonly placed: number;
  /** Why nodes were not considered, and how many each: `taint gpu=yes:NoSchedule`. */
  readonly ruledOut: ReadonlyMap<string, number>;
}

interface Room {
  readonly node: Node;
  free: Amounts;
}

/** `pods`: all that have a node; labels are looked at where they have some. */
export function place(
  wanted: number,
  template: PodTemplate,
  nodes: readonly Node[],
  pods: readonly Pod[],
): Placement {
  const each = requestsOf(template.spec);
  const living = pods.filter((pod) => pod.spec.nodeName !== undefined && !hasEnded(pod));
  const taken = takenOn(living);
  const reasons = new Map<string, number>();
  const rooms: Room[] = [];
  for (const node of nodes) {
    const why = ruledOut(node, template.spec);
    if (why !== undefined) reasons.set(why, (reasons.get(why) ?? 0) + 1);
    else {
      const all = amountsIn(node.status?.allocatable);
      rooms.push({ node, free: minus(all, taken.get(node.metadata.name) ?? {}) });
    }
  }
  const rules = rulesOf(template, nodes, living);
  let placed = 0;
  while (placed < wanted) {
    const room = rooms.find(
      ({ node, free }) => fits(each, free) && rules.every((rule) => rule.allows(node)),
    );
    if (!room) break;
    room.free = minus(room.free, each);
    for (const rule of rules) rule.place(room.node);
    placed += 1;
  }
  return { placed, ruledOut: reasons };
}

function takenOn(pods: readonly Pod[]): ReadonlyMap<string, Amounts> {
  const taken = new Map<string, Amounts>();
  for (const { spec } of pods) {
    const name = spec.nodeName ?? '';
    taken.set(name, added(taken.get(name) ?? {}, requestsOf(spec)));
  }
  return taken;
}

/** What is not asked for need not be there. */
function fits(each: Amounts, free: Amounts): boolean {
  return Object.entries(each).every(
    ([name, amount]) => amount === 0 || amount <= (free[name] ?? 0),
  );
}
