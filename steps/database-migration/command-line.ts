/** The command line of the engine: `database-migration expand --migrations-dir … --credentials-dir …`. */
import { userInfo } from 'node:os';
import yargs, { type Options } from 'yargs';
import { formatDuration, parseDurationMs } from '../../core/base/duration.ts';
import { instant } from '../../core/base/vocabulary.ts';
import { timeOf } from '../../core/kubernetes/time.ts';
import {
  type BackupWanted,
  MIGRATION_COMMANDS,
  type MigrationAsked,
  type MigrationCommand,
  type MigrationSettings,
  type OldPods,
} from '../../core/migration/engine.ts';
import { BadInput } from '../../effects/base/failure.ts';

export interface CommandLine {
  readonly settings: MigrationSettings;
  readonly asked: MigrationAsked;
  readonly logFormat: 'text' | 'json';
  /** Where the facts are written as JSON; empty: nowhere. */
  readonly factsFile: string;
}

const text = (describe: string, byDefault?: string): Options => ({
  type: 'string',
  describe,
  requiresArg: true,
  ...(byDefault === undefined ? {} : { default: byDefault }),
});

const OPTIONS = {
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
const OF_COMMAND: Readonly<Partial<Record<MigrationCommand, Readonly<Record<string, Options>>>>> = {
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

type Given = Readonly<Record<string, unknown>>;

export function isCommand(word: string | undefined): word is MigrationCommand {
  return word !== undefined && Object.hasOwn(MIGRATION_COMMANDS, word);
}

/** @throws {BadInput} with everything that is wrong. */
export function readCommandLine(command: MigrationCommand, args: readonly string[]): CommandLine {
  const given: Given = yargs([...args])
    .scriptName(`database-migration ${command}`)
    .usage(`$0: ${MIGRATION_COMMANDS[command]}`)
    .options({ ...OPTIONS, ...OF_COMMAND[command] })
    .strict()
    .version(false)
    .help()
    .parserConfiguration({ 'camel-case-expansion': false, 'duplicate-arguments-array': false })
    .fail((message, thrown) => {
      throw thrown ?? new BadInput([message]);
    })
    .parseSync();
  const reader = new Reader(given);
  const settings = reader.settings();
  const asked = reader.asked(command);
  if (reader.faults.length > 0) throw new BadInput(reader.faults);
  return {
    settings,
    asked,
    logFormat: given['log-format'] === 'json' ? 'json' : 'text',
    factsFile: reader.text('facts-file'),
  };
}

class Reader {
  readonly faults: string[] = [];
  private readonly given: Given;

  constructor(given: Given) {
    this.given = given;
  }

  text(name: string): string {
    return String(this.given[name] ?? '');
  }

  settings(): MigrationSettings {
    if (this.text('credentials-dir') === '') this.faults.push('credentials-dir is missing');
    const id = this.text('release-id');
    const lint = this.text('lint');
    return {
      migrationsDir: this.text('migrations-dir') || undefined,
      credentialsDir: this.text('credentials-dir'),
      run: this.text('run'),
      release: id === '' ? undefined : { id, imageDigest: this.text('image-digest') },
      lint: lint === 'strict' || lint === 'off' ? lint : 'standard',
      lockWaitMs: this.duration('lock-wait'),
      lockTimeoutMs: this.duration('lock-timeout'),
      statementTimeoutMs: this.duration('statement-timeout'),
      deadlineMs: this.duration('deadline'),
    };
  }

  asked(command: MigrationCommand): MigrationAsked {
    switch (command) {
      case 'plan':
      case 'status':
      case 'doctor':
      case 'expand':
      case 'backfill':
        return { command };
      case 'verify':
        return { command, backup: this.backup() };
      case 'contract':
        return {
          command,
          oldPods: this.oldPods(),
          upTo: this.text('up-to') || undefined,
          oldSessions: this.names(),
          soakMs: this.duration('soak'),
          backup: this.backup(),
        };
      case 'rollback':
        return {
          command,
          to: this.text('to'),
          schema: this.given.schema === true,
          oldSessions: this.names(),
        };
      case 'baseline':
        return { command, to: this.text('to') };
      case 'repair':
        return { command, reason: this.text('reason') };
      case 'pause':
      case 'resume':
        return { command, flag: this.text('flag') };
      case 'backup':
        return { command, how: this.how() };
    }
  }

  private names(): readonly string[] {
    return (this.given['old-sessions'] as readonly unknown[]).map(String); // an option of several
  }

  private duration(name: string): number {
    const found = parseDurationMs(this.text(name));
    if (found === undefined) this.faults.push(`${name} is not a duration: write 90s, 5m or 1h30m`);
    return found ?? 0;
  }

  private time(name: string): ReturnType<typeof instant> {
    const found = timeOf(this.text(name));
    if (found === undefined) this.faults.push(`${name} is no time: write ${EXAMPLE_TIME}`);
    return found ?? instant(0);
  }

  private backup(): BackupWanted | undefined {
    return this.text('max-backup-age') === ''
      ? undefined
      : { maxAgeMs: this.duration('max-backup-age') };
  }

  private oldPods(): OldPods {
    const by = this.text('vouched-by');
    const pods = this.text('old-pods');
    if (by !== '' && pods === '') return { kind: 'vouched', by };
    if (by !== '' || !/^\d+$/.test(pods)) {
      this.faults.push('give either vouched-by, or old-pods (a number) and serving-since');
    }
    return {
      kind: 'asked',
      left: Number(pods),
      servingSince: this.time('serving-since'),
      isErrorRateFine: undefined,
    };
  }

  private how(): Extract<MigrationAsked, { command: 'backup' }>['how'] {
    if (this.given.kind === 'external') {
      const about = this.text('about') || `taken elsewhere, noted by ${this.text('run')}`;
      return { kind: 'external', takenAt: this.time('taken-at'), about };
    }
    if (this.text('folder') === '') this.faults.push('folder is missing: where pg_dump writes');
    return { kind: 'pg_dump', folder: this.text('folder') };
  }
}

const EXAMPLE_TIME = '2026-01-31T12:00:00Z';

/** The whole of `--help` without a command. */
export function usage(): string {
  const commands = Object.entries(MIGRATION_COMMANDS).map(
    ([name, about]) => `  ${name.padEnd(10)}${about}`,
  );
  const lint = `  ${'lint'.padEnd(10)}says what SQL files lock and what they break; without a database`;
  return [
    'database-migration <command> [options]',
    '',
    ...commands,
    lint,
    '',
    `Each has --help; all end within --deadline (${formatDuration(1_800_000)}).`,
    '',
  ].join('\n');
}
