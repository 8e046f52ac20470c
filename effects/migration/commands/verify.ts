/** verify: all that a release rests on, each as a gate with what was seen of it. */
import { DatabaseError } from 'pg';
import { formatDuration } from '../../../core/base/duration.ts';
import { foreignText } from '../../../core/base/foreign-text.ts';
import { leftSql } from '../../../core/migration/backfill/batch-sql.ts';
import type { BackupWanted, Gate } from '../../../core/migration/engine.ts';
import type { Migration } from '../../../core/migration/files/migrations.ts';
import type { Script } from '../../../core/migration/files/script.ts';
import { nameText } from '../../../core/migration/lint/tree/names.ts';
import { driftOf } from '../../../core/migration/state/drift.ts';
import { type DatabaseState, isDone, rowOf } from '../../../core/migration/state/rows.ts';
import { expandedBy, pendingOf } from '../../../core/migration/state/standing.ts';
import { invalidIndexes, isTriggerThere, unvalidated } from '../postgres/look.ts';
import { beginPhase, readBackup, readState, setStatus } from '../postgres/tables.ts';
import { stopped } from '../stopped.ts';
import { type Job, needsFiles, withLock } from './job.ts';

export async function verify(job: Job, backup: BackupWanted | undefined): Promise<readonly Gate[]> {
  needsFiles(job);
  return withLock(job, 'allowed', async (state) => {
    const { migrations } = job;
    const drift = driftOf(migrations, state);
    const gates = [
      none(
        'checksums',
        drift.map(({ message }) => message),
        'files and database agree',
      ),
      none('expanded', pendingOf(migrations, state, 'expand'), 'every expand is done'),
      ...(await filled(job, state)),
      ...(await wholeObjects(job)),
      notContracted(job, state),
      stillFits(state),
    ];
    // What is not there yet cannot be asked about.
    const isThere = gates.every(({ holds }) => holds);
    const validated = isThere ? await validations(job) : [];
    return [...gates, ...validated, ...(backup ? [await backupGate(job, backup)] : [])];
  });
}

function gate(name: string, holds: boolean, seen: string): Gate {
  return { gate: name, holds, seen };
}

function none(name: string, found: readonly string[], fine: string): Gate {
  return gate(name, found.length === 0, found.length === 0 ? fine : found.join(', '));
}

async function filled(job: Job, state: DatabaseState): Promise<Gate[]> {
  const { session, migrations } = job;
  const open = pendingOf(migrations, state, 'backfill');
  const gates = [none('filled', open, 'every backfill is done')];
  for (const { id, backfill } of migrations) {
    // Behind a contract its columns may be gone.
    if (!backfill || open.includes(id) || isDone(rowOf(state, id, 'contract'))) continue;
    if (rowOf(state, id, 'backfill')?.status === 'baselined') continue;
    const { rows } = await session.query<{ left: boolean }>(leftSql(backfill.backfill).text);
    const isLeft = rows[0]?.left === true;
    gates.push(
      gate(
        'no-row-left',
        !isLeft,
        `${backfill.file}: ${isLeft ? 'rows are left' : 'no row is left'}`,
      ),
    );
    const { syncTrigger } = backfill.backfill;
    if (syncTrigger === undefined) continue;
    const isOn = await isTriggerThere(session, backfill.backfill);
    gates.push(
      gate(
        'sync-trigger',
        isOn,
        `${foreignText(syncTrigger, 60)} ${isOn ? 'is on' : 'is not there, or switched off'}`,
      ),
    );
  }
  return gates;
}

/** Nothing of ours is half there. */
async function wholeObjects({ session, migrations }: Job): Promise<Gate[]> {
  const statements = migrations.flatMap(({ expand }) => expand?.up.statements ?? []);
  const indexes = statements.flatMap(({ how }) =>
    how.kind === 'create-index' ? [nameText(how.index)] : [],
  );
  const constraints = statements.flatMap(({ unvalidated: names }) => names);
  return [
    none('indexes-valid', await invalidIndexes(session, indexes), 'no index of ours is invalid'),
    none(
      'constraints-validated',
      await unvalidated(session, constraints),
      'every constraint of ours is validated',
    ),
  ];
}

/** What a run finds expanded it may contract first, and then all of it; what it has expanded itself it may not. */
function notContracted({ run }: Job, state: DatabaseState): Gate {
  const expanded = expandedBy(state, run);
  const own = state.rows.filter(
    (row) =>
      row.phase === 'contract' && row.run === run && (!isDone(row) || expanded.includes(row.id)),
  );
  return none(
    'no-contract-now',
    own.map(({ id }) => id),
    'this run has contracted nothing of its own, and nothing by half',
  );
}

/** What serves can still do with the schema. */
function stillFits({ releases, floor }: DatabaseState): Gate {
  const serving = releases.filter(({ state }) => state === 'serving');
  const last = serving
    .toSorted((one, other) => Number(one.servingSince) - Number(other.servingSince))
    .at(-1);
  const fits = !floor || !last || last.requiresSchema >= floor.id;
  return gate(
    'serving-fits',
    fits,
    last
      ? `${last.id} knows the schema up to ${last.requiresSchema || 'none'}, needed is ${floor?.id ?? 'none'}`
      : 'it is not known what serves',
  );
}

/** Of what is expanded and not contracted; each is noted when it passes. */
async function validations(job: Job): Promise<Gate[]> {
  const { session, run, settings, migrations } = job;
  const state = await readState(session);
  const gates: Gate[] = [];
  for (const migration of migrations) {
    const { id, slug, validate } = migration;
    if (!validate || rowOf(state, id, 'contract') || isBaselined(state, migration)) continue;
    const found = await rowsOf(job, validate);
    gates.push(gate('validated', found === '', `${validate.file}: ${found || 'no row'}`));
    if (found !== '') continue;
    const release = settings.release?.id ?? '';
    const { checksum, text } = validate;
    await beginPhase(session, {
      id,
      phase: 'validate',
      slug,
      checksum,
      upSql: text,
      downSql: undefined,
      run,
      release,
    });
    if (!isDone(rowOf(state, id, 'validate')))
      await setStatus(session, { id, phase: 'validate' }, 'done');
  }
  return gates;
}

function isBaselined(state: DatabaseState, { id }: Migration): boolean {
  return rowOf(state, id, 'validate')?.status === 'baselined';
}

/** How many rows each SELECT has found, and nothing of what is in them; empty: none. */
async function rowsOf(job: Job, { statements, file }: Script): Promise<string> {
  const { session, watcher, limits } = job;
  const found: string[] = [];
  for (const { sql, line } of statements) {
    const { result } = await watcher.during(session.pid, file, async () => {
      await session.query('BEGIN READ ONLY');
      await session.query(`SELECT set_config('statement_timeout', $1, true)`, [
        `${limits.statementTimeoutMs}ms`,
      ]);
      const { rows } = await session.query<{ count: string }>(
        `SELECT count(*) FROM (${sql}\n) AS rows`,
      );
      await session.query('COMMIT');
      return Number(rows[0]?.count);
    });
    if (result.status === 'rejected') {
      if (!(result.reason instanceof DatabaseError)) throw result.reason;
      await session.query('ROLLBACK');
      throw stopped(11, `${file} line ${line}: ${foreignText(result.reason.message, 200)}`);
    }
    if (result.value > 0) found.push(`line ${line} finds ${result.value} rows`);
  }
  return found.join(', ');
}

export async function backupGate(
  { session, clock }: Job,
  { maxAgeMs }: BackupWanted,
): Promise<Gate> {
  const backup = await readBackup(session);
  if (!backup) return gate('backup', false, 'none has been noted: take one with backup');
  const ageMs = Math.max(0, clock.now() - backup.takenAt);
  return gate(
    'backup',
    ageMs <= maxAgeMs,
    `${backup.kind}, ${formatDuration(ageMs)} old, wanted is one of at most ${formatDuration(maxAgeMs)}; ${backup.about}`,
  );
}
