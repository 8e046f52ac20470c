/** One request that answers for both sides at once, beside the metrics that a config defines. */
import type { Instant, Side } from '../base/vocabulary.ts';
import type { Access } from './access.ts';
import type { Measured, MetricQuery, MetricResponse, SideSubject } from './metric.ts';

export type SideSubjects = Readonly<Record<Side, SideSubject>>;

export interface Question {
  /** Under which its answers are told. */
  readonly name: string;
  readonly intervalMs: number;
  readonly access: Access;
  query(sides: SideSubjects): MetricQuery;
  /** By side; a side that is not told is not measured by this. */
  read(
    response: MetricResponse,
    sides: SideSubjects,
    at: Instant,
  ): Readonly<Partial<Record<Side, Measured>>>;
}
