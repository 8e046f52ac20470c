/** What runs statements and batches has in its hands, and where in the files it is. */
import type { Instant } from '../../../core/base/vocabulary.ts';
import type { MigrationPhase } from '../../../core/migration/engine.ts';
import type { RowStatus } from '../../../core/migration/state/rows.ts';
import type { Clock } from '../../base/clock.ts';
import type { Session } from './session.ts';
import type { Watcher } from './watch.ts';

export interface RunLimits {
  readonly lockTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly deadline: Instant;
}

export interface Running {
  readonly session: Session;
  readonly watcher: Watcher;
  readonly clock: Clock;
  readonly stop: AbortSignal;
  readonly limits: RunLimits;
  readonly run: string;
}

/** A statement in the script of a phase, or of its way back. */
export interface Place {
  readonly id: string;
  readonly phase: MigrationPhase;
  /** `0007_slug.expand.up.sql`, for people. */
  readonly file: string;
  readonly index: number;
  /** What the phase is when this was its last statement; undefined: more follow. */
  readonly then: RowStatus | undefined;
}
