/** The load on the service, from a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EMPTY_TALLY, type Tally } from './load/tally.ts';

export interface Load {
  tally(): Tally;
  /** Lets the requests under way end; resolves with all that was seen. */
  stop(): Promise<Tally>;
}

const MAX_REQUESTS = 50_000;

export interface Crowd {
  /** So many keep their connection, so many open one for each request. */
  readonly kept: number;
  readonly fresh: number;
  /** What each of them leaves between two requests. */
  readonly everyMs: number;
}

const CROWD: Crowd = { kept: 6, fresh: 6, everyMs: 100 };

export function startLoad(
  root: string,
  url: string,
  maxSeconds: number,
  crowd: Partial<Crowd> = {},
): Load {
  const { kept, fresh, everyMs } = { ...CROWD, ...crowd };
  const child: ChildProcess = spawn(
    process.execPath,
    [
      join(root, 'dist/demo/load.mjs'),
      `--url=${url}`,
      `--max-seconds=${maxSeconds}`,
      `--kept=${kept}`,
      `--fresh=${fresh}`,
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
