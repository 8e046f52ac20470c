/**
 * One command of `database-migration`, from what was asked to how it ended: connects, does it, looks at
 * what later stages go by, and releases everything. Nothing is touched before all input is found sound.
 */
import { DatabaseError } from 'pg';
import { formatDuration } from '../../core/base/duration.ts';
import { foreignText } from '../../core/base/foreign-text.ts';
import { instant } from '../../core/base/vocabulary.ts';
import { faultsOf } from '../../core/migration/asked.ts';
import {
  bounded,
  endedBadly,
  type Gate,
  type MigrationAsked,
  type MigrationEnd,
  type MigrationFacts,
  type MigrationSettings,
} from '../../core/migration/engine.ts';
import { factsOf } from '../../core/migration/state/standing.ts';
import type { Clock } from '../base/clock.ts';
import { BadInput } from '../base/failure.ts';
import type { Log } from '../context/log.ts';
import { dump, restoreCommand } from './backup/pg-dump.ts';
import { backfill, expand } from './commands/apply.ts';
import { contract } from './commands/contract.ts';
import { type Job, withLock } from './commands/job.ts';
import { baseline, noteBackup, repair, setFlag } from './commands/keep.ts';
import { doctor, MUSTS, plan, status } from './commands/look.ts';
import { rollback } from './commands/rollback.ts';
import { verify } from './commands/verify.ts';
import { readCredentials } from './credentials.ts';
import { loadSqlParser } from './parse-sql.ts';
import { DatabaseTrouble, openSession } from './postgres/session.ts';
import { readBackup, readState } from './postgres/tables.ts';
import { Watcher } from './postgres/watch.ts';
import { loadMigrations } from './read-files.ts';
import { Stopped } from './stopped.ts';

export interface MigrationWorld {
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted on SIGTERM. */
  readonly stop: AbortSignal;
}

/** Rejects only where something is a bug. */
export async function runMigration(
  settings: MigrationSettings,
  asked: MigrationAsked,
  world: MigrationWorld,
): Promise<MigrationEnd> {
  const { command } = asked;
  let job: Job | undefined;
  try {
    const faults = faultsOf(settings, asked);
    if (faults.length > 0) throw new BadInput(faults);
    job = await prepare(settings, world);
    const { summary, gates } = await carryOut(job, asked);
    return { command, exitCode: 0, summary, problems: [], facts: await factsNow(job, gates) };
  } catch (thrown) {
    return await endOf(command, thrown, job);
  } finally {
    await job?.watcher.close();
    await job?.session.close();
  }
}

async function prepare(settings: MigrationSettings, world: MigrationWorld): Promise<Job> {
  const { migrationsDir, credentialsDir, run, deadlineMs } = settings;
  const [credentials, parser] = await Promise.all([
    readCredentials(credentialsDir),
    loadSqlParser(),
  ]);
  const migrations = migrationsDir === undefined ? [] : await loadMigrations(migrationsDir, parser);
  const session = await openSession(credentials, `zero-downtime ${run}`.slice(0, 63));
  const watcher = new Watcher({
    ...world,
    open: () => openSession(credentials, `zero-downtime watch ${run}`.slice(0, 63)),
  });
  const { lockTimeoutMs, statementTimeoutMs } = settings;
  const deadline = instant(world.clock.now() + deadlineMs);
  const limits = { lockTimeoutMs, statementTimeoutMs, deadline };
  return { ...world, settings, credentials, parser, migrations, session, watcher, limits, run };
}

interface Done {
  readonly summary: string;
  readonly gates: readonly Gate[];
}

async function carryOut(job: Job, asked: MigrationAsked): Promise<Done> {
  const done = (note: string, gates: readonly Gate[] = []): Done => ({ summary: note, gates });
  switch (asked.command) {
    case 'plan':
      return done(await plan(job));
    case 'status':
      return done(await status(job));
    case 'doctor':
      return gated(job, await doctor(job), 14, MUSTS);
    case 'expand':
      return done(await expand(job));
    case 'backfill':
      return done(await backfill(job));
    case 'verify':
      return gated(job, await verify(job, asked.backup), 11);
    case 'contract': {
      const { note, gates } = await contract(job, asked);
      return done(note, gates);
    }
    case 'rollback': {
      const { note, gates } = await rollback(job, asked);
      return done(note, gates);
    }
    case 'baseline':
      return done(await baseline(job, asked.to));
    case 'repair':
      return done(await repair(job, asked.reason));
    case 'pause':
    case 'resume':
      return done(await setFlag(job, asked.command, asked.flag));
    case 'backup':
      return done(await backUp(job, asked.how));
  }
}

async function backUp(
  job: Job,
  how: Extract<MigrationAsked, { command: 'backup' }>['how'],
): Promise<string> {
  if (how.kind === 'external') return noteBackup(job, how);
  // Found out before a long dump, not after it.
  await withLock(job, 'allowed', async () => undefined);
  const began = job.clock.now();
  const backup = await dump(job, how.folder);
  job.log.event({
    event: 'schema-change',
    doing: `dumped and verified in ${formatDuration(job.clock.now() - began)}`,
    note: `to bring it back: ${restoreCommand(backup.about)}`,
  });
  return noteBackup(job, backup);
}

/** Tells each, and refuses where one that counts does not hold. */
function gated(
  job: Job,
  gates: readonly Gate[],
  exitCode: 11 | 14,
  musts?: readonly string[],
): Done {
  for (const { gate, holds, seen } of gates) {
    job.log.event({ event: 'gate', gate, holds: holds ? 'yes' : 'no', seen });
  }
  const closed = gates.filter(({ gate, holds }) => !holds && (musts?.includes(gate) ?? true));
  if (closed.length > 0) throw new GatesClosed(exitCode, gates, closed);
  const failing = gates.filter(({ holds }) => !holds).length;
  const note =
    failing === 0
      ? `all ${gates.length} conditions hold`
      : `${failing} of ${gates.length} conditions do not hold, and could be better`;
  return { summary: note, gates };
}

class GatesClosed extends Stopped {
  readonly gates: readonly Gate[];

  constructor(exitCode: 11 | 14, gates: readonly Gate[], closed: readonly Gate[]) {
    super(
      exitCode,
      ...closed.map(({ gate, seen }) => ({ message: `${gate} does not hold: ${seen}` })),
    );
    this.gates = gates;
  }
}

async function endOf(
  command: MigrationEnd['command'],
  thrown: unknown,
  job: Job | undefined,
): Promise<MigrationEnd> {
  if (thrown instanceof BadInput) {
    return endedBadly(
      command,
      2,
      thrown.faults.map((message) => ({ message })),
    );
  }
  if (thrown instanceof DatabaseTrouble) {
    const { message, advice } = thrown;
    return endedBadly(command, thrown.trouble === 'input' ? 2 : 75, [
      advice === undefined ? { message } : { message, advice },
    ]);
  }
  if (thrown instanceof Stopped) {
    const gates = thrown instanceof GatesClosed ? thrown.gates : [];
    return endedBadly(
      command,
      thrown.exitCode,
      thrown.problems,
      job && (await factsNow(job, gates)),
    );
  }
  if (thrown instanceof DatabaseError) {
    const message = `the database refuses: ${foreignText(thrown.message, 200)} (${thrown.code})`;
    return endedBadly(command, 14, [{ message }], job && (await factsNow(job, [])));
  }
  throw thrown;
}

/** Undefined where the database does not answer any more. */
async function factsNow(job: Job, gates: readonly Gate[]): Promise<MigrationFacts | undefined> {
  const { session, migrations, run } = job;
  try {
    // What was cut off in the middle of a transaction is not to hide what is there.
    await session.query('ROLLBACK');
    const state = await readState(session);
    const backup = await readBackup(session);
    return bounded(factsOf({ migrations, state, run, gates, backup }));
  } catch {
    return undefined;
  }
}
