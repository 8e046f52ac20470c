/** Whether a write is to be kept, or only tried. */
import { ApiFailure } from '../../definitions/failure.ts';
import type { Persistence } from './rules.ts';

export function persistenceFrom(dryRun: readonly unknown[]): Persistence {
  if (dryRun.length === 0) return 'kept';
  if (dryRun.every((value) => value === 'All')) return 'dry-run';
  throw new ApiFailure(
    'BadRequest',
    `dryRun: Unsupported value: "${dryRun}": supported values: "All"`,
  );
}
