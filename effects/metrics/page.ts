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

/** Throws where the text is no metrics page. */
export function readMetricsPage(text: string): Sample[] {
  // The package merges the label sets of a typed histogram. Without types every line is a sample.
  const untyped = text.replaceAll(/^#.*$/gm, '');
  const families = parse(untyped) as readonly Family[]; // the package has no types
  return families.flatMap(({ name, metrics }) =>
    metrics.map(({ labels = {}, value }) => ({ name, labels, value: Number(value) })),
  );
}
