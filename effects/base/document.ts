/**
 * A YAML document that knows on which line everything stands. One document, of bounded size and depth,
 * each key once. What is wrong with it is said by its line and the kind of the fault, never by its text.
 */
import { type ErrorCode, isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import type { ConfigIssue } from '../../core/base/config-issue.ts';

export interface WrittenDocument {
  readonly value: unknown;
  /** What keeps the text from being YAML at all. */
  readonly faults: readonly ConfigIssue[];
  /** Of a path such as `/limits/maxDuration`; of what contains it where it is missing. */
  lineOf(path: string): number;
}

/** A release config is a page or two. */
const MOST_CHARACTERS = 65_536;
/** Each makes an object of the parser, or an error with its stack; a config of five pages has some hundred. */
const MOST_INDICATORS = 6_000;
const INDICATORS = /[\n,[\]{}"'&*?:|>]/g;
/** A config nests five deep; a parser that recurses is not asked for more than this. */
const MOST_DEPTH = 64;
/** How often anchors may be repeated: more is no config but a bomb. */
const MOST_ALIASES = 20;

/** One mistake may be told in many places. */
const MOST_FAULTS = 20;

/** A config needs none; the package looks at each together with all that stand before it. */
const MOST_TAGS = 20;

export function readDocument(text: string): WrittenDocument {
  const tooMuch = boundFault(text);
  if (tooMuch !== undefined) return unreadable([{ path: '/', message: tooMuch }]);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    uniqueKeys: false,
    // For each error it would cut the whole line anew: slow, and what was written is not repeated.
    prettyErrors: false,
    // Its warnings repeat what was written, and go past the log.
    logLevel: 'error',
  });
  const wrong = document.errors.slice(0, MOST_FAULTS).map(({ code, pos }) => ({
    at: pos[0],
    message: FAULTS[code] ?? `is not valid YAML (${code})`,
  }));
  const faults: ConfigIssue[] = [...wrong, ...faultyKeys(document.contents)].map(
    ({ at, message }) => ({ path: '/', message: `line ${lines.linePos(at).line}: ${message}` }),
  );
  let value: unknown;
  try {
    value = faults.length === 0 ? document.toJS({ maxAliasCount: MOST_ALIASES }) : undefined;
  } catch {
    // The package throws where aliases are unknown, circular or too many.
    faults.push({ path: '/', message: `its aliases (*name) cannot be followed` });
  }
  return {
    value,
    faults,
    lineOf: (path) => {
      const keys = path.split('/').filter((key) => key !== '');
      for (let depth = keys.length; depth > 0; depth -= 1) {
        const start = startOf(
          document.getIn(keys.slice(0, depth - 1), true),
          keys[depth - 1] ?? '',
        );
        if (start !== undefined) return lines.linePos(start).line;
      }
      return 1;
    },
  };
}

interface YamlFault {
  readonly message: string;
  readonly at: number;
}

/**
 * Of each map the keys that stand there already, and those that are lists or maps: the package compares
 * every key with every other, and writes a map in a key in a key twice as long for each of them.
 */
function faultyKeys(root: unknown): YamlFault[] {
  const found: YamlFault[] = [];
  const left: unknown[] = [root];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (isMap(node)) found.push(...faultsAmong(node.items.map(({ key }) => key)));
    if (isMap(node)) left.push(...node.items.flatMap(({ key, value }) => [key ?? [], value ?? []]));
    else left.push(...itemsOf(node));
  }
  return found.sort((one, other) => one.at - other.at).slice(0, MOST_FAULTS);
}

function faultsAmong(keys: readonly unknown[]): YamlFault[] {
  const known = new Set<unknown>();
  return keys.flatMap((key): YamlFault[] => {
    const [at = 0] = (isNode(key) && key.range) || [];
    const { value } = Object(key);
    const isText = key === null || (isNode(key) && 'value' in key && Object(value) !== value);
    if (!isText)
      return [{ at, message: 'a key is a list, a map or an alias: quote what is a text' }];
    const isKnown = known.has(String(value));
    known.add(String(value));
    return isKnown ? [{ at, message: DUPLICATE_KEY }] : [];
  });
}

const DUPLICATE_KEY = 'a key stands there twice';

const FAULTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  DUPLICATE_KEY,
  MULTIPLE_DOCS: 'a second document begins: one is read',
  TAB_AS_INDENT: 'a tab cannot indent',
  BAD_INDENT: 'the indentation is wrong',
  MISSING_CHAR: 'a character such as a colon, a comma, a quote or a bracket is missing',
};

function unreadable(faults: readonly ConfigIssue[]): WrittenDocument {
  return { value: undefined, faults, lineOf: () => 1 };
}

/** What keeps a text from being parsed at all. Linear in its length. */
function boundFault(text: string): string | undefined {
  if (text.length > MOST_CHARACTERS) {
    return `is larger than ${MOST_CHARACTERS} characters`;
  }
  if ((text.match(/(?<![^\s,[{])!/g) ?? []).length > MOST_TAGS) {
    return `has more than ${MOST_TAGS} tags (!name)`;
  }
  let open = 0;
  for (const line of text.split('\n')) {
    // Each level of a block has its own column, and `- - -` opens several in one.
    const indent = /^[ ?-]*/.exec(line)?.[0].length ?? 0;
    if (indent > MOST_DEPTH * 2 && line.length > indent)
      return `is nested deeper than ${MOST_DEPTH}`;
    for (const character of line) {
      if (character === '[' || character === '{') open += 1;
      if (character === ']' || character === '}') open = Math.max(0, open - 1);
      if (open > MOST_DEPTH) return `is nested deeper than ${MOST_DEPTH}`;
    }
  }
  if ((text.match(INDICATORS) ?? []).length > MOST_INDICATORS) {
    return `has more than ${MOST_INDICATORS} lines, commas, colons, brackets and quotes`;
  }
  return undefined;
}

/** Where a key of a map, or an item of a list, begins. */
function startOf(parent: unknown, key: string): number | undefined {
  if (isMap(parent)) {
    // The package's own text of a node is made by its printer: for many keys that takes long.
    const pair = parent.items.find(
      (item) => isPair(item) && String(Object(item.key).value) === key,
    );
    return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
  }
  const item = itemsOf(parent)[Number(key)];
  return isNode(item) ? item.range?.[0] : undefined;
}

/** Of a list. */
function itemsOf(node: unknown): readonly unknown[] {
  const { items } = Object(node);
  return Array.isArray(items) ? items : [];
}
