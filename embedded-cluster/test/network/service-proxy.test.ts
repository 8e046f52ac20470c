// Services on real sockets, in front of real processes.
import { Agent, get, type IncomingMessage } from 'node:http';
import { createConnection } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Cluster } from '../../cluster/cluster.ts';
import { pods, services } from '../../kubernetes/collection.ts';
import type { Service } from '../../kubernetes/shapes.ts';
import {
  logsOf,
  podEnded,
  podReady,
  podWhen,
  runPod,
  startRealCluster,
} from '../workloads/support/real-cluster.ts';
import { until } from '../workloads/support/until.ts';

const SERVER = `const { createServer } = require('node:http');
  createServer((request, response) => response.end(process.env.NAME)).listen(8080);`;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startRealCluster();
  for (const name of ['one', 'two']) server(name, { app: name });
  await Promise.all([podReady(cluster, 'one'), podReady(cluster, 'two')]);
});

afterAll(() => cluster.stop());

function server(name: string, labels: Record<string, string>): void {
  runPod(cluster, name, SERVER, {
    labels,
    container: {
      env: [{ name: 'NAME', value: name }],
      readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
    },
  });
}

async function service(
  name: string,
  spec: Partial<Service['spec']>,
): Promise<{ host: string; port: number }> {
  services(cluster.world).create({
    metadata: { name, namespace: 'default' },
    spec: { ports: [{ port: 80, targetPort: 8080 }], ...spec },
  });
  return until('the address', () => cluster.serviceAddress('default', name, 80));
}

function select(name: string, selector: Record<string, string>): void {
  const current = services(cluster.world).get('default', name);
  if (current) services(cluster.world).update({ ...current, spec: { ...current.spec, selector } });
}

function ask(address: { host: string; port: number }, agent = new Agent()): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ ...address, agent, path: '/' }, (response: IncomingMessage) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve(body));
    }).on('error', reject);
  });
}

const answered = (address: { host: string; port: number }, by: string): Promise<true> =>
  until(`an answer of ${by}`, async () =>
    (await ask(address).catch(() => undefined)) === by ? true : undefined,
  );

describe('a Service', () => {
  test('answers on its own address, of its own network', async () => {
    const address = await service('own', { selector: { app: 'one' } });
    await answered(address, 'one');
    expect(address.host).toMatch(/^127\.\d+\.128\.\d+$/);
  });

  test('leaves a connection where it is when the selector changes', async () => {
    const address = await service('kept', { selector: { app: 'one' } });
    await answered(address, 'one');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await ask(address, agent)).toBe('one');
    select('kept', { app: 'two' });
    await answered(address, 'two');
    expect(await ask(address, agent)).toBe('one');
    agent.destroy();
  });

  test('resets whoever connects while it has nobody', async () => {
    const address = await service('empty', { selector: { app: 'nobody' } });
    await until('a reset', async () =>
      (await ask(address).catch((error) => error.code)) === 'ECONNRESET' ? true : undefined,
    );
  });

  test('is no more on its address once it is deleted', async () => {
    const address = await service('gone', { selector: { app: 'one' } });
    await answered(address, 'one');
    services(cluster.world).delete('default', 'gone');
    await until('a refusal', async () =>
      (await ask(address).catch((error) => error.code)) === 'ECONNREFUSED' ? true : undefined,
    );
  });

  test('of type NodePort answers on 127.0.0.1 too', async () => {
    const address = await service('outside', { type: 'NodePort', selector: { app: 'one' } });
    await answered(address, 'one');
    const { ports } = services(cluster.world).get('default', 'outside')?.spec ?? {};
    const port = ports?.[0]?.nodePort ?? 0;
    expect(port).toBeGreaterThanOrEqual(30_000);
    await answered({ host: '127.0.0.1', port }, 'one');
  });

  test('carries the end of each side to the other', async () => {
    const echo = `require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
      let text = ''; socket.on('data', (part) => { text += part });
      socket.on('end', () => socket.end(text.toUpperCase())); }).listen(8080); console.log('up')`;
    runPod(cluster, 'echo', echo, {
      labels: { app: 'echo' },
      container: { readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 } },
    });
    await podReady(cluster, 'echo');
    const address = await service('echo', { selector: { app: 'echo' } });
    const said = await until('an echo', () => echoed(address).catch(() => undefined));
    expect(said).toBe('HELLO');
  });

  test('cuts the connections of a pod that is killed', async () => {
    server('mortal', { app: 'mortal' });
    await podReady(cluster, 'mortal');
    const address = await service('mortal', { selector: { app: 'mortal' } });
    await answered(address, 'mortal');
    const socket = createConnection(address);
    const ended = new Promise((resolve) => {
      socket.once('close', resolve);
      socket.once('error', resolve);
    });
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.resume();
    pods(cluster.world).delete('default', 'mortal', { gracePeriodSeconds: 0 });
    await ended;
  });
});

function echoed(address: { host: string; port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = createConnection({ ...address, allowHalfOpen: true }, () => socket.end('hello'));
    socket.on('data', (part) => {
      text += part;
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}

describe('what runs in a pod', () => {
  test('has an address of its own, so that two may have one port', async () => {
    const [one, two] = await Promise.all([podReady(cluster, 'one'), podReady(cluster, 'two')]);
    expect(one.status?.podIP).not.toBe(two.status?.podIP);
    expect(await ask({ host: one.status?.podIP ?? '', port: 8080 })).toBe('one');
    expect(await ask({ host: two.status?.podIP ?? '', port: 8080 })).toBe('two');
  });

  test.each(['named', 'named.default', 'named.default.svc', 'named.default.svc.cluster.local'])(
    'finds a Service as %s',
    async (name) => {
      if (!services(cluster.world).get('default', 'named')) {
        await answered(await service('named', { selector: { app: 'one' } }), 'one');
      }
      const client = `client-${name.split('.').length}`;
      runPod(cluster, client, `fetch('http://${name}/').then((r) => r.text()).then(console.log)`);
      await podEnded(cluster, client);
      expect(logsOf(cluster, client)).toBe('one\n');
    },
  );

  test('that was evicted has failed, and why is told', async () => {
    server('guest', { app: 'guest' });
    await podReady(cluster, 'guest');
    cluster.nodes[0]?.evict('default', 'guest', 'The node was low on resource: memory.');
    const pod = await podWhen(
      cluster,
      'guest',
      'evicted',
      ({ status }) => status?.phase === 'Failed',
    );
    expect(pod.status).toMatchObject({
      reason: 'Evicted',
      message: 'The node was low on resource: memory.',
    });
  });
});
