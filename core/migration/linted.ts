/** All of migrations that has SQL in it, as the linter is handed it. */
import { updateSql } from './backfill/batch-sql.ts';
import type { BackfillRead } from './files/backfill-file.ts';
import type { Migration } from './files/migrations.ts';
import type { BackfillFound } from './lint/backfill.ts';
import type { NamedText } from './lint/folder.ts';

export function lintedOf(migrations: readonly Migration[]): readonly NamedText[] {
  return migrations.flatMap(({ expand, backfill, validate, contract }): readonly NamedText[] => [
    ...[expand?.up, expand?.down, validate, contract?.up, contract?.down].flatMap((script) =>
      script ? [{ name: script.file, text: script.text }] : [],
    ),
    ...(backfill
      ? [{ name: backfill.file, text: backfill.text, backfill: lintedBackfill(backfill.read) }]
      : []),
  ]);
}

export function lintedBackfill(read: BackfillRead): BackfillFound {
  if (read.kind === 'faults') return read;
  const { backfill, lineOf } = read;
  const { table, key, set, where } = backfill;
  const { text: batch } = updateSql(backfill, key, key);
  return { kind: 'backfill', sql: { table, key, set, where, batch }, lineOf };
}
