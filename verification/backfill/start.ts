/** How long a program takes from its start to its end, and how much memory it has had at most. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

export interface Started {
  readonly ms: number;
  readonly mebibytes: number;
}

const LOOK_MS = 2;

export async function startOf(program: string, args: readonly string[]): Promise<Started> {
  const began = performance.now();
  const child = spawn(program, args, { stdio: 'ignore' });
  let kibibytes = 0;
  const looking = setInterval(() => {
    kibibytes = Math.max(kibibytes, peakOf(child.pid));
  }, LOOK_MS);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(looking);
  if (code !== 0) throw new Error(`${program} ${args[0] ?? ''} ended with ${code}`);
  return { ms: performance.now() - began, mebibytes: kibibytes / 1024 };
}

/** VmHWM of https://man7.org/linux/man-pages/man5/proc_pid_status.5.html; 0 where the process is gone. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** In turn, so that whatever else the machine does meets both; the middle of each. */
export async function compared(
  times: number,
  each: readonly (() => Promise<Started>)[],
): Promise<readonly Started[]> {
  const all: Started[][] = each.map(() => []);
  for (let turn = 0; turn < times; turn += 1) {
    for (const [at, start] of each.entries()) all[at]?.push(await start());
  }
  return all.map((starts) => ({
    ms: middle(starts.map(({ ms }) => ms)),
    mebibytes: Math.max(...starts.map(({ mebibytes }) => mebibytes)),
  }));
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
