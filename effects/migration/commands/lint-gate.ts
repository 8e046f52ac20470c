/** Before anything is changed, the linter looks at what is about to be run. */
import type { MigrationPhase } from '../../../core/migration/engine.ts';
import { refusalsIn } from '../../../core/migration/lint/refusals.ts';
import { lintedOf } from '../../../core/migration/linted.ts';
import type { DatabaseState } from '../../../core/migration/state/rows.ts';
import { pendingOf } from '../../../core/migration/state/standing.ts';
import { Stopped } from '../stopped.ts';
import type { Job } from './job.ts';

/**
 * Those of the phases that are not done yet; what came before only tells the linter what there is.
 *
 * @throws {Stopped} with exit code 10.
 */
export function lintPending(
  job: Job,
  state: DatabaseState,
  phases: readonly MigrationPhase[],
  isAsked: (id: string) => boolean = () => true,
): void {
  const { lint } = job.settings;
  if (lint === 'off') return;
  const pending = phases.flatMap((phase) =>
    pendingOf(job.migrations, state, phase)
      .filter(isAsked)
      .map((id) => ({ id, phase })),
  );
  if (pending.length === 0) return;
  const isMeant = (name: string): boolean =>
    pending.some(({ id, phase }) => name.startsWith(`${id}_`) && name.includes(`.${phase}.`));
  const problems = refusalsIn(job.parser, lintedOf(job.migrations), isMeant, lint);
  if (problems.length > 0) throw new Stopped(10, ...problems);
}
