// A server that never comes to an end, by every way in which a stage asks one.
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { askOverNetwork } from '../../../effects/http/http.ts';
import { openKeepAlive } from '../../../effects/http/keep-alive-connection.ts';
import { openLaneOverNetwork } from '../../../effects/http/probe-connection.ts';

const HOST = '127.0.0.1';
/** Longer than a test may take: what ends has been given up, and did not time out. */
const TIMEOUT_MS = 60_000;

let server: Server | Http2Server;
let port: number;
/** What is sent once, and what is sent again and again after it. */
let first: string;
let again: string;
let sent = 0;

async function listening(started: Server | Http2Server): Promise<void> {
  server = started;
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  port = (server.address() as AddressInfo).port; // it listens on a port
}

beforeEach(async () => {
  sent = 0;
  const endless = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(first);
      const chunk = again.repeat(Math.ceil(16_384 / again.length));
      const more = (): void => {
        if (socket.destroyed) return;
        sent += chunk.length;
        if (socket.write(chunk)) setImmediate(more);
        else socket.once('drain', more);
      };
      more();
    });
  });
  await listening(endless);
});
afterEach(() => void server.close());

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;

const ENDLESS = [
  ['early hints', '', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
  ['being asked to go on', '', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ['a wait', '', 'HTTP/1.1 102 Processing\r\nx: y\r\n\r\n'],
  ['empty lines before an answer', '', '\r\n'],
  ['headers', OK, 'x: y\r\n'],
  ['a header', `${OK}x: `, 'y'],
  ['a body', `${OK}\r\n`, 'y'],
  ['chunks of a byte', CHUNKED, '1\r\ny\r\n'],
  ['what is said about a chunk', `${CHUNKED}1;`, 'y'],
  ['trailers', `${CHUNKED}0\r\n`, 'x: y\r\n'],
] as const;

describe.each(ENDLESS)('%s without end', (_name, begin, more) => {
  beforeEach(() => {
    first = begin;
    again = more;
  });
  /** What lies in the kernel's buffers was sent and not read. */
  afterEach(() => expect(sent).toBeLessThan(40 * 2 ** 20));

  test('are no answer', async () => {
    const url = `http://${HOST}:${port}/`;
    const request = { method: 'GET', url, timeoutMs: TIMEOUT_MS, mostBytes: 65_536 };
    const answer = await askOverNetwork(request);
    expect(answer).toMatchObject({ kind: 'failed' });
    expect(JSON.stringify(answer)).not.toContain('within');
  });

  test('cut a kept connection', async () => {
    const connection = openKeepAlive({ host: HOST, port, path: '/' });
    expect(await connection.ask(TIMEOUT_MS)).toMatchObject({ kind: 'cut' });
    connection.end();
  });

  test('are read by the prober to a bound', async () => {
    const target = { kind: 'http', path: '/' } as const;
    const lane = openLaneOverNetwork({ host: HOST, port, target }, 'kept-alive');
    const probed = await lane.ask(TIMEOUT_MS);
    expect(probed).not.toMatchObject({ how: 'timed-out' });
    lane.renew();
  });
});

test('a few early hints are none too many, and each request may have its own', async () => {
  first = `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(5)}${OK}content-length: 2\r\n\r\nok`;
  server.close();
  await listening(createServer((socket) => socket.on('data', () => socket.write(first))));
  const connection = openKeepAlive({ host: HOST, port, path: '/' });
  for (let asked = 0; asked < 3; asked += 1) {
    expect(await connection.ask(TIMEOUT_MS)).toEqual({ kind: 'answered', last: false });
  }
  connection.end();
});

test('answers before the answer are counted over HTTP/2 as well', async () => {
  server.close();
  const hinting = createHttp2Server().on('stream', (stream) => {
    stream.on('error', () => undefined);
    for (let hints = 0; hints < 50; hints += 1) stream.additionalHeaders({ ':status': 103 });
  });
  await listening(hinting);
  const url = `http://${HOST}:${port}/`;
  const answer = await askOverNetwork({ method: 'GET', url, timeoutMs: TIMEOUT_MS, http2: true });
  expect(answer).toMatchObject({
    kind: 'failed',
    why: expect.stringContaining('before the answer'),
  });
});
