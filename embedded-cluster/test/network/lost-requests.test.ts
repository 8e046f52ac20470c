// A world in which nothing is ever lost would prove nothing: requests are lost here in the ways in
// which they are lost on a real cluster, and kept by what keeps them there.
import { Agent, get } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { deployments, services } from '../../kubernetes/collection.ts';
import { DEPLOYMENTS } from '../../kubernetes/kinds/workloads/apps.ts';
import type { Deployment } from '../../kubernetes/shapes.ts';
import { NODE_IMAGE } from '../workloads/support/recorded-app.ts';
import { until } from '../workloads/support/until.ts';

/** Exits on SIGTERM, whatever is under way. */
const ABRUPT = `require('node:http').createServer((request, response) => response.end('ok'))
  .listen(8080); process.on('SIGTERM', () => process.exit(0));`;

const PRE_STOP_SECONDS = 2;
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ images: [NODE_IMAGE], propagation: { delayMs: 500 } });
});

afterAll(() => cluster.stop());

function deploy(name: string, lifecycle: object): void {
  const labels = { app: name };
  services(cluster.world).create({
    metadata: { name, namespace: 'default' },
    spec: { selector: labels, ports: [{ port: 8080 }] },
  });
  cluster.world.objects.create(DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: 2,
      strategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'app',
              image: 'node:20',
              command: ['node', '-e', ABRUPT],
              lifecycle,
              readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  });
}

function rolledOut(name: string): Promise<Deployment> {
  return until(
    `${name} rolled out`,
    () => {
      const found = deployments(cluster.world).get('default', name);
      const { status } = found ?? {};
      const isDone =
        status?.observedGeneration === found?.metadata.generation &&
        status?.updatedReplicas === 2 &&
        status.availableReplicas === 2 &&
        status.replicas === 2 &&
        status.terminatingReplicas === 0;
      return isDone ? found : undefined;
    },
    30_000,
  );
}

/** Asks every few milliseconds, each time afresh, until it is stopped; returns how many answers there were and not. */
function load(name: string): () => Promise<{ answered: number; lost: number }> {
  const agent = new Agent({ keepAlive: false });
  const told = { answered: 0, lost: 0 };
  let state: 'running' | 'stopped' = 'running';
  const ask = (): Promise<void> =>
    new Promise((resolve) => {
      const address = cluster.serviceAddress('default', name, 8080);
      const count = (outcome: keyof typeof told): void => {
        told[outcome] += 1;
        setTimeout(resolve, 10);
      };
      get({ ...address, agent, path: '/', timeout: 5000 }, (response) => {
        response.resume();
        response.once('end', () => count('answered'));
      }).once('error', () => count('lost'));
    });
  const running = (async () => {
    while (state === 'running') await ask();
  })();
  return async () => {
    state = 'stopped';
    await running;
    agent.destroy();
    return told;
  };
}

async function rollUnderLoad(name: string) {
  const current = await rolledOut(name);
  await until('an answer', async () => {
    const { answered } = await load(name)();
    return answered > 0 ? true : undefined;
  });
  const stop = load(name);
  const { template } = current.spec;
  const annotations = { released: 'again' };
  deployments(cluster.world).update({
    ...current,
    spec: {
      ...current.spec,
      template: { ...template, metadata: { ...template.metadata, annotations } },
    },
  });
  await rolledOut(name);
  return stop();
}

describe('a rolling update of an application that exits on SIGTERM', () => {
  test('loses requests while proxies do not know yet that its pods go', async () => {
    deploy('hasty', {});
    const { answered, lost } = await rollUnderLoad('hasty');
    expect(lost).toBeGreaterThan(0);
    expect(answered).toBeGreaterThan(lost);
  });

  test('loses none on fresh connections if it waits for the proxies first', async () => {
    deploy('patient', { preStop: { sleep: { seconds: PRE_STOP_SECONDS } } });
    const { answered, lost } = await rollUnderLoad('patient');
    expect(lost).toBe(0);
    expect(answered).toBeGreaterThan(0);
  });
});
