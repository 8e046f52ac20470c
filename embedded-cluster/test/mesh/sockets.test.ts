// Meshes and gateways on real sockets, in front of real processes.
import { Agent, type IncomingMessage, request as startRequest } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { type Collection, namespaces, pods, services } from '../../kubernetes/collection.ts';
import type { KubeObject } from '../../kubernetes/store/object.ts';
import type { World } from '../../kubernetes/world.ts';
import {
  destinationRules,
  gatewayClasses,
  gateways,
  httpRoutes,
  virtualServices,
} from '../../mesh/objects.ts';
import { podReady, runPod } from '../workloads/support/real-cluster.ts';
import { until } from '../workloads/support/until.ts';

/** Says who it is and what it was sent; `/hang` never answers, `/half` never ends its answer. */
const SERVER = `const { createServer } = require('node:http');
  const server = createServer((request, response) => {
    if (request.url === '/hang') return;
    if (request.url === '/half') return response.write('half of');
    if (request.url === '/connections') {
      return server.getConnections((_, count) => response.end(String(count)));
    }
    let sent = '';
    request.on('data', (part) => { sent += part; });
    request.on('end', () => {
      response.writeHead(200, { 'set-cookie': ['a=1', 'b=2'], 'x-by': process.env.NAME });
      response.end(request.headers.canary ? process.env.NAME + '!' : process.env.NAME + sent);
    });
  });
  server.listen(8080);`;

const DELAY_MS = 200;
const TOOLS = { repository: 'tools', tags: ['v1'], programs: { node: process.execPath } };
let cluster: Cluster;
let agent: Agent;
let keptSockets: Set<Socket>;

beforeAll(async () => {
  cluster = await startCluster({
    images: [TOOLS],
    propagation: { delayMs: 50 },
    mesh: { propagation: { delayMs: DELAY_MS } },
  });
  const namespace = namespaces(cluster.world).get(undefined, 'default');
  if (!namespace) throw new Error('there is no namespace');
  const labels = { 'istio-injection': 'enabled' };
  namespaces(cluster.world).update({
    ...namespace,
    metadata: { ...namespace.metadata, labels },
  });
  for (const colour of ['blue', 'green']) {
    serve(colour, { app: 'shop', version: colour });
    createService(colour, { version: colour });
  }
  await Promise.all([podReady(cluster, 'blue'), podReady(cluster, 'green')]);
});

afterAll(() => cluster.stop());

beforeEach(() => {
  agent = new Agent({ keepAlive: true, maxSockets: 1 });
  keptSockets = new Set();
});

afterEach(() => agent.destroy());

function serve(name: string, labels: Record<string, string>): void {
  runPod(cluster, name, SERVER, {
    labels,
    container: {
      env: [{ name: 'NAME', value: name }],
      readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
    },
  });
}

function createService(name: string, selector: Record<string, string>): void {
  services(cluster.world).create({
    metadata: { name, namespace: 'default' },
    spec: { selector, ports: [{ port: 80, targetPort: 8080 }] },
  });
}

interface Asked {
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Over one connection, for as long as that is kept alive. */
function ask(
  address: Address,
  { path = '/', headers = {}, body = '' }: Asked = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const method = body === '' ? 'GET' : 'POST';
    const sent = startRequest({ ...address, agent, method, path, headers }, (response) => {
      void textOf(response).then(({ text, ending }) => {
        if (ending === 'cut') return reject(new Error('cut'));
        const { statusCode } = response;
        resolve(statusCode === 200 ? text : `${statusCode} ${text.split(':')[0]}`);
      });
    });
    sent.on('socket', (socket) => keptSockets.add(socket));
    sent.on('error', reject);
    sent.end(body);
  });
}

function textOf(response: IncomingMessage): Promise<{ text: string; ending: 'whole' | 'cut' }> {
  return new Promise((resolve) => {
    let text = '';
    response.on('data', (part) => {
      text += part;
    });
    response.on('end', () => resolve({ text, ending: 'whole' }));
    response.on('error', () => resolve({ text, ending: 'cut' }));
  });
}

const told = (address: Address, wanted: string, asked?: Asked): Promise<true> =>
  until(`the answer ${wanted}`, async () =>
    (await ask(address, asked).catch(String)) === wanted ? true : undefined,
  );

function put<T extends KubeObject>(
  of: (world: World) => Collection<T>,
  name: string,
  spec: unknown,
): void {
  const objects = of(cluster.world);
  const current = objects.get('default', name);
  if (current) objects.update({ ...current, spec });
  else objects.create({ metadata: { name, namespace: 'default' }, spec });
}

/** Resolves when every proxy has heard of what was written: its time is up before this one's is. */
const heard = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, DELAY_MS + 50));

const routeTo = (service: string, ...http: object[]): void =>
  put(virtualServices, service, { hosts: [service], http });
const to = (host: string, subset?: string) => ({
  route: [{ destination: { host, ...(subset ? { subset } : {}) } }],
});
const addSubsets = (service: string, ...names: string[]): void =>
  put(destinationRules, service, {
    host: service,
    subsets: names.map((name) => ({ name, labels: { version: name } })),
  });

async function shop(name: string): Promise<Address> {
  createService(name, { app: 'shop' });
  return until('the address', () => cluster.serviceAddress('default', name, 80));
}

describe('in the mesh', () => {
  test('a connection stays open while each request on it is routed anew', async () => {
    const address = await shop('kept');
    addSubsets('kept', 'blue', 'green');
    routeTo('kept', to('kept', 'blue'));
    await heard();
    await told(address, 'blue');
    keptSockets.clear();
    expect(await ask(address)).toBe('blue');
    routeTo('kept', to('kept', 'green'));
    await heard();
    expect(await ask(address)).toBe('green');
    expect(keptSockets.size).toBe(1);
  });

  test('headers decide, and bodies, cookies and headers go through', async () => {
    const address = await shop('whole');
    const match = [{ headers: { canary: { exact: 'yes' } } }];
    routeTo('whole', { match, ...to('green') }, to('blue'));
    await heard();
    await told(address, 'green!', { headers: { canary: 'yes' } });
    expect(await ask(address, { body: ' was paid' })).toBe('blue was paid');
    const cookies = await new Promise((resolve) => {
      startRequest({ ...address }, (response) => {
        response.resume();
        resolve(response.headers['set-cookie']);
      }).end();
    });
    expect(cookies).toEqual(['a=1', 'b=2']);
  });

  test('a subset that no proxy has heard of is a 503, on a connection that stays', async () => {
    const address = await shop('early');
    addSubsets('early', 'blue');
    routeTo('early', to('early', 'blue'));
    await heard();
    await told(address, 'blue');
    routeTo('early', to('early', 'green'));
    await told(address, '503 NC');
    keptSockets.clear();
    addSubsets('early', 'blue', 'green');
    await told(address, 'green');
    expect(keptSockets.size).toBe(1);
  });

  test('a subset that was told of before its route costs no request', async () => {
    const address = await shop('patient');
    addSubsets('patient', 'blue');
    routeTo('patient', to('patient', 'blue'));
    await heard();
    await told(address, 'blue');
    addSubsets('patient', 'blue', 'green');
    await heard();
    routeTo('patient', to('patient', 'green'));
    const answers: string[] = [];
    await until('an answer of green', async () => {
      answers.push(await ask(address));
      return answers.at(-1) === 'green' ? true : undefined;
    });
    expect(answers.filter((answer) => answer !== 'blue' && answer !== 'green')).toEqual([]);
  });

  test('a pod that dies under a request is a 503, one that dies under an answer cuts it', async () => {
    serve('mortal', { app: 'mortal' });
    await podReady(cluster, 'mortal');
    createService('mortal', { app: 'mortal' });
    const address = await until('it', () => cluster.serviceAddress('default', 'mortal', 80));
    routeTo('mortal', to('mortal'));
    await told(address, 'mortal');
    const hanging = ask(address, { path: '/hang' });
    const half = await halfAnswer(address);
    pods(cluster.world).delete('default', 'mortal', { gracePeriodSeconds: 0 });
    expect(await hanging).toBe('503 UC');
    expect(await half.ended).toBe('cut');
  });

  /** Resolves when the answer has begun. */
  function halfAnswer(address: Address): Promise<{ ended: Promise<string> }> {
    return new Promise((resolve) => {
      startRequest({ ...address, path: '/half' }, (response) => {
        const ended = textOf(response).then(({ ending }) => ending);
        response.once('data', () => resolve({ ended }));
      }).end();
    });
  }

  test('connections to a pod that has left are let go of', async () => {
    serve('leaving', { app: 'leaving' });
    const pod = await podReady(cluster, 'leaving');
    createService('leaving', { app: 'leaving' });
    const address = await until('it', () => cluster.serviceAddress('default', 'leaving', 80));
    routeTo('leaving', to('leaving'));
    await heard();
    await told(address, 'leaving');
    const { podIP = '' } = pod.status ?? {};
    const asking = 1;
    expect(await connectionsTo(podIP)).toBe(asking + 1);
    const current = pods(cluster.world).get('default', 'leaving') ?? pod;
    const metadata = { ...current.metadata, labels: { app: 'left' } };
    pods(cluster.world).update({ ...current, metadata });
    await until('no connection but the one that asks', async () =>
      (await connectionsTo(podIP)) === asking ? true : undefined,
    );
  });

  function connectionsTo(host: string): Promise<number> {
    return new Promise((resolve) => {
      startRequest({ host, port: 8080, path: '/connections', agent: false }, (response) => {
        void textOf(response).then(({ text }) => resolve(Number(text)));
      }).end();
    });
  }

  test('a node port is no way into it', async () => {
    services(cluster.world).create({
      metadata: { name: 'outside', namespace: 'default' },
      spec: {
        type: 'NodePort',
        selector: { version: 'blue' },
        ports: [{ port: 80, targetPort: 8080 }],
      },
    });
    routeTo('outside', to('green'));
    const address = await until('it', () => cluster.serviceAddress('default', 'outside', 80));
    await until('the mesh', async () => {
      agent.destroy();
      return (await ask(address).catch(String)) === 'green' ? true : undefined;
    });
    const port = services(cluster.world).get('default', 'outside')?.spec.ports?.[0]?.nodePort ?? 0;
    agent.destroy();
    expect(await ask({ host: '127.0.0.1', port })).toBe('blue');
  });
});

describe('at a gateway', () => {
  const backends = (weights: Readonly<Record<string, number>>) => ({
    parentRefs: [{ name: 'edge' }],
    rules: [
      {
        backendRefs: Object.entries(weights).map(([name, weight]) => ({ name, port: 80, weight })),
      },
    ],
  });

  beforeAll(() => {
    gatewayClasses(cluster.world).create({
      metadata: { name: 'embedded' },
      spec: { controllerName: 'embedded-cluster.local/gateway' },
    });
    put(gateways, 'edge', {
      gatewayClassName: 'embedded',
      listeners: [{ name: 'http', port: 80, protocol: 'HTTP' }],
    });
    put(httpRoutes, 'shop', backends({ blue: 100 }));
  });

  const entrance = (): Promise<Address> =>
    until('the Gateway', () => cluster.gatewayAddress('default', 'edge', 80));

  test('it answers on an address of its own, which its status tells', async () => {
    const address = await entrance();
    await told(address, 'blue');
    expect(address.host).toMatch(/^127\.\d+\.255\.\d+$/);
    const { addresses } = gateways(cluster.world).get('default', 'edge')?.status ?? {};
    expect(addresses).toEqual([{ type: 'IPAddress', value: address.host }]);
  });

  test('a connection stays open while weights change', async () => {
    const address = await entrance();
    put(httpRoutes, 'shop', backends({ blue: 100 }));
    await told(address, 'blue');
    keptSockets.clear();
    put(httpRoutes, 'shop', backends({ green: 100 }));
    await told(address, 'green');
    put(httpRoutes, 'shop', backends({ gone: 100 }));
    await told(address, '500 BackendNotFound');
    expect(keptSockets.size).toBe(1);
  });

  test('it is no more on its address once it is deleted', async () => {
    const address = await entrance();
    gateways(cluster.world).delete('default', 'edge');
    await until('a refusal', async () => {
      agent.destroy();
      return (await ask(address).catch((error) => error.code)) === 'ECONNREFUSED'
        ? true
        : undefined;
    });
  });
});
