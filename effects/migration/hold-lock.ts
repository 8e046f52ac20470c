/**
 * The lock of the runners, held while a tool of the user is at the database: no runner of ours comes in between,
 * in no other namespace and on no laptop. The tool itself knows nothing of it.
 */
import { BadInput, StageFailure } from '../base/failure.ts';
import { takeLock } from './commands/job.ts';
import { readCredentials } from './credentials.ts';
import { hasLock, unlock } from './postgres/lock.ts';
import { DatabaseTrouble, openSession, type Session } from './postgres/session.ts';
import type { MigrationWorld } from './run-migration.ts';
import { Stopped } from './stopped.ts';

export interface HeldLock {
  /** Whether it was held all along: a session that was lost has lost it. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

/**
 * @throws {BadInput} where the credentials lead nowhere.
 * @throws {StageFailure} with exit code 1 where another runner has it for longer than `lockWaitMs`.
 */
export async function holdLock(
  credentialsDir: string,
  run: string,
  lockWaitMs: number,
  world: MigrationWorld,
): Promise<HeldLock> {
  const credentials = await readCredentials(credentialsDir);
  let session: Session | undefined;
  try {
    session = await openSession(credentials, `zero-downtime ${run}`.slice(0, 63));
    await takeLock({ ...world, session }, lockWaitMs);
    return heldIn(session);
  } catch (thrown) {
    await session?.close();
    throw failureOf(thrown);
  }
}

function heldIn(session: Session): HeldLock {
  return {
    isHeld: () => hasLock(session).catch(() => false),
    release: async () => {
      await unlock(session).catch(() => undefined);
      await session.close();
    },
  };
}

function failureOf(thrown: unknown): unknown {
  if (thrown instanceof DatabaseTrouble) {
    const { trouble, message, advice } = thrown;
    return trouble === 'input' ? new BadInput([message]) : new StageFailure(1, message, advice);
  }
  if (!(thrown instanceof Stopped)) return thrown;
  const [problem] = thrown.problems;
  const exitCode = thrown.exitCode === 143 ? 143 : 1;
  return new StageFailure(
    exitCode,
    thrown.message,
    `${problem?.advice ?? 'begin again'}; nothing was changed`,
  );
}
