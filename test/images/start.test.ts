// What a stage loads only when it is called for is loaded then: the bundles are more than they start.
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createSocketServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createCertificates } from '../../embedded-cluster/kubernetes/api/certificates.ts';
import { type ApiServer, startServer } from '../../embedded-cluster/kubernetes/api/server.ts';
import { ADMIN_TOKEN, createTestApi } from '../../embedded-cluster/test/api/support.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const STAGES = readdirSync(join(ROOT, 'steps'));
const MOST_BYTES = 1_000_000;
/** Longer than a stage tries that does not reach the API, and less than a test may take. */
const ANSWERED_WITHIN_MS = 45_000;

const folderOf = (stage: string) => join(ROOT, `dist/steps/${stage}`);
const programOf = (stage: string) => join(folderOf(stage), 'main.cjs');
const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port; // it listens on TCP

/** An HTTP proxy as RFC 9110 has it (CONNECT), that says whom it was asked for. */
function startHttpProxy(asked: string[]): Promise<Server> {
  const proxy = createServer();
  proxy.on('connect', ({ url = '' }, socket) => {
    asked.push(url);
    const [host, port] = url.split(':');
    const target = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      target.pipe(socket).pipe(target);
    });
    for (const end of [socket, target]) end.on('error', () => undefined);
  });
  return new Promise((listening) => proxy.listen(0, '127.0.0.1', () => listening(proxy)));
}

/** A SOCKS proxy as RFC 1928 has it: no authentication, CONNECT, IPv4 addresses. */
async function startSocksProxy(asked: string[]) {
  const proxy = createSocketServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', (request) => {
        const host = [...request.subarray(4, 8)].join('.');
        const port = request.readUInt16BE(8);
        asked.push(`${host}:${port}`);
        const target = connect(port, host, () => {
          socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          target.pipe(socket).pipe(target);
        });
        target.on('error', () => undefined);
      });
    });
  });
  await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
  return proxy;
}

describe('a stage', () => {
  const { front } = createTestApi();
  const folder = mkdtempSync(join(tmpdir(), 'start-'));
  let api: ApiServer;
  beforeAll(async () => {
    api = await startServer({ handler: front, certificates: await createCertificates() });
  });
  afterAll(async () => {
    await api.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** post-validation of a release that never was: one request, and it is over. */
  const askThrough = (proxyUrl: string): Promise<string> => {
    const kubeconfig = join(folder, 'config');
    const direct = api.kubeconfigFor('admin', ADMIN_TOKEN);
    const proxied = direct.replace(/^( *)server: .*$/m, `$&\n$1proxy-url: ${proxyUrl}`);
    expect(proxied).not.toBe(direct);
    writeFileSync(kubeconfig, proxied);
    const args = [programOf('post-validation'), '--release-id=r-1', '--service=shop'];
    const env = { KUBECONFIG: kubeconfig, HOME: folder, PATH: '' };
    // One that nobody answers must not outlive the test, and keep Jest waiting for it.
    const options = { env, timeout: ANSWERED_WITHIN_MS, killSignal: 'SIGKILL' } as const;
    return new Promise((done) => {
      execFile(process.execPath, args, options, (_, stdout, stderr) => done(stdout + stderr));
    });
  };

  test.each(STAGES)('%s fits into one megabyte, and PostgreSQL into a quarter more', (stage) => {
    const driver = stage === 'database-migration' ? 250_000 : 0;
    const { size } = statSync(join(folderOf(stage), 'stage.cjs'));
    expect(size).toBeLessThanOrEqual(MOST_BYTES + driver);
  });

  describe('with what V8 compiled of it', () => {
    const cached = join(folder, 'cached');
    const cache = join(cached, 'stage.cache');
    const main = join(cached, 'main.cjs');
    /** Whether V8 takes the cache, and that the stage runs either way. */
    const startedWith = (): boolean | undefined => {
      const tell = `
        const [, main] = process.argv;
        process.on('exit', () => {
          const { cachedDataRejected } = require.cache[main].exports;
          process.stderr.write(JSON.stringify({ cachedDataRejected }));
        });
        require(main);`;
      const { stdout, stderr } = spawnSync(process.execPath, ['-e', tell, main, '--help'], {
        encoding: 'utf8',
      });
      expect(stdout).toContain('post-validation: ');
      return JSON.parse(stderr).cachedDataRejected;
    };

    beforeAll(() => {
      cpSync(folderOf('post-validation'), cached, { recursive: true });
      execFileSync(process.execPath, [join(ROOT, 'images/cache/fill.mjs'), main, cache]);
    });

    test('is filled with functions that only a start calls', () => {
      const text = readFileSync(cache, 'latin1');
      // What the stage says at its end stands in a function that nothing calls before.
      expect(text).toContain('this run released nothing');
      expect(startedWith()).toBe(false);
    });

    test('starts without where V8 knows nothing of it, and where there is none', () => {
      writeFileSync(cache, 'of another version');
      expect(startedWith()).toBe(true);
      rmSync(cache);
      expect(startedWith()).toBeUndefined();
    });
  });

  test('reaches the API through an HTTP proxy that its kubeconfig names', async () => {
    const asked: string[] = [];
    const proxy = await startHttpProxy(asked);
    const said = await askThrough(`http://127.0.0.1:${portOf(proxy)}`);
    proxy.close();
    expect(said).toContain('stage=post-validation outcome=passed');
    expect(asked).toEqual([new URL(api.url).host]);
  });

  test('reaches the API through a SOCKS proxy that its kubeconfig names', async () => {
    const asked: string[] = [];
    const proxy = await startSocksProxy(asked);
    const said = await askThrough(`socks5://127.0.0.1:${portOf(proxy)}`);
    proxy.close();
    expect(said).toContain('stage=post-validation outcome=passed');
    expect(asked).toEqual([new URL(api.url).host]);
  });
});
