// Services that speak no HTTP/1.1: asked as a kubelet would ask them, over real connections.

import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { askOverNetwork } from '../../../effects/http/http.ts';
import { reachOverNetwork } from '../../../effects/http/reach.ts';

const HOST = '127.0.0.1';
const TIMEOUT_MS = 2_000;
const closing: (Server | Http2Server | SecureServer)[] = [];

afterEach(() => {
  for (const server of closing.splice(0)) server.close();
});

async function listening(server: Server | Http2Server | SecureServer): Promise<number> {
  closing.push(server);
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return (server.address() as AddressInfo).port; // it listens on a port
}

/** A gRPC server whose health service answers with these bytes, or with no message and a code. */
function grpcServer(status: number, code = 0): Http2Server {
  return createHttp2Server().on('stream', (stream, headers) => {
    const isHealth = headers[':path'] === '/grpc.health.v1.Health/Check';
    const head = { ':status': 200, 'content-type': 'application/grpc' };
    if (!isHealth || code !== 0) {
      stream.respond({ ...head, 'grpc-status': String(code || 12) }, { endStream: true });
      return;
    }
    const asked: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => asked.push(chunk));
    stream.on('end', () => {
      const name = Buffer.concat(asked).subarray(7).toString();
      const message = Buffer.from(status === 0 ? [] : [0x08, name === 'gone' ? 3 : status]);
      stream.respond(head, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]));
    });
  });
}

describe('a gRPC server', () => {
  const askAt = async (server: Http2Server, service = '') =>
    reachOverNetwork(
      { kind: 'grpc', host: HOST, port: await listening(server), service },
      TIMEOUT_MS,
    );

  test('that serves is healthy', async () => {
    expect(await askAt(grpcServer(1))).toBeUndefined();
    expect(await askAt(grpcServer(1), 'pay.v1.Pay')).toBeUndefined();
  });

  test.each([
    [grpcServer(2), '', 'answered NOT_SERVING, expected SERVING'],
    [grpcServer(0), '', 'answered UNKNOWN, expected SERVING'],
    [grpcServer(1), 'gone', 'answered SERVICE_UNKNOWN, expected SERVING'],
    [grpcServer(1, 12), '', 'answered grpc-status 12'],
  ])('that does not is told of, case %#', async (server, service, why) => {
    expect(await askAt(server, service)).toBe(why);
  });

  test('that is none is told of', async () => {
    const port = await listening(createServer((socket) => socket.end('SSH-2.0\r\n')));
    const why = await reachOverNetwork({ kind: 'grpc', host: HOST, port, service: '' }, TIMEOUT_MS);
    expect(why).toEqual(expect.any(String));
  });
});

describe('a connection', () => {
  test('is accepted, or refused, or not', async () => {
    const port = await listening(createServer((socket) => socket.destroy()));
    expect(await reachOverNetwork({ kind: 'tcp', host: HOST, port }, TIMEOUT_MS)).toBeUndefined();
    closing.splice(0)[0]?.close();
    const why = await reachOverNetwork({ kind: 'tcp', host: HOST, port }, TIMEOUT_MS);
    expect(why).toContain('ECONNREFUSED');
  });
});

describe('HTTP otherwise than plain', () => {
  test('over TLS with a certificate that nobody signed is answered where none is verified', async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'pod' }]);
    const port = await listening(createSecureServer({ key, cert }, (_, res) => res.end('up')));
    const request = { method: 'GET', url: `https://${HOST}:${port}/ready`, timeoutMs: TIMEOUT_MS };
    expect(await askOverNetwork({ ...request, unverified: true })).toMatchObject({ body: 'up' });
    expect(await askOverNetwork(request)).toMatchObject({ kind: 'failed' });
  });

  test('as HTTP/2 without TLS is answered, with the Host that a probe names', async () => {
    const server = createHttp2Server((req, res) => {
      res.end(`${req.method} ${req.url} ${req.headers[':authority']}`);
    });
    const url = `http://${HOST}:${await listening(server)}/ready?deep=1`;
    const headers = { Host: 'pay.example' };
    const request = { method: 'GET', url, headers, timeoutMs: TIMEOUT_MS, http2: true };
    expect(await askOverNetwork(request)).toMatchObject({
      kind: 'answered',
      status: 200,
      body: 'GET /ready?deep=1 pay.example',
    });
  });
});

test('a URL with a login in it is told by its host alone, whatever is wrong with it', async () => {
  const asked = { method: 'GET', url: 'http://ada:s3cr3t@127.0.0.1:9/', timeoutMs: TIMEOUT_MS };
  const why = '127.0.0.1:9: a login in the URL is not sent';
  expect(await askOverNetwork(asked)).toMatchObject({ kind: 'failed', why });
});
