/** Who holds what a statement waits for, in words for the person who may end it. */
import { formatDuration } from '../../base/duration.ts';
import { foreignText } from '../../base/foreign-text.ts';

/** A session that holds a lock that another one waits for; ages as the server's clock has them. */
export interface Blocker {
  readonly pid: number;
  readonly application: string;
  /** As the server says: `active`, `idle in transaction`, … */
  readonly state: string;
  /** Of its transaction. */
  readonly ageSeconds: number;
  /** What it does or did last; empty: the account may not see it. */
  readonly query: string;
}

const MOST_NAMED = 3;

/** `pid 4711 (payment-service, idle in transaction for 5m, last a SELECT)`. */
export function blockersText(blockers: readonly Blocker[]): string {
  if (blockers.length === 0) return 'somebody who was gone when we looked';
  const named = blockers.slice(0, MOST_NAMED).map(blockerText).join(', ');
  const more = blockers.length - MOST_NAMED;
  return more > 0 ? `${named} and ${more} more` : named;
}

function blockerText({ pid, application, state, ageSeconds, query }: Blocker): string {
  const who = foreignText(application, 60) || 'without a name';
  const doing = foreignText(state, 40) || 'in a state that this account may not see';
  const age = formatDuration(ageSeconds * 1000);
  return `pid ${pid} (${who}, ${doing} for ${age}, ${queryClass(query)})`;
}

const CLASSES = [
  'select',
  'insert',
  'update',
  'delete',
  'merge',
  'alter',
  'create',
  'drop',
  'truncate',
  'lock',
  'copy',
  'vacuum',
  'analyze',
  'reindex',
  'cluster',
  'refresh',
  'begin',
  'commit',
  'call',
  'autovacuum',
];

/** The kind of a query, and nothing else of it: what stands in it may be anybody's data. */
export function queryClass(query: string): string {
  const text = query.slice(0, 2_000).replace(/^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '');
  const [, word = ''] = /^\(*\s*([A-Za-z]+)/.exec(text) ?? [];
  const known = word.toLowerCase() === 'with' ? 'select' : word.toLowerCase();
  if (CLASSES.includes(known))
    return `last ${/^[aeiou]/.test(known) ? 'an' : 'a'} ${known.toUpperCase()}`;
  return query === '' ? 'its query is hidden' : 'last something else';
}

/** How long is waited before a statement that found no way asks for its lock again. */
export function backOffMs(attempt: number): number {
  return Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS);
}

const FIRST_MS = 250;
const LONGEST_MS = 8_000;

/** Whether a session is of those that are meant: names with `*` for any characters. */
export function isNamed(application: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matches(application, pattern.split('*')));
}

function matches(text: string, [first = '', ...rest]: readonly string[]): boolean {
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  const last = rest.at(-1) ?? '';
  let at = first.length;
  for (const part of rest.slice(0, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
