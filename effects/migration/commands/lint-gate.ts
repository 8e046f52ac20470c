/** Before anything is changed, the linter looks at what is about to be run. */
import type { MigrationPhase } from '../../../core/migration/engine.ts';
import { scriptsOf } from '../../../core/migration/files/migrations.ts';
import { refusalsIn } from '../../../core/migration/lint/refusals.ts';
import type { DatabaseState } from '../../../core/migration/state/rows.ts';
import { pendingOf } from '../../../core/migration/state/standing.ts';
import { Stopped } from '../stopped.ts';
import type { Job } from './job.ts';

/**
 * Those of the phase that are not done yet; what came before only tells the linter what there is.
 *
 * @throws {Stopped} with exit code 10.
 */
export function lintPending(
  job: Job,
  state: DatabaseState,
  phase: MigrationPhase,
  isAsked: (id: string) => boolean = () => true,
): void {
  const { lint } = job.settings;
  if (lint === 'off') return;
  const pending = pendingOf(job.migrations, state, phase).filter(isAsked);
  if (pending.length === 0) return;
  const isMeant = (name: string): boolean =>
    pending.some((id) => name.startsWith(`${id}_`)) && name.includes(`.${phase}.`);
  const problems = refusalsIn(job.parser, scriptsOf(job.migrations), isMeant, lint);
  if (problems.length > 0) throw new Stopped(10, ...problems);
}
