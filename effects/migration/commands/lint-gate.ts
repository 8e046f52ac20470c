/** Before anything is changed, the linter looks at what is about to be run. */
import type { MigrationPhase } from '../../../core/migration/engine.ts';
import { isRefusing } from '../../../core/migration/lint/finding.ts';
import { lintFiles, type NamedText } from '../../../core/migration/lint/folder.ts';
import { Schema } from '../../../core/migration/lint/schema/schema.ts';
import type { DatabaseState } from '../../../core/migration/state/rows.ts';
import { pendingOf } from '../../../core/migration/state/standing.ts';
import { Stopped } from '../stopped.ts';
import type { Job } from './job.ts';

/** Our files are known by their names; this is for those of other tools, of which there are none here. */
const OTHER = { phase: 'other', transactions: 'file', hasLockTimeout: false } as const;

/**
 * Those of the phase that are not done yet; what came before only tells the linter what there is.
 *
 * @throws {Stopped} with exit code 10.
 */
export function lintPending(job: Job, state: DatabaseState, phase: MigrationPhase): void {
  const { lint } = job.settings;
  if (lint === 'off') return;
  const pending = pendingOf(job.migrations, state, phase);
  if (pending.length === 0) return;
  const files = job.migrations.flatMap(({ expand, validate, contract }): NamedText[] =>
    [expand?.up, expand?.down, validate, contract?.up, contract?.down].flatMap((script) =>
      script ? [{ name: script.file, text: script.text }] : [],
    ),
  );
  const reports = lintFiles(job.parser, new Schema(), files, { other: OTHER, since: '' });
  const problems = reports
    .filter(
      ({ name }) => pending.some((id) => name.startsWith(`${id}_`)) && name.includes(`.${phase}.`),
    )
    .flatMap(({ name, findings }) =>
      findings
        .filter((finding) => isRefusing(finding, lint))
        .map(({ position, rule, seen, instead }) => ({
          message: `${name} line ${position.line}: ${rule}: ${seen}`,
          advice: instead,
        })),
    );
  if (problems.length > 0) throw new Stopped(10, ...problems);
}
