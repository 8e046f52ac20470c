/** The load on the service, from a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EMPTY_TALLY, type Tally } from '../load/tally.ts';

export interface Load {
  tally(): Tally;
  /** Lets the requests under way end; resolves with all that was seen. */
  stop(): Promise<Tally>;
}

const MAX_REQUESTS = 50_000;

/** `everyMs` is what each of its clients leaves between two requests. */
export function startLoad(root: string, url: string, maxSeconds: number, everyMs = 100): Load {
  const child: ChildProcess = spawn(
    process.execPath,
    [
      join(root, 'dist/local/load.mjs'),
      `--url=${url}`,
      `--max-seconds=${maxSeconds}`,
      `--every=${everyMs}`,
      `--max-requests=${MAX_REQUESTS}`,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  let tally = EMPTY_TALLY;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      tally = JSON.parse(line) as Tally; // the load prints nothing else
    });
  }
  return {
    tally: () => tally,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      return tally;
    },
  };
}
