/** JSON: read from what others wrote, and compared. */

/** Deeper than this nests no answer of a server, no object of the API and no journal. */
const MOST_DEPTH = 64;

/** The parsed text, or undefined where it is not JSON, or nests deeper than any answer does. */
export function jsonOf(text: string): unknown {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Looked at before it is parsed: what walks through a document later may recurse. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfText(text, at + 1);
    else if (code === OPEN_LIST || code === OPEN_MAP) depth += 1;
    else if (code === CLOSE_LIST || code === CLOSE_MAP) depth -= 1;
    if (depth > MOST_DEPTH) return true;
  }
  return false;
}

const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP, QUOTE, BACKSLASH] = [91, 93, 123, 125, 34, 92];

/** What stands in a text opens nothing. */
function endOfText(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}

/** At most so many bytes of UTF-8: what is no ASCII counts as three for each of its UTF-16 units. */
export function mostBytesOf(text: string): number {
  const others = text.match(/[\u0080-\uffff]/g)?.length ?? 0;
  return text.length + 2 * others;
}

/** Whether two JSON values are the same, whatever the order of their keys; what is undefined is not there. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = keysOf(a);
  return keys.length === keysOf(b).length && keys.every((key) => sameJson(a[key], b[key]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function keysOf(value: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(value).filter((key) => value[key] !== undefined);
}
