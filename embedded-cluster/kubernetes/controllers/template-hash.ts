/** `pod-template-hash`: a short name for a pod template, the same for the same template. */
import type { PodTemplate } from '../shapes.ts';

export const TEMPLATE_HASH_LABEL = 'pod-template-hash';

// The letters Kubernetes encodes a hash in: no vowels, so that no hash spells a word.
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** `collisions` makes another hash out of the same template, where one is taken already. */
export function templateHash(template: PodTemplate, collisions = 0): string {
  const text = canonical(template) + (collisions === 0 ? '' : String(collisions));
  let hash = FNV_OFFSET;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  }
  return Array.from(
    String(hash >>> 0),
    (digit) => LETTERS[digit.charCodeAt(0) % LETTERS.length],
  ).join('');
}

/** JSON whose fields stand in one order, whatever order they were written in. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
