/** Whether a text is PromQL at all, by Prometheus' own grammar; what it means only Prometheus knows. */
import { parser } from '@prometheus-io/lezer-promql';
import { messageOf } from '../base/failure.ts';
import { wrongAt } from './wrong-at.ts';

/** Ends at the first fault: to guess what was meant takes long, and is asked by no one. */
const strict = parser.configure({ strict: true });

/** No query that a person reads is longer. */
const MOST_CHARACTERS = 10_000;

/** Where the text stops being a query; undefined where it is one. */
export function queryIssue(written: string): string | undefined {
  if (written.length > MOST_CHARACTERS) return `is longer than ${MOST_CHARACTERS} characters`;
  // A placeholder stands where a name would.
  const query = written.replaceAll(/\{\{\s*\w+\s*\}\}/g, (text) => 'x'.repeat(text.length));
  try {
    strict.parse(query);
    return undefined;
  } catch (thrown) {
    const [, at = '0'] = /(\d+)$/.exec(messageOf(thrown)) ?? [];
    return `is not valid PromQL: ${wrongAt(written, Number(at))}`;
  }
}
