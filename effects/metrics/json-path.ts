/**
 * JSONPath as RFC 9535 has it: a path into a document, and nothing that could be run. Its regular
 * expressions (`match`, `search`) are refused, since a path comes from a repository and may take for
 * ever; so is more than one `..`, which looks at everything once for each.
 */
import { query } from 'jsonpath-rfc9535';
import { saidOf } from '../../core/foreign-text.ts';
import { messageOf } from '../failure.ts';

type JsonValue = Parameters<typeof query>[0];

const MOST_CHARACTERS = 500;
const MOST_DESCENTS = 1;

/** Nothing for a path that is not taken: a journal brings paths, too, and nobody has looked at these. */
export function select(path: string, document: unknown): readonly unknown[] {
  if (pathFault(path) !== undefined) return [];
  return query(document as JsonValue, path); // what JSON.parse has made is JSON
}

/** What keeps a text from being a path that is taken; undefined where it is one. */
export function pathFault(path: string): string | undefined {
  if (path.length > MOST_CHARACTERS) return `is longer than ${MOST_CHARACTERS} characters`;
  const bare = withoutTexts(path);
  if (/\b(?:match|search)\s*\(/.test(bare)) return 'must not use match() or search()';
  if (bare.split('..').length - 1 > MOST_DESCENTS) {
    return 'must not use .. more than once: name the keys between';
  }
  try {
    query({}, path);
    return undefined;
  } catch (thrown) {
    return `is not a JSONPath: ${saidOf(path, messageOf(thrown))}`;
  }
}

/** A path without its quoted names, in which anything may stand. */
function withoutTexts(path: string): string {
  return path.replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, "''");
}
