// What a client of a Service can see, each by a real server: an answer, or why there was none.
import { createServer, type RequestListener, type Server } from 'node:http';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server as TcpServer,
} from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { ProbeConnection } from '../../../core/cluster/prober.ts';
import { openKeepAlive } from '../../../effects/http/keep-alive-connection.ts';
import { openLaneOverNetwork, type ProbeLane } from '../../../effects/http/probe-connection.ts';

let server: Server | TcpServer | undefined;
let lane: ProbeLane | undefined;

afterEach(() => {
  lane?.renew();
  if (server && 'closeAllConnections' in server) server.closeAllConnections();
  server?.close();
});

async function listening(started: Server | TcpServer): Promise<number> {
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return (started.address() as AddressInfo).port; // it listens on a port
}

async function openOn(answer: RequestListener, connection: ProbeConnection): Promise<ProbeLane> {
  const port = await listening(createServer(answer));
  lane = openLaneOverNetwork(
    { host: '127.0.0.1', port, target: { kind: 'http', path: '/' } },
    connection,
  );
  return lane;
}

describe('over HTTP', () => {
  test.each([
    ['/a b', '/a%20b'],
    ['/ä\r\nhost: x', '/%C3%A4host:%20x'],
    ['ready?x', '/ready?x'],
  ])('the path %j is asked as a URL has it', async (path, heard) => {
    const paths: (string | undefined)[] = [];
    const port = await listening(
      createServer(({ url }, response) => {
        paths.push(url);
        response.end('ok');
      }),
    );
    lane = openLaneOverNetwork(
      { host: '127.0.0.1', port, target: { kind: 'http', path } },
      'fresh',
    );
    expect(await lane.ask(1_000)).toMatchObject({ kind: 'answered' });
    const kept = openKeepAlive({ host: '127.0.0.1', port, path });
    expect(await kept.ask(1_000)).toMatchObject({ kind: 'answered' });
    kept.end();
    expect(paths).toEqual([heard, heard]);
  });

  test('a kept connection is told apart from the one that opens it, and a renewed one is new', async () => {
    const opened = await openOn((_request, response) => response.end('ok'), 'kept-alive');
    const over = async () => (await opened.ask(1_000)).over;
    expect([await over(), await over(), await over()]).toEqual([
      'fresh',
      'kept-alive',
      'kept-alive',
    ]);
    opened.renew();
    expect(await over()).toBe('fresh');
  });

  test('a fresh one opens a connection each time', async () => {
    const opened = await openOn((_request, response) => response.end('ok'), 'fresh');
    for (let asked = 0; asked < 3; asked += 1) {
      expect(await opened.ask(1_000)).toMatchObject({
        kind: 'answered',
        over: 'fresh',
        status: 200,
      });
    }
  });

  test('an answer with an error is an answer', async () => {
    const opened = await openOn((_request, response) => response.writeHead(503).end(), 'fresh');
    expect(await opened.ask(1_000)).toEqual({ kind: 'answered', over: 'fresh', status: 503 });
  });

  test('a connection that is cut instead of an answer was reset, and the next one is fresh', async () => {
    let asked = 0;
    const opened = await openOn((request, response) => {
      asked += 1;
      if (asked === 2) request.socket.destroy();
      else response.end('ok');
    }, 'kept-alive');
    await opened.ask(1_000);
    expect(await opened.ask(1_000)).toMatchObject({
      kind: 'lost',
      over: 'kept-alive',
      how: 'reset',
    });
    expect(await opened.ask(1_000)).toMatchObject({ kind: 'answered', over: 'fresh' });
  });

  test('an answer that is cut in the middle was reset', async () => {
    const opened = await openOn((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('some', () => response.destroy());
    }, 'fresh');
    expect(await opened.ask(1_000)).toMatchObject({ kind: 'lost', how: 'reset' });
  });

  test('no answer in time, headers or not, is timed out', async () => {
    const silent = await openOn(() => undefined, 'fresh');
    expect(await silent.ask(100)).toMatchObject({ kind: 'lost', how: 'timed-out' });
    server?.close();
    const slow = await openOn((_request, response) => response.write('a'), 'fresh');
    expect(await slow.ask(100)).toMatchObject({ kind: 'lost', how: 'timed-out' });
  });

  test('an answer without end is read no further than a bound', async () => {
    const opened = await openOn((_request, response) => {
      const more = (): void => void response.write('x'.repeat(65_536), more);
      more();
    }, 'kept-alive');
    expect(await opened.ask(2_000)).toMatchObject({ kind: 'answered', status: 200 });
    expect(await opened.ask(2_000)).toMatchObject({ kind: 'answered', over: 'fresh' });
  });

  test('nobody who listens has refused', async () => {
    const opened = await openOn((_request, response) => response.end('ok'), 'fresh');
    await new Promise((resolve) => server?.close(resolve));
    expect(await opened.ask(1_000)).toMatchObject({ kind: 'lost', over: 'fresh', how: 'refused' });
  });

  test('a server that speaks something else is none of the known ways', async () => {
    const port = await listening(createTcpServer((socket) => socket.end('220 ready\r\n')));
    lane = openLaneOverNetwork(
      { host: '127.0.0.1', port, target: { kind: 'http', path: '/' } },
      'fresh',
    );
    expect(await lane.ask(1_000)).toMatchObject({ kind: 'lost', how: 'other' });
  });
});

test('over TCP it is asked whether connections are taken', async () => {
  const port = await listening(createTcpServer((socket) => socket.on('error', () => undefined)));
  lane = openLaneOverNetwork({ host: '127.0.0.1', port, target: { kind: 'tcp' } }, 'kept-alive');
  expect(await lane.ask(1_000)).toEqual({ kind: 'answered', over: 'fresh', status: 0 });
  await new Promise((resolve) => server?.close(resolve));
  expect(await lane.ask(1_000)).toMatchObject({ kind: 'lost', how: 'refused' });
});
