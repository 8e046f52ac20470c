/** Whether a text is PromQL at all, by Prometheus' own grammar; what it means only Prometheus knows. */
import { parser } from '@prometheus-io/lezer-promql';

/** Where the text stops being a query; undefined where it is one. */
export function queryFault(written: string): string | undefined {
  // A placeholder stands where a name would.
  const query = written.replaceAll(/\{\{\s*\w+\s*\}\}/g, (text) => 'x'.repeat(text.length));
  let at: number | undefined;
  parser.parse(query).iterate({
    enter: ({ type, from }) => {
      if (type.isError) at ??= from;
    },
  });
  if (at === undefined) return undefined;
  const ends = at >= written.trimEnd().length;
  return `is not valid PromQL: ${ends ? 'it ends too early' : `wrong at character ${at + 1}`}`;
}
