/** Who has given a command, in a log event: by their own word, and as the API server knows them. */
import { foreignText } from '../../base/foreign-text.ts';
import { type Asker, MOST_NAME_CHARACTERS } from '../../journal/commands/asker.ts';
import type { Fields } from './log-events.ts';

export function askerFields({ by, as }: Asker): Pick<Fields<'command'>, 'by' | 'as' | 'pod'> {
  const name = (text: string): string => foreignText(text, MOST_NAME_CHARACTERS);
  return { by: name(by), as: as && name(as.user), pod: as?.pod && name(as.pod) };
}
