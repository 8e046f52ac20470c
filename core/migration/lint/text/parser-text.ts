/** What PostgreSQL's parser says of a text that it does not read, as far as it may be told. */
import { foreignText } from '../../../base/foreign-text.ts';

/** The parser's own words, with no more of the file in them than a word: what it stopped at may be a value. */
export function parserText(message: string): string {
  return foreignText(message.replace(/ at or near "(?!\w{1,40}")[\s\S]*/, ''), 120);
}
