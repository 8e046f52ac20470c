// Whatever stands in the place of the API server cannot lead a stage's token elsewhere, fill its memory
// or keep it waiting. Over real sockets.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { wallClock } from '../../../effects/base/clock.ts';
import { createKube, type Kube } from '../../../effects/kube/client.ts';
import { type Connection, connect } from '../../../effects/kube/transport.ts';
import { cpuMs } from '../../support/cpu.ts';

const MIB = 2 ** 20;
const TOKEN = 's3cr3t-canary-0123456789';
const POD = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'a' };

let server: Server;
let elsewhere: Server;
let heardElsewhere = 0;
let answer: RequestListener = (_, response) => response.end();
let connection: Connection;
let kube: Kube;
const before = process.env.KUBECONFIG;

beforeAll(async () => {
  server = createServer((request, response) => {
    response.on('error', () => undefined);
    answer(request, response);
  });
  elsewhere = createServer((_, response) => {
    heardElsewhere += 1;
    response.end('{"metadata":{"name":"a"}}');
  });
  const [port] = await Promise.all([server, elsewhere].map(listening));
  const config = join(mkdtempSync(join(tmpdir(), 'kube-')), 'config');
  writeFileSync(
    config,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'c',
      clusters: [
        {
          name: 'c',
          // Without TLS, which client-node takes only so.
          cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true },
        },
      ],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
      users: [{ name: 'u', user: { token: TOKEN } }],
    }),
  );
  process.env.KUBECONFIG = config;
  connection = connect('');
  kube = createKube(connection, wallClock, new AbortController().signal).within(0);
});
afterAll(() => {
  if (before === undefined) delete process.env.KUBECONFIG;
  else process.env.KUBECONFIG = before;
  for (const each of [server, elsewhere]) {
    each.closeAllConnections();
    each.close();
  }
});

async function listening(each: Server): Promise<number> {
  await new Promise<void>((done) => each.listen(0, '127.0.0.1', done));
  return (each.address() as AddressInfo).port; // of a TCP server
}

describe('an answer in the place of the API server', () => {
  test('that leads elsewhere is not followed', async () => {
    const { port } = elsewhere.address() as AddressInfo; // of a TCP server
    answer = (_, response) =>
      response.writeHead(307, { location: `http://127.0.0.1:${port}/` }).end();
    await expect(kube.get(POD)).rejects.toMatchObject({ exitCode: 3, status: 307 });
    expect(heardElsewhere).toBe(0);
  });

  test.each(['<html>s3cr3t</html>', 'null', '[]', '{}', '{"metadata":7}', '', '{"a":'])(
    'that is none is told by its kind: %s',
    async (text) => {
      answer = (_, response) => response.end(text);
      const refused = kube.get(POD);
      await expect(refused).rejects.toMatchObject({
        exitCode: 3,
        message: expect.stringContaining(`a text of ${text.length} characters that is nothing`),
      });
      await expect(refused).rejects.not.toThrow('s3cr3t');
      await expect(kube.list({ kind: 'v1/Pod' })).rejects.toMatchObject({ exitCode: 3 });
    },
  );

  test('that nests for ever is none', async () => {
    answer = (_, response) => response.end(`{"metadata":{"name":"a"},"x":${'['.repeat(MIB)}`);
    await expect(kube.get(POD)).rejects.toMatchObject({ exitCode: 3 });
  });

  test('may have brackets in its texts, as many as it likes', async () => {
    const data = { text: `${'['.repeat(999)}\\"{{{` };
    answer = (_, response) => response.end(JSON.stringify({ metadata: { name: 'a' }, data }));
    expect(await kube.get(POD)).toMatchObject({ data });
  });

  test('that is large when it is unpacked is given up', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * MIB, '"a",'));
    answer = (_, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(bomb);
    };
    await expect(kube.get(POD)).rejects.toMatchObject({
      message: expect.stringContaining('no answer'),
    });
  });

  test('that comes drop by drop is not waited for', async () => {
    answer = (_, response) => {
      response.write('{');
      const drops = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drops));
    };
    await expect(connection.send({ method: 'GET', path: '/x' }, 300)).rejects.toThrow(/abort/);
  });

  test.each([
    ['the same page again and again', () => 'again'],
    ['always another page', (at: number) => `page-${at}`],
  ])('with %s comes to an end', async (_, token) => {
    let pages = 0;
    answer = (_request, response) => {
      pages += 1;
      const metadata = { resourceVersion: '1', continue: token(pages) };
      response.end(JSON.stringify({ metadata, items: [] }));
    };
    await expect(kube.list({ kind: 'v1/Pod' })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('has no end'),
    });
    expect(pages).toBeLessThanOrEqual(1_000);
  });

  test('of nothing as Go writes it is an empty list', async () => {
    answer = (_, response) => response.end('{"metadata":{"resourceVersion":"1"},"items":null}');
    expect(await kube.list({ kind: 'v1/Pod' })).toEqual({ items: [], resourceVersion: '1' });
  });
});

describe('a watch', () => {
  const lines = async (): Promise<string[]> => {
    const heard: string[] = [];
    await connection.stream('/w', (line) => heard.push(line), new AbortController().signal);
    return heard;
  };

  test('is told line by line, however its parts come', async () => {
    answer = (_, response) => {
      response.write('{"a"');
      setTimeout(() => response.write(':1}\n\n{"b":2}\n{"c'), 20);
      setTimeout(() => response.end('":3}\n'), 40);
    };
    expect(await lines()).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
  });

  test('whose line has no end breaks, in time that grows with its length alone', async () => {
    answer = (_, response) => {
      const write = (): void => {
        if (!response.destroyed && response.write('x'.repeat(16_384))) setImmediate(write);
        else response.once('drain', write);
      };
      write();
    };
    const took = await cpuMs(async () => {
      await expect(lines()).rejects.toThrow('a line of a watch has no end');
    });
    expect(took).toBeLessThan(2_000);
  });
});
