/** JSON: read from what others wrote, and compared. */

/** Deeper than this nests no answer of a server, no object of the API and no journal. */
const MOST_DEPTH = 64;

/** More values than this has no answer that a number is read from, and no journal: 40 MiB once they are parsed. */
const MOST_VALUES = 250_000;
/** A list of the API, a bill of materials: as many as 48 MiB of them have. */
export const MOST_OF_LARGE = 4_000_000;

/** The parsed text; undefined where it is not JSON, or nests deeper or holds more values than it may. */
export function jsonOf(text: string, mostValues = MOST_VALUES): unknown {
  if (isTooMuch(text, mostValues)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Looked at before it is parsed: what walks through a document later may recurse, and
 * values that are two characters each take many times that once they are parsed.
 */
function isTooMuch(text: string, mostValues: number): boolean {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfText(text, at + 1);
    else if (code === OPEN_LIST || code === OPEN_MAP) depth += 1;
    else if (code === CLOSE_LIST || code === CLOSE_MAP) depth -= 1;
    if (code === COMMA || code === OPEN_LIST || code === OPEN_MAP) values += 1;
    if (depth > MOST_DEPTH || values > mostValues) return true;
  }
  return false;
}

const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [91, 93, 123, 125];
const [QUOTE, BACKSLASH, COMMA] = [34, 92, 44];

/** What stands in a text opens nothing. */
function endOfText(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if (code === BACKSLASH) at += 1;
  }
  return text.length;
}

/**
 * A key that stands twice in one map of a text that is JSON; undefined where none does. Of two, each reader takes
 * another one.
 */
export function repeatedKey(text: string): string | undefined {
  /** Of every map that is open; undefined: a list. */
  const open: (Set<string> | undefined)[] = [];
  let isKey = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfText(text, at + 1);
      const keys = open.at(-1);
      if (isKey && keys) {
        const key: string = JSON.parse(text.slice(at, end + 1));
        if (keys.has(key)) return key;
        keys.add(key);
        isKey = false;
      }
      at = end;
    } else if (code === OPEN_MAP || code === OPEN_LIST) {
      open.push(code === OPEN_MAP ? new Set() : undefined);
      isKey = code === OPEN_MAP;
    } else if (code === CLOSE_MAP || code === CLOSE_LIST) {
      open.pop();
      isKey = false;
    } else if (code === COMMA) {
      isKey = open.at(-1) !== undefined;
    }
  }
  return undefined;
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
