/** Edits of a JSON document, one place at a time: what somebody with an editor could make of it. */

export type Path = readonly string[];

/** What stands at a place instead; undefined: nothing does. */
export const ODD = [undefined, null, 7, -1, 'odd', true, [], [null], {}, { a: null }] as const;

/** Every place in it; of lists the first two items, since the others are like them. */
export function placesIn(document: unknown, at: Path = []): Path[] {
  if (typeof document !== 'object' || document === null) return [];
  const all = Object.entries(document);
  return (Array.isArray(document) ? all.slice(0, 2) : all).flatMap(([key, value]) => [
    [...at, key],
    ...placesIn(value, [...at, key]),
  ]);
}

/** The document with something else at a place. */
export function edited(document: unknown, [key, ...rest]: Path, odd: unknown): unknown {
  if (key === undefined) return odd;
  const within = Object(document)[key];
  const value = edited(within, rest, odd);
  if (Array.isArray(document))
    return document.map((each, at) => (at === Number(key) ? value : each));
  return { ...Object(document), [key]: value };
}
