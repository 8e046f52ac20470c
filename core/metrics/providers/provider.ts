/** What a metric provider is: the keys that a metric of it has, and how such a metric is measured. */
import type { Instant } from '../../base/vocabulary.ts';
import type { Access, CONNECTION, Connection } from '../access.ts';
import type { Measured, MetricQuery, MetricResponse, SideSubject } from '../metric.ts';

/** What a key may be written in; the checks of a config bring a parser of each. */
export type Language = 'promql' | 'json-path' | 'cel';

/** Every value that a path leads to. */
export type Select = (path: string, document: unknown) => readonly unknown[];

/**
 * On the pods' own pages, along with their counters; or by a request for each side, whose template
 * may name the side, and is what a user wrote under `key`.
 */
export type Measuring =
  | { readonly kind: 'page'; readonly series: string }
  | {
      readonly kind: 'asked';
      readonly key: string;
      readonly template: string;
      /** Where the template is a URL, which may lead anywhere. */
      readonly isUrl: boolean;
      readonly access: Access;
      query(subject: SideSubject, at: Instant): MetricQuery;
      read(response: MetricResponse, at: Instant, select: Select): Measured;
    };

/** One file, and one line in registry.ts. */
export interface MetricProvider<Config, Source extends { readonly provider: string }> {
  readonly name: Source['provider'];
  /** Schemas of its own keys; one that it shares with another provider is the same constant. */
  readonly keys: { readonly [Key in keyof Config]-?: object };
  /** The keys that a metric of it cannot do without. */
  readonly needs: readonly (keyof Config & string)[];
  readonly languages: { readonly [Key in keyof Config]?: Language };
  /** What it adds to `analysis.providers`: its name, where all of its metrics ask one address. */
  readonly connections: Readonly<Record<string, typeof CONNECTION>>;
  /** Kept in plans. What it needs and lacks has been found by then. */
  resolve(written: Config): Source;
  measuring(source: Source, connection: Connection | undefined): Measuring;
}
