/** The command line of the engine: `database-migration expand --migrations-dir … --credentials-dir …`. */
import yargs from 'yargs';
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
import { OF_COMMAND, OPTIONS } from './options.ts';

export interface CommandLine {
  readonly settings: MigrationSettings;
  readonly asked: MigrationAsked;
  readonly logFormat: 'text' | 'json';
  /** Where the facts are written as JSON; empty: nowhere. */
  readonly factsFile: string;
}

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
    return [this.given['old-sessions']].flat().map(String);
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
