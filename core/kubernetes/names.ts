/** Names that are made from other names, and fit where Kubernetes allows no more than 63 characters. */

/** The longest DNS label: a Service's name, a label's value, a pod's hostname. */
const LONGEST = 63;

/**
 * `pay-preview`. Where that has more than 63 characters, the stem is cut and a hash of all of it
 * stands for the rest, so that `room` characters are enough: the same stem gives the same name always,
 * and names that fit are as they were.
 */
export function derivedName(stem: string, suffix: string, room = LONGEST): string {
  const whole = `${stem}-${suffix}`;
  if (whole.length <= LONGEST) return whole;
  const tail = `-${hashOf(stem)}-${suffix}`;
  return `${stem.slice(0, room - tail.length).replace(/[-.]+$/, '')}${tail}`;
}

/** FNV-1a of 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/), in seven characters. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash.toString(36).padStart(7, '0');
}
