/** A child process in a group of its own, so that all it starts goes with it. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface ProcessSpec {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onOutput: (text: string, stream: 'stdout' | 'stderr') => void;
}

export interface GroupedProcess {
  /** 128 and the signal's number for one that a signal ended, as a shell has it. */
  readonly exited: Promise<number>;
  terminate(): void;
  killAll(): void;
}

const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};

/** How long to wait for the last output of a process that has ended. */
const LAST_OUTPUT_MS = 200;

/** Rejects where the program cannot be executed. */
export async function startProcess(spec: ProcessSpec): Promise<GroupedProcess> {
  const child = spawn(spec.program, spec.args, {
    cwd: spec.cwd,
    env: spec.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = exitOf(child);
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8');
    child[stream].on('data', (text: string) => spec.onOutput(text, stream));
  }
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const group = (signal: NodeJS.Signals): void => {
    if (child.pid !== undefined) signalQuietly(-child.pid, signal);
  };
  void exited.then(() => group('SIGKILL'));
  return {
    exited,
    terminate: () => child.kill('SIGTERM'),
    killAll: () => group('SIGKILL'),
  };
}

function exitOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      const exitCode = code ?? 128 + (SIGNAL_NUMBERS[signal ?? 'SIGKILL'] ?? 0);
      const done = (): void => {
        clearTimeout(timer);
        resolve(exitCode);
      };
      // Something that it started may hold its output open.
      const timer = setTimeout(done, LAST_OUTPUT_MS);
      child.once('close', done);
    });
    child.once('error', () => resolve(128));
  });
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has gone already.
  }
}
