/**
 * Asks the linter beforehand, without a database: which files were run already, the section of the last
 * migration says. A room of its own in the program of pre-validation, which needs it for few releases.
 */

import type { Problem } from '../../../core/migration/engine.ts';
import type { Mode } from '../../../core/migration/lint/finding.ts';
import { refusalsIn } from '../../../core/migration/lint/refusals.ts';
import { lintedOf } from '../../../core/migration/linted.ts';
import { loadSqlParser } from '../parse-sql.ts';
import { loadMigrations } from '../read-files.ts';

/** Numbers of migrations, such as `0007`; empty: none. */
interface RunAlready {
  readonly expandedTo: string;
  readonly contractedTo: string;
}

/**
 * What would be refused of the files in that folder that are yet to be run: the expands, and the contracts too
 * where they are wanted. Empty: nothing.
 *
 * @throws {BadInput} with everything that is wrong with the files themselves.
 */
export async function askLinter(
  folder: string,
  mode: Mode,
  { expandedTo, contractedTo }: RunAlready,
  phases: readonly ('expand' | 'contract')[],
): Promise<readonly Problem[]> {
  const parser = await loadSqlParser();
  const migrations = await loadMigrations(folder, parser);
  const last = { expand: expandedTo, contract: contractedTo };
  const isMeant = (name: string): boolean =>
    phases.some((phase) => isOf(phase, name) && name.slice(0, 4) > last[phase]);
  return refusalsIn(parser, lintedOf(migrations), isMeant, mode);
}

/** What is expanded is filled in the same run. */
function isOf(phase: 'expand' | 'contract', name: string): boolean {
  return name.includes(`.${phase}.`) || (phase === 'expand' && name.includes('.backfill.'));
}
