/** contract: removes what only the old version needed, once it is not needed any more. */
import { instant } from '../../../core/base/vocabulary.ts';
import type { Gate, MigrationAsked } from '../../../core/migration/engine.ts';
import { contractGates } from '../../../core/migration/state/contract-gates.ts';
import type { DatabaseState } from '../../../core/migration/state/rows.ts';
import { expandedBy, pendingOf } from '../../../core/migration/state/standing.ts';
import { sessionsNamed } from '../postgres/look.ts';
import { noteEvent, setMeta } from '../postgres/tables.ts';
import { Stopped } from '../stopped.ts';
import { begin, runScript } from './apply.ts';
import { type Job, needsFiles, withLock } from './job.ts';
import { lintPending } from './lint-gate.ts';
import { backupGate } from './verify.ts';

type Asked = Extract<MigrationAsked, { command: 'contract' }>;

export async function contract(
  job: Job,
  asked: Asked,
): Promise<{ readonly note: string; readonly gates: readonly Gate[] }> {
  needsFiles(job);
  const isAsked = (id: string): boolean => asked.upTo === undefined || id <= asked.upTo;
  return withLock(
    job,
    'refused',
    async (state) => {
      const ids = pendingOf(job.migrations, state, 'contract').filter(isAsked);
      if (ids.length === 0) return { note: 'nothing was left to contract', gates: [] };
      const gates = await gatesOf(job, asked, state, ids);
      const closed = gates.filter(({ holds }) => !holds);
      if (closed.length > 0) throw refused(closed);
      for (const id of ids) await contractOne(job, id);
      return { note: `contracted ${ids.join(', ')}`, gates };
    },
    (state) => lintPending(job, state, ['contract'], isAsked),
  );
}

async function gatesOf(
  job: Job,
  { oldPods, oldSessions, soakMs, backup }: Asked,
  state: DatabaseState,
  ids: readonly string[],
): Promise<readonly Gate[]> {
  const { session, migrations, run, clock } = job;
  const unready = (['expand', 'backfill', 'validate'] as const).flatMap((phase) =>
    pendingOf(migrations, state, phase),
  );
  const gates = contractGates({
    now: instant(clock.now()),
    ids,
    unready: [...new Set(unready)],
    expandedNow: expandedBy(state, run),
    oldPods,
    oldSessions: await sessionsNamed(session, oldSessions),
    soakMs,
  });
  return [...gates, ...(backup ? [await backupGate(job, backup)] : [])];
}

/** Time opens these by itself. */
const IN_TIME = ['no-old-pod', 'no-old-session', 'soaked', 'error-rate'];

function refused(closed: readonly Gate[]): Stopped {
  const isOnlyEarly = closed.every(({ gate }) => IN_TIME.includes(gate));
  return new Stopped(
    isOnlyEarly ? 75 : 14,
    ...closed.map(({ gate, seen }) => ({ message: `contract is refused (${gate}): ${seen}` })),
  );
}

async function contractOne(job: Job, id: string): Promise<void> {
  const { session, run, settings, migrations } = job;
  const migration = migrations.find((each) => each.id === id);
  if (!migration?.contract) return;
  const { up, down } = migration.contract;
  const who = settings.release ? `, release ${settings.release.id}` : '';
  // Raised with the first statement yet to come: half a contract breaks an old version as well.
  await session.query('BEGIN');
  const row = await begin(job, migration, 'contract', up, down?.text);
  await setMeta(
    session,
    'compat_floor',
    id,
    `the contract of ${id}_${migration.slug} (run ${run}${who})`,
  );
  await noteEvent(session, { run, what: 'floor', id, phase: 'contract', detail: id });
  await session.query('COMMIT');
  await runScript(job, row, up.file, up.statements, 'done');
}
