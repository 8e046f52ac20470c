/** Runs one command of the engine, in a Pipeline or on a laptop: no cluster is asked. */
import { writeFile } from 'node:fs/promises';
import type { MigrationCommand, MigrationEnd } from '../../core/migration/engine.ts';
import { wallClock } from '../../effects/base/clock.ts';
import { BadInput, messageOf } from '../../effects/base/failure.ts';
import { createLog, type Log } from '../../effects/context/log.ts';
import { runLint } from '../../effects/migration/lint/lint-command.ts';
import { runMigration } from '../../effects/migration/run-migration.ts';
import { isCommand, readCommandLine, usage } from './command-line.ts';

/** As the seeds ask for it: the way back of the schema. */
const ROLLBACK_TO = /^--rollback-to=(.*)$/;

/** Undefined: the words are not for the engine. */
export function commandOf(
  args: readonly string[],
  version: string,
): (() => Promise<number>) | undefined {
  const [first, ...rest] = args;
  if (first === 'lint') {
    const out = (text: string): void => void process.stdout.write(text);
    const error = (text: string): void => void process.stderr.write(text);
    return () => runLint(rest, { out, error }, version);
  }
  if (first === 'help') {
    return async () => {
      process.stdout.write(usage());
      return 0;
    };
  }
  if (isCommand(first)) return () => run(first, rest);
  const to = ROLLBACK_TO.exec(first ?? '')?.[1];
  return to === undefined ? undefined : () => run('rollback', ['--schema', '--to', to, ...rest]);
}

async function run(command: MigrationCommand, args: readonly string[]): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  const write = (line: string): void => void process.stdout.write(line);
  let log = createLog('text', write);
  try {
    const { settings, asked, logFormat, factsFile } = readCommandLine(command, args);
    log = createLog(logFormat, write);
    const end = await runMigration(settings, asked, { clock: wallClock, log, stop: stop.signal });
    if (factsFile !== '') await writeFile(factsFile, JSON.stringify(end.facts ?? null));
    return tell(log, end);
  } catch (thrown) {
    if (thrown instanceof BadInput) {
      for (const error of thrown.faults) log.event({ event: 'error', error });
      const note = 'bad input: nothing was touched';
      log.event({ event: 'schema-ended', command, outcome: 'bad-input', exit: 2, note });
      return 2;
    }
    log.event({ event: 'schema-ended', command, outcome: 'bug', exit: 3, note: messageOf(thrown) });
    if (thrown instanceof Error && thrown.stack) process.stderr.write(`${thrown.stack}\n`);
    return 3;
  }
}

function tell(log: Log, { command, exitCode, summary, problems, facts }: MigrationEnd): number {
  for (const { message, advice } of problems) {
    log.event({ event: 'error', error: message, advice });
  }
  log.event({
    event: 'schema-ended',
    command,
    outcome: exitCode === 0 ? 'done' : 'failed',
    exit: exitCode,
    schema: facts && (facts.schema || 'none'),
    floor: facts && (facts.compatFloor || 'none'),
    note: summary,
  });
  return exitCode;
}
