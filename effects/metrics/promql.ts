/** Whether a text is PromQL at all, by Prometheus' own grammar; what it means only Prometheus knows. */
import { parser } from '@prometheus-io/lezer-promql';
import { wrongAt } from './wrong-at.ts';

/** No query that a person reads is longer. */
const MOST_CHARACTERS = 10_000;

/** Where the text stops being a query; undefined where it is one. */
export function queryFault(written: string): string | undefined {
  if (written.length > MOST_CHARACTERS) return `is longer than ${MOST_CHARACTERS} characters`;
  // A placeholder stands where a name would.
  const query = written.replaceAll(/\{\{\s*\w+\s*\}\}/g, (text) => 'x'.repeat(text.length));
  let at: number | undefined;
  parser.parse(query).iterate({
    enter: ({ type, from }) => {
      if (type.isError) at ??= from;
    },
  });
  if (at === undefined) return undefined;
  return `is not valid PromQL: ${wrongAt(written, at)}`;
}
