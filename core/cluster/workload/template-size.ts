/** How much room a pod template takes where it is kept as JSON. */
import type { PodTemplate } from '../../kubernetes/objects.ts';

/** Whether a template that is not kept anywhere else in the cluster is too large for a journal. */
export function isTooLarge(template: PodTemplate): boolean {
  return sizeOf(template) > KEPT_WHOLE_BYTES;
}

/** Two of these and the rest of a journal fit. */
const KEPT_WHOLE_BYTES = 60_000;

/** At most so many bytes of UTF-8: what is no ASCII counts as three for each of its UTF-16 units. */
export function sizeOf(value: unknown): number {
  const text = JSON.stringify(value);
  const others = text.match(/[\u0080-\uffff]/g)?.length ?? 0;
  return text.length + 2 * others;
}
