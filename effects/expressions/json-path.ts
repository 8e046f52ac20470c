/**
 * JSONPath as RFC 9535 has it: a path into a document, and nothing that could be run. A path comes from
 * a repository, and must not take longer than the document is large: its regular expressions (`match`,
 * `search`) are refused; so are more than one `..`, which looks at everything once for each, several
 * selectors at once, which double what follows, a second `$`, which begins anew for each item, and a
 * function in a function, for which the parser takes three times as long at each level.
 */
import { query } from 'jsonpath-rfc9535';
import { wrongAt } from './wrong-at.ts';

type JsonValue = Parameters<typeof query>[0];

const MOST_CHARACTERS = 500;
const MOST_DESCENTS = 1;
const MOST_FUNCTIONS = 3;

/** Nothing for a path that is not taken: a journal brings paths, too, and no one has looked at these. */
export function select(path: string, document: unknown): readonly unknown[] {
  if (pathIssue(path) !== undefined) return [];
  return query(document as JsonValue, path); // what JSON.parse has made is JSON
}

/** What keeps a text from being a path that is taken; undefined where it is one. */
export function pathIssue(path: string): string | undefined {
  if (path.length > MOST_CHARACTERS) return `is longer than ${MOST_CHARACTERS} characters`;
  const bare = withoutTexts(path);
  if (/\b(?:match|search)\s*\(/.test(bare)) return 'must not use match() or search()';
  if ((bare.match(/\w\s*\(/g) ?? []).length > MOST_FUNCTIONS) {
    return `must not use more than ${MOST_FUNCTIONS} functions`;
  }
  if (bare.includes(',')) return 'must not select several at once (,)';
  if (bare.lastIndexOf('$') > 0) return 'must not use $ but at its beginning';
  if (bare.split('..').length - 1 > MOST_DESCENTS) {
    return 'must not use .. more than once: name the keys between';
  }
  try {
    query({}, path);
    return undefined;
  } catch (thrown) {
    // The package's own words repeat what was written.
    return `is not a JSONPath: ${wrongAt(path, Number(Object(thrown).location?.start.offset ?? 0))}`;
  }
}

/** A path without its quoted names, in which anything may stand. */
function withoutTexts(path: string): string {
  return path.replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, "''");
}
