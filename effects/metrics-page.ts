/** Reads a metrics page in Prometheus' text format into samples. */
import parse from 'parse-prometheus-text-format';
import type { Sample } from '../core/metrics/pods.ts';

interface Family {
  readonly name: string;
  readonly metrics: readonly {
    readonly labels?: Readonly<Record<string, string>>;
    readonly value?: string;
    /** Of histograms and summaries. */
    readonly count?: string;
  }[];
}

/** Throws where the text is no metrics page. */
export function readMetricsPage(text: string): Sample[] {
  const families = parse(text) as readonly Family[]; // the package has no types
  return families.flatMap(({ name, metrics }) =>
    metrics.map(({ labels = {}, value, count }) =>
      count === undefined
        ? { name, labels, value: Number(value) }
        : { name: `${name}_count`, labels, value: Number(count) },
    ),
  );
}
