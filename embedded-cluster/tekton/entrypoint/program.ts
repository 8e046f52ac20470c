/** The program of a step as a child process: signals reach it, and time may run out for it. */
import { spawn } from 'node:child_process';
import { wallClock } from '../../base/clock.ts';

export type Ending =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'not-started'; readonly error: string };

const FORWARDED = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** What Go makes of a program that a signal has ended. */
const KILLED_EXIT_CODE = 255;

/** The arguments reach the program exactly as they are: there is no shell in between. */
export function runProgram(
  program: string,
  args: readonly string[],
  timeoutMs: number | undefined,
): Promise<Ending> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    let timedOut = false;
    const timer = timeoutMs
      ? wallClock.after(timeoutMs, () => {
          timedOut = true;
          child.kill('SIGKILL');
        })
      : undefined;
    for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
    const end = (ending: Ending): void => {
      timer?.cancel();
      resolve(timedOut ? { kind: 'timed-out' } : ending);
    };
    child.on('error', ({ message }) => end({ kind: 'not-started', error: message }));
    child.on('exit', (code) => end({ kind: 'exited', code: code ?? KILLED_EXIT_CODE }));
  });
}
