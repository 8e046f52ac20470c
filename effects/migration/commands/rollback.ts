/** rollback: whether an older version still fits; with --schema, down to what it knew, in order. */
import type { Gate, MigrationAsked } from '../../../core/migration/engine.ts';
import { statementsOf } from '../../../core/migration/files/script.ts';
import {
  type DatabaseState,
  type MigrationRow,
  rowOf,
} from '../../../core/migration/state/rows.ts';
import { type WayBack, wayBackOf } from '../../../core/migration/state/way-back.ts';
import { sessionsNamed } from '../postgres/look.ts';
import { noteEvent, readState, setStatus } from '../postgres/tables.ts';
import { Stopped, stopped } from '../stopped.ts';
import { runScript } from './apply.ts';
import { type Job, withLock } from './job.ts';

type Asked = Extract<MigrationAsked, { command: 'rollback' }>;

export async function rollback(
  job: Job,
  { to, schema, oldSessions }: Asked,
): Promise<{ readonly note: string; readonly gates: readonly Gate[] }> {
  if (!schema) return stays(await readState(job.session), to);
  return withLock(job, 'allowed', async (state) => {
    const way = open(wayBackOf(state, to, 'goes-down'));
    const left = await sessionsNamed(job.session, oldSessions);
    if (left.length > 0) {
      throw stopped(
        75,
        `sessions of the version that needs the schema are still connected: ${left.join(', ')}`,
        'take its traffic and its pods away first',
      );
    }
    for (const row of way.undo) await undo(job, row, state);
    const ids = way.undo.map(({ id }) => id);
    const note = ids.length === 0 ? 'nothing was above it' : `undone ${ids.join(', ')}`;
    return { note: `${note}; the schema is at ${way.to || 'its beginning'}`, gates: [] };
  });
}

/** Traffic goes back, the schema stays: it fits both, or a contract has said otherwise. */
function stays(state: DatabaseState, to: string): { note: string; gates: readonly Gate[] } {
  const way = open(wayBackOf(state, to, 'stays'));
  const seen = `nothing below ${state.floor?.id ?? 'any version'} is refused, asked is ${way.to || 'the beginning'}`;
  return {
    note: `the schema may stay as it is: an image that knows it up to ${way.to || 'its beginning'} fits`,
    gates: [{ gate: 'floor', holds: true, seen }],
  };
}

function open(way: WayBack): Extract<WayBack, { kind: 'open' }> {
  if (way.kind === 'closed') throw new Stopped(14, way.problem);
  return way;
}

async function undo(job: Job, row: MigrationRow, state: DatabaseState): Promise<void> {
  const { session, run, parser } = job;
  const { id, phase, slug, downSql = '' } = row;
  const file = `${id}_${slug}.expand.down.sql`;
  const statements = statementsOf(downSql, parser);
  if (statements.length === 0) throw stopped(14, `${file}: what was kept of it cannot be read`);
  if (row.status !== 'undoing') {
    await session.query('BEGIN');
    await setStatus(session, row, 'undoing');
    // What hangs on it is no longer so, from its first statement on.
    for (const other of ['backfill', 'validate'] as const) {
      if (rowOf(state, id, other)) await setStatus(session, { id, phase: other }, 'undone');
    }
    await noteEvent(session, { run, what: 'undoing', id, phase });
    await session.query('COMMIT');
  }
  const nextStatement = row.status === 'undoing' ? row.nextStatement : 0;
  await runScript(job, { ...row, nextStatement }, file, statements, 'undone');
}
