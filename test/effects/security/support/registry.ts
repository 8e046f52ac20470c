/** Registries for tests: one in this process that can be told to fail, and Debian's, which is filled over HTTP. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../../demo/free-port.ts';
import type { Content } from './content.ts';

export interface TestRegistry {
  /** `127.0.0.1:5000`. */
  readonly host: string;
  stop(): Promise<void>;
}

export interface OwnRegistry extends TestRegistry {
  /** What it does with a path that holds the key: a status, or never an answer. */
  readonly faults: Map<string, number | 'hangs'>;
  readonly asked: string[];
}

const REPOSITORY = 'team/payment';
export const repositoryAt = ({ host }: TestRegistry): string => `${host}/${REPOSITORY}`;

export interface Behaviour {
  /** Whether it knows the question for referrers. */
  readonly referrers: boolean;
  /** So many of them to a page. */
  readonly pageSize?: number;
}

export async function startOwnRegistry(
  content: Content,
  { referrers, pageSize = 1000 }: Behaviour,
): Promise<OwnRegistry> {
  const faults = new Map<string, number | 'hangs'>();
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const fault = [...faults].find(([part]) => url.includes(part))?.[1];
    if (fault === 'hangs') return;
    if (fault !== undefined) return end(response, fault, '');
    const { pathname, searchParams } = new URL(url, 'http://registry');
    const [, kind = '', reference = ''] = /^\/v2\/team\/payment\/(\w+)\/(.+)$/.exec(pathname) ?? [];
    if (kind === 'referrers' && referrers) {
      const from = Number(searchParams.get('from') ?? 0);
      const all = content.referrers.get(reference) ?? [];
      const manifests = all.slice(from, from + pageSize);
      const left = all.length > from + pageSize;
      const link = left ? { link: `<${pathname}?from=${from + pageSize}>; rel="next"` } : {};
      return end(response, 200, JSON.stringify({ schemaVersion: 2, manifests }), link);
    }
    const manifest = kind === 'manifests' ? content.manifests.get(reference) : undefined;
    if (manifest) return end(response, 200, manifest.text, { 'content-type': manifest.type });
    const blob = kind === 'blobs' ? content.blobs.get(reference) : undefined;
    return blob ? end(response, 200, blob) : end(response, 404, '{"errors":[]}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    host: `127.0.0.1:${port}`,
    faults,
    asked,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function end(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, headers);
  response.end(body);
}

const _ROOT = resolve(import.meta.dirname, '../../../..');

/** distribution 2.8, which does not know the question for referrers. */
export async function startDockerRegistry(binary: string): Promise<TestRegistry> {
  const folder = mkdtempSync(join(tmpdir(), 'registry-'));
  const port = await freePort();
  const config = {
    version: '0.1',
    log: { level: 'error' },
    storage: { inmemory: {} },
    http: { addr: `127.0.0.1:${port}` },
  };
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(config)); // JSON is YAML
  const child = spawn(binary, ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  const host = `127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`docker-registry ended with ${child.exitCode}`);
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    if (answer?.ok) break;
    await sleep(50);
  }
  return {
    host,
    stop: async () => {
      const gone = new Promise((ended) => child.once('exit', ended));
      child.kill('SIGKILL');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Uploads everything: blobs first, then what names them, children before their index. */
export async function fill(registry: TestRegistry, content: Content): Promise<void> {
  const base = `http://${repositoryAt(registry).replace(registry.host, `${registry.host}/v2`)}`;
  for (const [digest, blob] of content.blobs) {
    const { headers } = await fetch(`${base}/blobs/uploads/`, { method: 'POST' });
    const location = new URL(headers.get('location') ?? '', base);
    location.searchParams.set('digest', digest);
    await accepted(await fetch(location, { method: 'PUT', body: blob }));
  }
  const isIndex = (text: string): boolean => text.includes('"manifests"');
  const inOrder = [...content.manifests].toSorted(
    ([, a], [, b]) => Number(isIndex(a.text)) - Number(isIndex(b.text)),
  );
  for (const [reference, { type, text }] of inOrder) {
    const headers = { 'content-type': type };
    await accepted(
      await fetch(`${base}/manifests/${reference}`, { method: 'PUT', headers, body: text }),
    );
  }
}

async function accepted(response: Response): Promise<void> {
  if (!response.ok)
    throw new Error(`the registry refused: ${response.status} ${await response.text()}`);
}
