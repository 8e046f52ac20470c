/** One step from its turn to its end: waits, runs, tells the next step, and reports. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sleep, wallClock } from '../../base/clock.ts';
import { internal, readResults, TooLong, writeMessage } from './message.ts';
import type { EntrypointOptions } from './options.ts';
import { type Ending, runProgram } from './program.ts';

const POLL_MS = 50;

/** Returns the exit code of the container. */
export async function runStep(options: EntrypointOptions): Promise<number> {
  const { program, args, timeoutMs, terminationPath, metadataFolder } = options;
  for (const folder of [metadataFolder, dirname(options.postFile)]) {
    mkdirSync(folder, { recursive: true });
  }
  if ((await previousStep(options.waitFile)) === 'failed') {
    console.error('Skipping step because a previous step failed');
    writeFileSync(`${options.postFile}.err`, '');
    writeMessage(terminationPath, [startedNow(), internal('Reason', 'Skipped')]);
    return 1;
  }
  const started = startedNow();
  const ending = await runProgram(program, args, timeoutMs);
  const goesOn = ending.kind === 'exited' && (ending.code === 0 || options.onError === 'continue');
  writeFileSync(goesOn ? options.postFile : `${options.postFile}.err`, '');
  if (goesOn) writeFileSync(join(metadataFolder, 'exitCode'), String(ending.code));
  try {
    // In two writes, as in Tekton: results that fit by themselves are kept even if the rest does not.
    writeMessage(terminationPath, readResults(options.resultsFolder, options.results));
    writeMessage(terminationPath, [started, ...remarks(ending, goesOn)]);
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    console.error(`Error while handling results: ${error.message}`);
    return 1;
  }
  return exitCode(ending, goesOn);
}

async function previousStep(file: string | undefined): Promise<'done' | 'failed'> {
  if (file === undefined) return 'done';
  for (;;) {
    if (existsSync(file)) return 'done';
    if (existsSync(`${file}.err`)) return 'failed';
    await sleep(wallClock, POLL_MS);
  }
}

function startedNow(): ReturnType<typeof internal> {
  return internal('StartedAt', new Date(wallClock.now()).toISOString());
}

function remarks(ending: Ending, goesOn: boolean): ReturnType<typeof internal>[] {
  if (ending.kind === 'timed-out') return [internal('Reason', 'TimeoutExceeded')];
  const forgiven = goesOn && ending.kind === 'exited' && ending.code !== 0;
  return forgiven ? [internal('ExitCode', String(ending.code))] : [];
}

function exitCode(ending: Ending, goesOn: boolean): number {
  switch (ending.kind) {
    case 'exited':
      return goesOn ? 0 : ending.code;
    case 'timed-out':
      return 1;
    case 'not-started':
      console.error(`Error executing command: ${ending.error}`);
      return 1;
  }
}
