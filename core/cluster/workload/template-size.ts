/** How much room a pod template takes where it is kept as JSON. */
import { mostBytesOf } from '../../base/json.ts';
import type { PodTemplate } from '../../kubernetes/objects.ts';

/** Whether a template that is not kept anywhere else in the cluster is too large for a journal. */
export function isTooLarge(template: PodTemplate): boolean {
  return sizeOf(template) > KEPT_WHOLE_BYTES;
}

/** Two of these and the rest of a journal fit. */
const KEPT_WHOLE_BYTES = 60_000;

/** At most so many bytes, as JSON. */
export function sizeOf(value: unknown): number {
  return mostBytesOf(JSON.stringify(value));
}
