/** A metrics page in Prometheus' text format, line by line. */
/** One line of a metrics page; a histogram is told by its buckets, each with a label `le`. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
