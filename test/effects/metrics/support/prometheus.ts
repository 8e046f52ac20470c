/** A real Prometheus on loopback that scrapes pages which a test has written. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ROOT = resolve(import.meta.dirname, '../../../..');

/** Its path; undefined where there is none and none can be installed. */
export function findPrometheus(): string | undefined {
  try {
    const script = join(ROOT, '.ci/prometheus');
    return execFileSync(script, [join(ROOT, 'dist/prometheus')], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

export interface Scraped {
  readonly address: string;
  /** What the target answers from now on; undefined: 503. By `<job>/<pod>`. */
  readonly pages: Map<string, string | undefined>;
  /** As it does when its node is lost: no answer from one moment to the next. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Each target is `<job>/<pod>` and scraped several times a second, with a label `pod`. */
export async function startPrometheus(
  binary: string,
  targets: readonly string[],
): Promise<Scraped> {
  const pages = new Map<string, string | undefined>();
  const server = createServer(({ url = '/' }, response) => {
    const page = pages.get(url.slice(1));
    response.writeHead(page === undefined ? 503 : 200, { 'content-type': 'text/plain' });
    response.end(page);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  const jobs = targets.map((target) => ({
    job_name: target,
    metrics_path: `/${target}`,
    static_configs: [{ targets: [`127.0.0.1:${port}`], labels: { pod: target.split('/')[1] } }],
  }));
  const config = {
    global: { scrape_interval: '200ms', scrape_timeout: '200ms' },
    scrape_configs: jobs,
  };
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config)); // JSON is YAML
  const own = await freePort();
  const child = spawn(
    binary,
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${own}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const address = `http://127.0.0.1:${own}`;
  await answers(`${address}/-/ready`, child);
  return {
    address,
    pages,
    kill: () => ended(child),
    stop: async () => {
      await ended(child);
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, '127.0.0.1', listening));
  const { port } = probe.address() as AddressInfo; // as above
  await new Promise((closed) => probe.close(closed));
  return port;
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
