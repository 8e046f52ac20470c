/** What is wrong with what the engine was asked, found out before anything is touched. */
import type { MigrationAsked, MigrationSettings } from './engine.ts';

const ID = /^\d{4}$/;
const FLAG = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
/** For people who look into the table of events later. */
const MOST_REASON_CHARACTERS = 500;

/** Every fault, in words for the person who has to put it right. */
export function faultsOf(settings: MigrationSettings, asked: MigrationAsked): readonly string[] {
  return [...timesOf(settings), ...askedFaults(asked)];
}

function timesOf(settings: MigrationSettings): string[] {
  const { lockTimeoutMs, statementTimeoutMs, deadlineMs } = settings;
  const positive = { 'lock-timeout': lockTimeoutMs, 'statement-timeout': statementTimeoutMs };
  const zero = Object.entries({ ...positive, deadline: deadlineMs })
    .filter(([, each]) => each <= 0)
    .map(([name]) => `${name} must be longer than 0`);
  if (zero.length > 0) return zero;
  return lockTimeoutMs <= deadlineMs ? [] : ['lock-timeout must not be longer than the deadline'];
}

function askedFaults(asked: MigrationAsked): string[] {
  switch (asked.command) {
    case 'plan':
    case 'status':
    case 'doctor':
    case 'expand':
    case 'backfill':
    case 'verify':
    case 'backup':
      return [];
    case 'contract':
      return asked.upTo === undefined || ID.test(asked.upTo)
        ? []
        : ['up-to must be the number of a migration, such as 0007'];
    case 'rollback':
      return asked.to === 'previous' || ID.test(asked.to)
        ? []
        : ['to must be previous, or the number of a migration, such as 0007'];
    case 'baseline':
      return ID.test(asked.to) ? [] : ['to must be the number of a migration, such as 0007'];
    case 'repair': {
      const length = asked.reason.trim().length;
      if (length === 0) return ['reason must say why: it is kept with what was repaired'];
      return length <= MOST_REASON_CHARACTERS
        ? []
        : [`reason must not be longer than ${MOST_REASON_CHARACTERS} characters`];
    }
    case 'pause':
    case 'resume':
      return FLAG.test(asked.flag) ? [] : ['flag must be a word of letters, digits, . _ and -'];
  }
}
