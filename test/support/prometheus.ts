/** A real Prometheus of Debian's on loopback, with a store that goes with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../demo/free-port.ts';

const _ROOT = resolve(import.meta.dirname, '../..');

export interface RunningPrometheus {
  readonly address: string;
  /** As it does when its node is lost: no answer from one moment to the next. */
  kill(): Promise<void>;
  /** As it does when its disk hangs: connections are taken, and nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** Ends it, and forgets what it has stored. */
  stop(): Promise<void>;
}

/** Scrapes what the given jobs say, several times a second unless told; `rules`: files of rules. */
export async function runPrometheus(
  binary: string,
  jobs: readonly object[],
  everyMs = 200,
  rules: readonly string[] = [],
): Promise<RunningPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  const config = {
    global: {
      scrape_interval: `${everyMs}ms`,
      scrape_timeout: `${everyMs}ms`,
      evaluation_interval: `${everyMs}ms`,
    },
    rule_files: rules,
    scrape_configs: jobs,
  };
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config)); // JSON is YAML
  const port = await freePort();
  const child = spawn(
    binary,
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const address = `http://127.0.0.1:${port}`;
  await answers(`${address}/-/ready`, child);
  return {
    address,
    kill: () => ended(child),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    stop: async () => {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`prometheus ended with ${child.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(50);
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolved) => child.once('exit', resolved));
  child.kill('SIGKILL');
  await gone;
}
