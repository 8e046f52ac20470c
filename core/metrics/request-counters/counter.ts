/** Who counts a release's requests, under `analysis.traffic`. */
import type { Connection } from '../access.ts';
import type { Question } from '../question.ts';

/** What the release itself asks, and must not take for its clients. */
export interface OwnPaths {
  /** Of probes and scrapes. */
  readonly ignored: readonly string[];
  /** What the Service is asked by the prober; undefined: nothing over HTTP. */
  readonly prober: string | undefined;
}

/** Under which the counters of a source are told, by side. */
export const TRAFFIC = 'traffic';

/** One file, and one line in registry.ts. */
export interface RequestCounter<Config, Source extends { readonly provider: string }> {
  readonly name: Source['provider'];
  /** Schemas of its own keys. */
  readonly keys: { readonly [Key in keyof Config]-?: object };
  /** The key of `analysis.providers` that it needs, where it needs one. */
  readonly connection: string | undefined;
  /** Whether the requests are counted on the pods' own pages: then there is no question. */
  readonly isOnPages: boolean;
  /** Kept in plans. */
  resolve(written: Config): Source;
  question(
    source: Source,
    connection: Connection | undefined,
    paths: OwnPaths,
  ): Question | undefined;
}
