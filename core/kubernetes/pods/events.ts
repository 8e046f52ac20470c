/** What the cluster's components warned of an object. */
import type { ClusterEvent } from '../objects.ts';
import { timeOf } from '../time.ts';

/** The last warning of an object that adds to what its status says: `Unhealthy: Readiness probe …`. */
export function lastWarning(
  events: readonly ClusterEvent[],
  kind: string,
  name: string,
): string | undefined {
  let last: ClusterEvent | undefined;
  for (const event of events) {
    const { involvedObject } = event;
    const isMeant = involvedObject?.kind === kind && involvedObject.name === name;
    if (!isMeant || !saysMore(event)) continue;
    if (!last || toldAt(event) >= toldAt(last)) last = event;
  }
  return last && `${last.reason}: ${last.message}`;
}

/** What only repeats the container's state (`BackOff …`, `Failed: Error: ErrImagePull`) does not. */
function saysMore({ type, reason, message = '' }: ClusterEvent): boolean {
  return type === 'Warning' && reason !== 'BackOff' && !message.startsWith('Error: ');
}

function toldAt({ lastTimestamp, eventTime, metadata }: ClusterEvent): number {
  return timeOf(lastTimestamp ?? eventTime ?? metadata.creationTimestamp) ?? 0;
}
