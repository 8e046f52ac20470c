/** baseline, repair, pause, resume, and a backup that was taken elsewhere: what is kept changes, nothing else. */
import { foreignText } from '../../../core/base/foreign-text.ts';
import { timestampOf } from '../../../core/kubernetes/time.ts';
import type { Backup } from '../../../core/migration/engine.ts';
import { MIGRATION_PHASES } from '../../../core/migration/engine.ts';
import type { Migration } from '../../../core/migration/files/migrations.ts';
import { statementsOf } from '../../../core/migration/files/script.ts';
import { fileOf } from '../../../core/migration/state/drift.ts';
import type { MigrationRow } from '../../../core/migration/state/rows.ts';
import { beginPhase, dropMeta, noteEvent, setMeta, setStatus } from '../postgres/tables.ts';
import { stopped } from '../stopped.ts';
import { type Job, needsFiles, withLock } from './job.ts';

export async function baseline(job: Job, to: string): Promise<string> {
  needsFiles(job);
  const { session, run, migrations } = job;
  if (!migrations.some(({ id }) => id === to))
    throw stopped(2, `${to} is no migration of the folder`);
  return withLock(job, 'allowed', async (state) => {
    const taken = migrations.filter(({ id }) => id <= to);
    const begun = taken.find(({ id }) =>
      state.rows.some((row) => row.id === id && row.status !== 'baselined'),
    );
    if (begun)
      throw stopped(
        14,
        `${begun.id}_${begun.slug} was begun here already: a baseline comes before that`,
      );
    await session.query('BEGIN');
    for (const migration of taken) await takeAsApplied(job, migration);
    const floor = taken.findLast(({ contract }) => contract)?.id;
    if (floor !== undefined)
      await setMeta(session, 'compat_floor', floor, `baseline at ${to} (run ${run})`);
    await noteEvent(session, { run, what: 'baseline', id: to });
    await session.query('COMMIT');
    return `taken as applied: ${taken.map(({ id }) => id).join(', ')}`;
  });
}

async function takeAsApplied({ session, run }: Job, migration: Migration): Promise<void> {
  const { id, slug } = migration;
  for (const phase of MIGRATION_PHASES) {
    const file = fileOf(migration, phase);
    if (!file) continue;
    const { checksum, text: upSql } = file;
    await beginPhase(session, {
      id,
      phase,
      slug,
      checksum,
      upSql,
      downSql: undefined,
      run,
      release: '',
    });
    await setStatus(session, { id, phase }, 'baselined');
  }
}

export async function repair(job: Job, reason: string): Promise<string> {
  needsFiles(job);
  const { session, run } = job;
  return withLock(job, 'allowed', async (state) => {
    await session.query('BEGIN');
    const repaired: string[] = [];
    for (const row of state.rows) {
      const what = await repairRow(job, row);
      if (what === undefined) continue;
      const name = `${row.id}_${row.slug}.${row.phase}`;
      repaired.push(name);
      const detail = `${what}: ${foreignText(reason, 500)}`;
      await noteEvent(session, { run, what: 'repaired', id: row.id, phase: row.phase, detail });
    }
    await session.query('COMMIT');
    return repaired.length === 0 ? 'nothing was to be repaired' : `repaired ${repaired.join(', ')}`;
  });
}

/** What was done to it; undefined: nothing is wrong with it. */
async function repairRow(job: Job, row: MigrationRow): Promise<string | undefined> {
  const { session, migrations } = job;
  const { id, phase, status } = row;
  if (status === 'undone' || status === 'baselined') return undefined;
  const migration = migrations.find((each) => each.id === id);
  const last = migrations.at(-1)?.id ?? '';
  if (!migration && id > last) return undefined;
  const file = migration && fileOf(migration, phase);
  if (!migration || !file) {
    if (status !== 'done') {
      throw stopped(
        14,
        `${id}_${row.slug}.${phase} was begun and its file is gone`,
        'put the file back',
      );
    }
    await setStatus(session, row, 'baselined');
    return 'its file is gone';
  }
  if (file.checksum === row.checksum && row.error === undefined) return undefined;
  assertSameBeginning(job, row, file.text);
  const down = phase === 'expand' ? migration.expand?.down.text : migration.contract?.down?.text;
  await session.query(
    `UPDATE zero_downtime.migration SET checksum = $3, up_sql = $4, down_sql = coalesce($5, down_sql), error = NULL
      WHERE id = $1 AND phase = $2`,
    [id, phase, file.checksum, file.text, down ?? null],
  );
  return file.checksum === row.checksum ? 'its failure was cleared' : 'its file was changed';
}

/** What has been run of a script that is not done must stand in the new one as it was. */
function assertSameBeginning({ parser }: Job, row: MigrationRow, text: string): void {
  if (row.status !== 'doing' || row.phase === 'backfill') return;
  const before = statementsOf(row.upSql, parser).slice(0, row.nextStatement);
  const now = statementsOf(text, parser);
  const changed = before.findIndex(({ sql }, index) => sql !== now[index]?.sql);
  if (changed === -1) return;
  throw stopped(
    14,
    `${row.id}_${row.slug}.${row.phase}: statement ${changed + 1} has been run already, and is another one now`,
    'leave what has been run as it was, and change what comes after it',
  );
}

export async function setFlag(
  job: Job,
  command: 'pause' | 'resume',
  flag: string,
): Promise<string> {
  const { session, run } = job;
  const key = `pause/${flag}`;
  // The one that pauses is not to wait for the one that is at work.
  const { rows } = await session.query<{ there: boolean }>(
    `SELECT to_regclass('zero_downtime.meta') IS NOT NULL AS there`,
  );
  if (!rows[0]?.there)
    throw stopped(14, 'nothing has been run on this database that could be paused');
  if (command === 'pause') await setMeta(session, key, 'on', run);
  else await dropMeta(session, key);
  await noteEvent(session, { run, what: command, detail: flag });
  return command === 'pause'
    ? `backfills with the flag ${flag} wait`
    : `backfills with the flag ${flag} go on`;
}

/** Between the one who has taken a backup and us. */
const CLOCKS_DIFFER_MS = 300_000;

export async function noteBackup(job: Job, backup: Backup): Promise<string> {
  if (backup.takenAt > job.clock.now() + CLOCKS_DIFFER_MS)
    throw stopped(2, 'taken-at has not come yet');
  return withLock(job, 'allowed', async () => {
    const { session, run } = job;
    await setMeta(session, 'backup', JSON.stringify(backup), run);
    await noteEvent(session, { run, what: 'backup', detail: backup.about });
    return `${backup.kind} of ${timestampOf(backup.takenAt)}: ${backup.about}`;
  });
}
