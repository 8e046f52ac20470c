/** A YAML document that knows on which line everything stands. */
import { isMap, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import type { ConfigFault } from '../../core/config/fault.ts';

export interface WrittenDocument {
  readonly value: unknown;
  /** What keeps the text from being YAML at all. */
  readonly faults: readonly ConfigFault[];
  /** Of a path such as `/limits/maxDuration`; of what contains it where it is missing. */
  lineOf(path: string): number;
}

export function readDocument(text: string): WrittenDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, version: '1.2' });
  const faults = document.errors.map((error) => ({
    path: '/',
    message: `line ${lines.linePos(error.pos[0]).line}: ${error.message.split(' at line ')[0]}`,
  }));
  return {
    value: faults.length === 0 ? document.toJS() : undefined,
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

/** Where a key of a map, or an item of a list, begins. */
function startOf(parent: unknown, key: string): number | undefined {
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isPair(item) && String(item.key) === key);
    return isNode(pair?.key) ? pair.key.range?.[0] : undefined;
  }
  const item =
    typeof parent === 'object' &&
    parent !== null &&
    'items' in parent &&
    Array.isArray(parent.items)
      ? parent.items[Number(key)]
      : undefined;
  return isNode(item) ? item.range?.[0] : undefined;
}
