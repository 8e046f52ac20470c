/**
 * The wrapper of every step: options in, one run, an exit code out. The one place where an expected
 * failure and a bug are told apart, and where a signal becomes something that a run can look at.
 */

import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { hostname } from 'node:os';
import yargs, { type Options } from 'yargs';
import { hideBin } from 'yargs/helpers';
import type { EndCode } from '../../core/base/vocabulary.ts';
import type { MigrationExitCode } from '../../core/migration/engine.ts';
import type { LogEvent } from '../../core/report/log/log-events.ts';
import { wallClock } from '../base/clock.ts';
import { BadInput, type ExitCode, messageOf, StageFailure } from '../base/failure.ts';
import { type Destinations, loadDestinations } from '../context/destinations.ts';
import { guardedAsk, guardedPost } from '../context/guarded-request.ts';
import { createLog, type Log } from '../context/log.ts';
import type { StageContext } from '../context/stage-context.ts';
import { askCertificate } from '../http/certificate.ts';
import { askOverNetwork } from '../http/http.ts';
import { openKeepAlive } from '../http/keep-alive-connection.ts';
import { postOverNetwork } from '../http/mail.ts';
import { openLaneOverNetwork } from '../http/probe-connection.ts';
import { reachOverNetwork } from '../http/reach.ts';
import { createKube } from '../kube/client.ts';
import { inClusterTime } from '../kube/cluster-time.ts';
import { connect } from '../kube/transport.ts';
import { writeResults } from './results.ts';

/** How a run ended: its exit code, its results, and its last line. */
export interface StageEnd {
  readonly exitCode: 0 | ExitCode | MigrationExitCode;
  readonly results: Readonly<Record<string, string>>;
  /** Its last line; undefined where all has been said. */
  readonly summary: LogEvent | undefined;
  /** Printed as it is, a line, where a document was asked for instead of a log. */
  readonly document?: string;
}

export interface Stage {
  readonly name: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, Options>>;
  /** Names of the results; each gets an option `--result-<name>` for its path. */
  readonly results: readonly string[];
  run(options: Readonly<Record<string, string>>, context: StageContext): Promise<StageEnd>;
}

const LAST_MOMENT_MS = 25_000;

/** Options are texts: that is what a Task passes. */
export function option(describe: string, byDefault?: string): Options {
  return byDefault === undefined
    ? { type: 'string', describe, demandOption: true, requiresArg: true }
    : { type: 'string', describe, default: byDefault };
}

export async function runStage(step: Stage): Promise<never> {
  const stop = new AbortController();
  // Everything that waits listens to it, and there is no telling how much that is.
  setMaxListeners(0, stop.signal);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  let log = createLog('text', (text) => process.stdout.write(text));
  let paths: Readonly<Record<string, string | undefined>> = {};
  const finish = async (exitCode: number): Promise<never> => {
    await flushed();
    return process.exit(exitCode);
  };
  try {
    const options = parse(step);
    paths = Object.fromEntries(step.results.map((name) => [name, options[`result-${name}`]]));
    if (options['log-format'] === 'json')
      log = createLog('json', (text) => process.stdout.write(text));
    const transport = connect(options['token-dir'] ?? '');
    const { namespace: installed } = transport;
    const time = inClusterTime(transport, wallClock);
    const kube = createKube(time.transport, wallClock, stop.signal);
    const own = options.namespace || options['run-namespace'] || installed;
    let allowed: Promise<Destinations> | undefined;
    const destinations = (): Promise<Destinations> => {
      allowed ??= loadDestinations(kube, installed, own).catch((thrown: unknown) => {
        // The API may answer the next time.
        allowed = undefined;
        throw thrown;
      });
      return allowed;
    };
    const context: StageContext = {
      kube,
      ask: askOverNetwork,
      destinations,
      askConfigured: guardedAsk(askOverNetwork, destinations),
      post: guardedPost(postOverNetwork, destinations),
      hold: openKeepAlive,
      reach: reachOverNetwork,
      certificate: askCertificate,
      openLane: openLaneOverNetwork,
      clock: time.clock,
      log,
      secretsDir: options['secrets-dir'] ?? '',
      stop: stop.signal,
      // A pod that is created again has its old name: only chance tells two processes apart.
      process: `${hostname()}-${randomUUID().slice(0, 8)}`,
    };
    const end = await Promise.race([step.run(options, context), outOfTime(stop.signal)]);
    await writeResults(end.results, paths);
    if (end.summary) log.event(end.summary);
    if (end.document !== undefined) process.stdout.write(`${end.document}\n`);
    return await finish(end.exitCode);
  } catch (thrown) {
    const exitCode = tell(log, step, thrown);
    // A file that cannot be written changes nothing about what went wrong.
    if (thrown instanceof StageFailure) await writeResults(thrown.results, paths).catch(() => {});
    return await finish(exitCode);
  }
}

/** Tekton kills what does not end by itself within 30 s of SIGTERM, and then no one says why. */
function outOfTime(stop: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    stop.addEventListener('abort', () => {
      const failure = new StageFailure(143, 'stopped: what was under way did not end in time');
      setTimeout(() => reject(failure), LAST_MOMENT_MS);
    });
  });
}

function parse(step: Stage): Record<string, string> {
  const resultOptions = step.results.map((name) => [
    `result-${name}`,
    { type: 'string', describe: `File for the result ${name}`, default: '' } as const,
  ]);
  const parsed = yargs(hideBin(process.argv))
    .scriptName(step.name)
    .usage(`$0: ${step.summary}`)
    .options({
      ...step.options,
      ...Object.fromEntries(resultOptions),
      'token-dir': {
        type: 'string',
        default: '',
        describe: "Where a long-lived token of the stage's own account may be",
      },
      'log-format': {
        choices: ['text', 'json'],
        default: 'text',
        describe: 'How lines are printed',
      },
    })
    .strict()
    .version(false)
    .help()
    .parserConfiguration({ 'camel-case-expansion': false, 'duplicate-arguments-array': false })
    .fail((message, thrown) => {
      throw thrown ?? new BadInput([message]);
    })
    .parseSync();
  return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]));
}

/** Why a stage that could not go on has begun nothing, as one of docs/ends.md. */
export const REFUSALS: Readonly<Record<ExitCode, EndCode | undefined>> = {
  1: undefined,
  2: 'bad-input',
  3: 'cluster-away',
  4: 'service-held',
  143: 'stopped',
};

/** Prints what went wrong for the person who reads it at night; returns the exit code. */
function tell(log: Log, step: Stage, thrown: unknown): number {
  const ended = { event: 'stage-ended', stage: step.name } as const;
  if (thrown instanceof BadInput) {
    for (const error of thrown.faults) log.event({ event: 'error', error });
    const faults = thrown.faults.length;
    const note = `${faults === 1 ? '1 fault' : `${faults} faults`} in the input, nothing was changed`;
    log.event({ ...ended, outcome: 'bad-input', code: 'bad-input', faults, note });
    return thrown.exitCode;
  }
  if (thrown instanceof StageFailure) {
    log.event({ event: 'error', error: thrown.message });
    if (thrown.advice) log.event({ event: 'error', advice: thrown.advice });
    const code = REFUSALS[thrown.exitCode];
    log.event({ ...ended, outcome: 'failed', code, exit: thrown.exitCode });
    return thrown.exitCode;
  }
  log.event({ ...ended, outcome: 'bug', error: messageOf(thrown) });
  if (thrown instanceof Error && thrown.stack) process.stderr.write(`${thrown.stack}\n`);
  return 3;
}

/** A pipe may still hold lines when the process ends. */
function flushed(): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write('', () => resolve());
  });
}
