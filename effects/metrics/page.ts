/** Reads a metrics page in Prometheus' text format into samples. */
import parse from 'parse-prometheus-text-format';
import type { Sample } from '../../core/metrics/sample.ts';

interface Family {
  readonly name: string;
  readonly metrics: readonly {
    readonly labels?: Readonly<Record<string, string>>;
    readonly value?: string;
  }[];
}

const LABEL = /\s*[a-zA-Z_]\w*\s*=\s*"(?:[^"\\]|\\.)*"\s*/.source;
const VALUE = /NaN|[+-]?Inf|[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/.source;
/** A sample: a name, labels, a value; then perhaps a time, and an exemplar. */
const SAMPLE = new RegExp(
  `^\\s*[a-zA-Z_:][\\w:]*\\s*(?:\\{(?:${LABEL}(?:,${LABEL})*)?,?\\s*\\})?\\s+(?:${VALUE})(?:\\s+-?[\\d.]+)?(?:\\s+#.*)?\\s*$`,
  'i',
);
const SHOWN = 80;

/**
 * Throws where the text is no metrics page, and says at which line. As in Prometheus one line that
 * cannot be read spoils the page: the package would skip it, or take what is missing for zero.
 */
export function readMetricsPage(text: string): Sample[] {
  // The package merges the label sets of a typed histogram. Without types every line is a sample.
  const untyped = text.replaceAll(/^\s*#.*$/gm, '');
  for (const [index, line] of untyped.split('\n').entries()) {
    if (line.trim() !== '' && !SAMPLE.test(line)) {
      throw new Error(`line ${index + 1} is no sample: ${line.trim().slice(0, SHOWN)}`);
    }
  }
  const families = parse(untyped) as readonly Family[]; // the package has no types
  return families.flatMap(({ name, metrics }) =>
    metrics.map(({ labels = {}, value = '' }) => ({ name, labels, value: numberOf(value) })),
  );
}

function numberOf(value: string): number {
  return /inf$/i.test(value) ? Number(`${value.replace(/inf$/i, '')}Infinity`) : Number(value);
}
