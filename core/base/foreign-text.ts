/**
 * Text that comes from elsewhere (a pod, a server, the API, a repository), made fit to stand in a log
 * line, a record or a message: one line, bounded, and without what a terminal, a log reader or a chat
 * would take for its own.
 */

/** Longer than this says no more to a person. */
const MOST_CHARACTERS = 400;

/** Control characters, line and paragraph separators, and what turns the direction of writing. */
export const CONTROL_CHARACTERS = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff]/gu;

/**
 * One line of at most `mostCharacters`, what is too long cut with its length; control characters are
 * spaces. A double quote ends a value in a log line, so it becomes a single one.
 */
export function foreignText(text: string, mostCharacters: number = MOST_CHARACTERS): string {
  // Cut before anything is looked at: the time it takes is bounded by what is shown.
  const cut = text.slice(0, mostCharacters);
  const clean = cut.replaceAll(CONTROL_CHARACTERS, ' ').replaceAll('"', "'").trim();
  const left = text.length - cut.length;
  return left > 0 ? `${clean}… (${left} characters more)` : clean;
}

/** What a value is, without telling it: it may be a secret. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  switch (typeof value) {
    case 'string':
      return `a text of ${value.length} characters`;
    case 'object':
      return `a map of ${Object.keys(value).length} keys`;
    case 'undefined':
      return 'nothing';
    default:
      return `a ${typeof value}`;
  }
}

/** Letters, and a digit or two: what people call keys and variables, and no secret that was made by chance. */
const WORD = /^[A-Za-z][A-Za-z_-]{0,31}\d{0,2}$/;

/** A key or a variable that no one knows: as it is written where it is a word, else what it is. */
export function wordOrKind(text: string): string {
  return WORD.test(text) ? text : `(${kindOf(text)})`;
}
