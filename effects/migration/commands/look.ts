/** plan, status and doctor: what would be done, what was done, and what stands in its way. They change nothing. */
import type { Gate } from '../../../core/migration/engine.ts';
import { MIGRATION_PHASES, type MigrationPhase } from '../../../core/migration/engine.ts';
import type { Migration } from '../../../core/migration/files/migrations.ts';
import { driftOf } from '../../../core/migration/state/drift.ts';
import {
  type DatabaseState,
  isDone,
  type MigrationRow,
  rowOf,
} from '../../../core/migration/state/rows.ts';
import { blockersText } from '../../../core/migration/wait/blockers.ts';
import { lockHolder } from '../postgres/lock.ts';
import { allInvalidIndexes } from '../postgres/look.ts';
import type { Session } from '../postgres/session.ts';
import { readState } from '../postgres/tables.ts';
import { Stopped } from '../stopped.ts';
import { type Job, needsFiles } from './job.ts';
import { lintPending } from './lint-gate.ts';

export async function plan(job: Job): Promise<string> {
  needsFiles(job);
  const state = await readState(job.session);
  const drift = driftOf(job.migrations, state);
  if (drift.length > 0) throw new Stopped(13, ...drift);
  lintPending(job, state, ['expand', 'backfill']);
  lintPending(job, state, ['contract']);
  const lines = [
    ...job.migrations.flatMap((migration) => plannedOf(migration, state)),
    ...job.migrations.flatMap((migration) => contractOf(migration, state)),
  ];
  for (const [at, [file, doing, note]] of lines.entries()) {
    job.log.event({ event: 'schema-plan', number: at + 1, file, doing, note });
  }
  return lines.length === 0 ? 'nothing is left to do' : `${lines.length} things are left to do`;
}

type Planned = readonly [file: string, doing: string, note: string | undefined];

function plannedOf({ id, expand, backfill, validate }: Migration, state: DatabaseState): Planned[] {
  const open = (phase: MigrationPhase): boolean => !isDone(rowOf(state, id, phase));
  const from = rowOf(state, id, 'expand')?.nextStatement ?? 0;
  return [
    ...(expand && open('expand')
      ? expand.up.statements
          .filter((_, index) => index >= from)
          .map(
            ({ sql, line, how }): Planned => [
              expand.up.file,
              `line ${line}: ${firstLine(sql)}`,
              how.kind === 'transaction' ? undefined : 'outside of a transaction',
            ],
          )
      : []),
    ...(backfill && open('backfill')
      ? [[backfill.file, `fill ${backfill.backfill.table} in batches`, undefined] as const]
      : []),
    ...(validate && open('validate')
      ? [[validate.file, 'ask whether it holds', undefined] as const]
      : []),
  ];
}

function contractOf({ id, contract }: Migration, state: DatabaseState): Planned[] {
  if (!contract || isDone(rowOf(state, id, 'contract'))) return [];
  const note = 'in a later run, once no old version is left';
  return contract.up.statements.map(({ sql, line }) => [
    contract.up.file,
    `line ${line}: ${firstLine(sql)}`,
    note,
  ]);
}

const MOST_SHOWN = 160;

function firstLine(sql: string): string {
  const text = sql.replaceAll(/\s+/g, ' ');
  return text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}…`;
}

export async function status(job: Job): Promise<string> {
  const state = await readState(job.session);
  const known = new Map(state.rows.map(({ id, slug }) => [id, slug]));
  for (const { id, slug } of job.migrations) known.set(id, slug);
  const ids = [...known].sort(([one], [other]) => (one < other ? -1 : 1));
  for (const [id, slug] of ids) {
    for (const phase of MIGRATION_PHASES) {
      const row = rowOf(state, id, phase);
      const hasFile = job.migrations.some((each) => each.id === id && hasPhase(each, phase));
      if (!row && !hasFile) continue;
      const outcome = row?.status ?? 'pending';
      job.log.event({
        event: 'schema-status',
        file: `${id}_${slug}.${phase}`,
        outcome,
        note: row && noteOf(row),
      });
    }
  }
  const serving = state.releases.map(
    ({ id, state: how, requiresSchema }) => `${id} ${how} needs ${requiresSchema || 'none'}`,
  );
  return [`${known.size} migrations are known`, ...serving].join(', ');
}

function hasPhase(migration: Migration, phase: MigrationPhase): boolean {
  return migration[phase] !== undefined;
}

function noteOf({
  phase,
  status: how,
  nextStatement,
  rowsDone,
  rowsSeen,
  error,
  run,
}: MigrationRow): string {
  const far =
    phase === 'backfill'
      ? `${rowsSeen} rows looked at, ${rowsDone} filled`
      : how === 'doing' || how === 'undoing'
        ? `next is statement ${nextStatement + 1}`
        : '';
  return [far, `by ${run}`, error === undefined ? '' : `failed: ${error}`]
    .filter(Boolean)
    .join(', ');
}

/** Whether a migration could be run now; those that do not hold and are no must are told all the same. */
export async function doctor(job: Job): Promise<readonly Gate[]> {
  const seen = await askServer(job.session);
  const holders = await lockHolder(job.session);
  const invalid = await allInvalidIndexes(job.session);
  return [
    ...gatesOf(seen, job),
    gate(
      'lock-free',
      holders.length === 0,
      holders.length === 0 ? 'no runner is at this database' : blockersText(holders),
    ),
    gate('indexes-valid', invalid.length === 0, invalid.join(', ') || 'no index is invalid'),
    ...waitsOf(seen),
  ];
}

interface Server {
  readonly version: string;
  readonly number: number;
  readonly may: boolean;
  readonly monitor: boolean;
  readonly oldest: number;
  readonly prepared: number;
  readonly same: boolean;
}

async function askServer(session: Session): Promise<Server | undefined> {
  const { rows } = await session.query<Server>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
       has_database_privilege(current_database(), 'CREATE')
         OR coalesce(has_schema_privilege(to_regnamespace('zero_downtime')::oid, 'CREATE'), false) AS may,
       pg_has_role('pg_read_all_stats', 'USAGE') AS monitor,
       (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::int FROM pg_stat_activity
         WHERE pid <> pg_backend_pid() AND backend_type = 'client backend') AS oldest,
       (SELECT count(*)::int FROM pg_prepared_xacts WHERE database = current_database()) AS prepared,
       pg_backend_pid() = $1 AS same`,
    [session.pid],
  );
  return rows[0];
}

function gate(name: string, holds: boolean, seen: string): Gate {
  return { gate: name, holds, seen };
}

/** Of the server and the account. */
function gatesOf(seen: Server | undefined, { session, credentials }: Job): Gate[] {
  return [
    gate(
      'version',
      (seen?.number ?? 0) >= OLDEST,
      `PostgreSQL ${seen?.version}, supported is 13 and newer`,
    ),
    gate(
      'own-session',
      seen?.same === true,
      seen?.same
        ? 'queries reach one session'
        : 'a pooler gives sessions to several at once: connect to the server itself',
    ),
    gate(
      'may-create',
      seen?.may === true,
      seen?.may ? 'this account may keep its tables' : 'GRANT CREATE ON DATABASE … TO this account',
    ),
    gate(
      'encrypted',
      session.isEncrypted,
      session.isEncrypted
        ? `TLS, ${credentials.sslMode}`
        : 'not encrypted: give ca.crt, or sslmode require',
    ),
    gate(
      'sees-others',
      seen?.monitor === true,
      seen?.monitor
        ? 'queries and lag of others can be seen'
        : 'GRANT pg_monitor TO this account shows queries and the lag of replicas',
    ),
  ];
}

/** Of what an index that is built concurrently would wait for. */
function waitsOf(seen: Server | undefined): Gate[] {
  return [
    gate(
      'no-long-transaction',
      (seen?.oldest ?? 0) < LONG_SECONDS,
      `the oldest transaction is ${seen?.oldest} s old: CREATE INDEX CONCURRENTLY waits for it`,
    ),
    gate(
      'no-prepared-transaction',
      seen?.prepared === 0,
      `${seen?.prepared} prepared transactions, which hold locks for ever`,
    ),
  ];
}

const OLDEST = 130_000;
const LONG_SECONDS = 300;
/** Without these no migration can be run. */
export const MUSTS: readonly string[] = ['version', 'own-session', 'may-create'];
