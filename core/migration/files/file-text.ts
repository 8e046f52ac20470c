/**
 * What a migration's file may not have in it, whatever it says: what an editor or a checkout has put
 * there makes a checksum another one, and a statement something else than a person sees.
 */

/** No statement of a person is as long; data belongs into a backfill. */
export const MOST_FILE_BYTES = 1_048_576;

/** Undefined where there is nothing to object to. */
export function textFault(text: string): string | undefined {
  if (text.startsWith('\ufeff')) {
    return 'begins with a byte order mark (BOM): save it as UTF-8 without one';
  }
  if (text.includes('\ufffd')) return 'is not UTF-8';
  if (text.includes('\0')) return 'has a NUL character in it';
  if (text.includes('\r')) {
    return 'has line ends of Windows (CRLF): a checkout that changes them changes its checksum; save it with LF, and write "* text eol=lf" into .gitattributes';
  }
  return undefined;
}
