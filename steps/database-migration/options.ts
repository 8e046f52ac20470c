/** The options of the engine's command line: of all commands, and of one alone. */
import { userInfo } from 'node:os';
import type { Options } from 'yargs';
import type { MigrationCommand } from '../../core/migration/engine.ts';

const text = (describe: string, byDefault?: string): Options => ({
  type: 'string',
  describe,
  requiresArg: true,
  ...(byDefault === undefined ? {} : { default: byDefault }),
});

export const OPTIONS = {
  'migrations-dir': text('The folder with the files of the migrations'),
  'credentials-dir': text(
    'A folder with url, or host, username, password and database; perhaps ca.crt',
  ),
  run: text('Who does it: what one run has expanded it may not contract', `by-hand-${userName()}`),
  'release-id': text('What is to be released on the schema', ''),
  'image-digest': text('Of its image', ''),
  lint: {
    choices: ['standard', 'strict', 'off'],
    default: 'standard',
    describe: 'What the linter refuses',
  },
  'lock-wait': text('For how long another runner is waited for', '5m'),
  'lock-timeout': text(
    'For how long a statement may wait for a table before it lets others pass',
    '2s',
  ),
  'statement-timeout': text('For how long a statement may take that holds others up', '30s'),
  deadline: text('For how long all of it may take', '30m'),
  'log-format': { choices: ['text', 'json'], default: 'text', describe: 'How lines are printed' },
  'facts-file': text('Where the facts for later stages are written, as JSON', ''),
} as const satisfies Readonly<Record<string, Options>>;

/** In a container a user may have a number only, and then there is no name to be found. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `user-${process.getuid?.() ?? 'unknown'}`;
  }
}

const OLD_SESSIONS: Options = {
  ...text('Names of sessions (application_name) that must be gone; * for any characters'),
  array: true,
  default: [],
};
const BACKUP_AGE = text('Refuses without a backup that is younger, such as 24h', '');

/** Those of one command alone. */
export const OF_COMMAND: Readonly<
  Partial<Record<MigrationCommand, Readonly<Record<string, Options>>>>
> = {
  verify: { 'max-backup-age': BACKUP_AGE },
  contract: {
    'old-sessions': OLD_SESSIONS,
    'up-to': text('The number of the last migration that is contracted; empty: all', ''),
    soak: text('For how long the new version has to have served', '1h'),
    'old-pods': text('How many pods of an older image there are', ''),
    'serving-since': text('Since when the new version serves (RFC 3339)', ''),
    'vouched-by': text('Who says that no old version is left, where no cluster is asked', ''),
    'max-backup-age': BACKUP_AGE,
  },
  rollback: {
    to: text('previous, or the number of the last migration that stays', 'previous'),
    schema: { type: 'boolean', default: false, describe: 'The schema goes down, too' },
    'old-sessions': OLD_SESSIONS,
  },
  backup: {
    kind: { choices: ['pg_dump', 'external'], default: 'pg_dump', describe: 'How' },
    folder: text('Where pg_dump writes', ''),
    'taken-at': text('When the external one was taken (RFC 3339)', ''),
    about: text('What the external one is', ''),
  },
  baseline: { to: text('The number of the last migration that is there already', '') },
  repair: { reason: text('Why: it is kept with what was repaired', '') },
  pause: { flag: text('The pauseFlag of the backfill', '') },
  resume: { flag: text('The pauseFlag of the backfill', '') },
};
