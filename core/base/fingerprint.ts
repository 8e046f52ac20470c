/**
 * A short text that differs where two JSON values differ, whatever the order of their keys: for
 * knowing again what is too large to be kept. FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) in
 * two lanes of 32 bits; no protection against somebody who wants two values to look the same.
 */
const PRIME = 0x01000193;

export function fingerprint(value: unknown): string {
  const text = ordered(value);
  let one = 0x811c9dc5;
  let two = 0x9747b28c;
  // By UTF-16 units and not by bytes: only that different texts differ counts here.
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, PRIME);
    two = Math.imul(two ^ (unit + at), PRIME);
  }
  return [one, two].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
}

function ordered(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
