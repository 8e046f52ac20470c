// How a kept-alive connection can end, each way by a real server.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { type KeptConnection, openKeepAlive } from '../../../effects/http/keep-alive-connection.ts';

let server: Server | undefined;
let connection: KeptConnection | undefined;

afterEach(() => {
  connection?.end();
  server?.closeAllConnections();
  server?.close();
});

async function holdOn(answer: RequestListener): Promise<KeptConnection> {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  const { port } = started.address() as AddressInfo; // it listens on a port
  connection = openKeepAlive({ host: '127.0.0.1', port, path: '/' });
  return connection;
}

test('all requests go over one connection', async () => {
  const ports = new Set<number | undefined>();
  const held = await holdOn((request, response) => {
    ports.add(request.socket.remotePort);
    response.end('ok');
  });
  for (let asked = 0; asked < 5; asked += 1) {
    expect(await held.ask(1_000)).toEqual({ kind: 'answered', last: false });
  }
  expect(ports.size).toBe(1);
});

test('an answer may say that it is the last', async () => {
  const held = await holdOn((_request, response) => {
    response.setHeader('connection', 'close');
    response.end('bye');
  });
  expect(await held.ask(1_000)).toEqual({ kind: 'answered', last: true });
});

test('a connection that is closed between two requests is not opened anew', async () => {
  let served = 0;
  const held = await holdOn((_request, response) => {
    served += 1;
    response.end('ok');
  });
  await held.ask(1_000);
  server?.closeAllConnections();
  // Until the end of the connection has come across.
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await held.ask(1_000)).toEqual({ kind: 'closed' });
  expect(await held.ask(1_000)).toEqual({ kind: 'closed' });
  expect(served).toBe(1);
});

test.each([
  ['before the answer', (_response: Parameters<RequestListener>[1]) => undefined],
  ['in the middle of it', (response: Parameters<RequestListener>[1]) => response.write('half')],
])('a request that is cut %s is lost', async (_when, begin) => {
  const held = await holdOn((request, response) => {
    begin(response);
    setTimeout(() => request.socket.destroy(), 20);
  });
  expect(await held.ask(1_000)).toMatchObject({ kind: 'cut' });
});

test('a pod that does not answer in time has lost the request', async () => {
  const held = await holdOn(() => undefined);
  expect(await held.ask(50)).toMatchObject({ kind: 'cut' });
});
