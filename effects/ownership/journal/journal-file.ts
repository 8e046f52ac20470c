/** A journal that somebody has saved: the JSON itself, or the ConfigMap as kubectl prints it. */
import { readFile } from 'node:fs/promises';
import { JOURNAL_KEY, type Journal } from '../../../core/journal/journal.ts';
import { readJournal } from '../../../core/journal/read-journal.ts';
import { BadInput, messageOf } from '../../base/failure.ts';

/** Throws BadInput where the file is none. */
export async function readJournalFile(path: string): Promise<Journal> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    throw new BadInput([`cannot read ${path}: ${messageOf(thrown)}`]);
  });
  const journal = readJournal(dataIn(text));
  if (typeof journal === 'string') throw new BadInput([`${path} is no journal: ${journal}`]);
  return journal;
}

function dataIn(text: string): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'data' in parsed) {
      return parsed.data as Record<string, string>; // of a ConfigMap; readJournal looks at the rest
    }
  } catch {
    // Said by readJournal, in its own words.
  }
  return { [JOURNAL_KEY]: text };
}
