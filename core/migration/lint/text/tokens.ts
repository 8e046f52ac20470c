/**
 * Where the parts of SQL text end that may hold a semicolon: texts, names in quotes, dollar quotes,
 * comments. As PostgreSQL's own scanner has it (`src/backend/parser/scan.l`), with
 * `standard_conforming_strings` on.
 */

/** A part that is skipped whole; `isOpen`: the text ends before it does. */
export interface Span {
  readonly kind: 'comment' | 'quoted' | 'dollar';
  /** The first character behind it. */
  readonly end: number;
  readonly isOpen: boolean;
}

const LETTER = /[A-Za-z0-9_$\u0080-\uffff]/;
const TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;

/** The part that begins at `at`, or undefined where none does. */
export function spanAt(text: string, at: number): Span | undefined {
  switch (text[at]) {
    case '-':
      return text[at + 1] === '-' ? lineComment(text, at) : undefined;
    case '/':
      return text[at + 1] === '*' ? blockComment(text, at) : undefined;
    case "'":
      return quoted(text, at, "'", isEscaping(text, at));
    case '"':
      return quoted(text, at, '"', false);
    case '$':
      return dollarQuoted(text, at);
    default:
      return undefined;
  }
}

/** Whether a character belongs to a word: a name, a key word, a number. */
export function isOfWord(character: string | undefined): boolean {
  return character !== undefined && LETTER.test(character);
}

/** The place of the line's end, or of the text's. */
export function endOfLine(text: string, at: number): number {
  LINE_END.lastIndex = at;
  return LINE_END.exec(text)?.index ?? text.length;
}

const LINE_END = /[\r\n]/g;

function lineComment(text: string, at: number): Span {
  return { kind: 'comment', end: endOfLine(text, at), isOpen: false };
}

/** They nest. */
function blockComment(text: string, start: number): Span {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start + 2;
  for (let depth = 1, found = mark.exec(text); found; found = mark.exec(text)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return { kind: 'comment', end: mark.lastIndex, isOpen: false };
  }
  return { kind: 'comment', end: text.length, isOpen: true };
}

/** A quote is written twice inside; a backslash means something only in `E'…'`. */
function quoted(text: string, start: number, quote: string, escapes: boolean): Span {
  for (let at = start + 1; at < text.length; at += 1) {
    if (escapes && text[at] === '\\') at += 1;
    else if (text[at] === quote && text[at + 1] === quote) at += 1;
    else if (text[at] === quote) return { kind: 'quoted', end: at + 1, isOpen: false };
  }
  return { kind: 'quoted', end: text.length, isOpen: true };
}

function isEscaping(text: string, at: number): boolean {
  return /[eE]/.test(text[at - 1] ?? '') && !isOfWord(text[at - 2]);
}

function dollarQuoted(text: string, at: number): Span | undefined {
  if (isOfWord(text[at - 1])) return undefined;
  TAG.lastIndex = at;
  const tag = TAG.exec(text)?.[0];
  if (tag === undefined) return undefined;
  const end = text.indexOf(tag, at + tag.length);
  if (end === -1) return { kind: 'dollar', end: text.length, isOpen: true };
  return { kind: 'dollar', end: end + tag.length, isOpen: false };
}
