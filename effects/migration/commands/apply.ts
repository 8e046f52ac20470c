/**
 * expand and backfill: forward, in the order of the numbers. What comes behind rows that are not filled
 * yet may rest on them: `expand` stops there, and `backfill` fills them and goes on.
 */
import type { MigrationPhase } from '../../../core/migration/engine.ts';
import type { Migration } from '../../../core/migration/files/migrations.ts';
import type { Script } from '../../../core/migration/files/script.ts';
import type { Statement } from '../../../core/migration/files/statement.ts';
import {
  isDone,
  type MigrationRow,
  type RowStatus,
  rowOf,
} from '../../../core/migration/state/rows.ts';
import { runBackfill } from '../postgres/run-backfill.ts';
import { runStatement } from '../postgres/run-statement.ts';
import { beginPhase, noteEvent, readState } from '../postgres/tables.ts';
import { stopped } from '../stopped.ts';
import { type Job, needsFiles, withLock } from './job.ts';
import { lintPending } from './lint-gate.ts';

/** What it did, for people. */
export async function expand(job: Job): Promise<string> {
  needsFiles(job);
  return withLock(
    job,
    'refused',
    async (state) => {
      const done: string[] = [];
      for (const migration of job.migrations) {
        const { id, expand: scripts, backfill } = migration;
        if (scripts && !isDone(rowOf(state, id, 'expand'))) {
          await expandOne(job, migration, scripts.up, scripts.down);
          done.push(id);
        }
        if (backfill && !isDone(rowOf(state, id, 'backfill'))) break;
      }
      await noteRelease(job);
      return done.length === 0 ? 'nothing was left to expand' : `expanded ${done.join(', ')}`;
    },
    (state) => lintPending(job, state, ['expand', 'backfill']),
  );
}

export async function backfill(job: Job): Promise<string> {
  needsFiles(job);
  return withLock(
    job,
    'refused',
    async (state) => {
      const done: string[] = [];
      for (const migration of job.migrations) {
        const { id, expand: scripts, backfill: file } = migration;
        if (scripts && !isDone(rowOf(state, id, 'expand'))) {
          await expandOne(job, migration, scripts.up, scripts.down);
        }
        if (file && !isDone(rowOf(state, id, 'backfill'))) {
          const row = await begin(job, migration, 'backfill', file, undefined);
          await runBackfill(job, file, row);
          done.push(id);
        }
      }
      await noteRelease(job);
      return done.length === 0 ? 'nothing was left to fill' : `filled ${done.join(', ')}`;
    },
    (state) => lintPending(job, state, ['expand', 'backfill']),
  );
}

async function expandOne(job: Job, migration: Migration, up: Script, down: Script): Promise<void> {
  const row = await begin(job, migration, 'expand', up, down.text);
  if (row.status === 'undoing') {
    const advice = 'end that first: rollback --schema goes on from where it was left';
    throw stopped(14, `${row.id}_${row.slug} is on its way back`, advice);
  }
  await runScript(job, row, up.file, up.statements, 'done');
}

/** The row of a phase, new or as it was left. */
export async function begin(
  { session, run, settings }: Job,
  { id, slug }: Migration,
  phase: MigrationPhase,
  { checksum, text }: { readonly checksum: string; readonly text: string },
  downSql: string | undefined,
): Promise<MigrationRow> {
  const release = settings.release?.id ?? '';
  await beginPhase(session, { id, phase, slug, checksum, upSql: text, downSql, run, release });
  const row = rowOf(await readState(session), id, phase);
  if (!row)
    throw stopped(14, `${id}: what was begun cannot be found again in zero_downtime.migration`);
  return row;
}

/** From where it was left. */
export async function runScript(
  job: Job,
  { id, phase, nextStatement }: MigrationRow,
  file: string,
  statements: readonly Statement[],
  end: RowStatus,
): Promise<void> {
  const began = job.clock.now();
  for (const [index, statement] of statements.entries()) {
    if (index < nextStatement) continue;
    const then = index === statements.length - 1 ? end : undefined;
    job.log.event({
      event: 'schema-change',
      file: file,
      doing: `statement ${index + 1} of ${statements.length}, line ${statement.line}`,
    });
    await runStatement(job, { id, phase, file, index, then }, statement);
  }
  const after = `${job.clock.now() - began}ms`;
  job.log.event({ event: 'schema-change', file: file, doing: `all of it is ${end}`, after });
}

/** What is to be released, and what schema it needs. */
async function noteRelease({ session, settings, migrations, run }: Job): Promise<void> {
  const { release } = settings;
  if (!release) return;
  await session.query(
    `INSERT INTO zero_downtime.release (id, image_digest, requires_schema, state)
     VALUES ($1, $2, $3, 'prepared')
     ON CONFLICT (id) DO UPDATE SET image_digest = $2, requires_schema = $3`,
    [release.id, release.imageDigest, migrations.at(-1)?.id ?? ''],
  );
  await noteEvent(session, { run, what: 'release', detail: release.id });
}
