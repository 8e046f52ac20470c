// The recorded Deployment and its program, unmodified, on real processes and real sockets.
import { Agent, get } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Cluster, startCluster } from '../../../local/cluster.ts';
import { deployments, pods } from '../../../local/collection.ts';
import { DEPLOYMENTS } from '../../../local/kinds/apps.ts';
import { CONFIG_MAPS, SERVICES } from '../../../local/kinds/core.ts';
import type { Deployment } from '../../../local/shapes.ts';
import {
  NODE_IMAGE,
  programConfigMap,
  recordedDeployment,
  recordedService,
} from './support/recorded-app.ts';
import { until } from './support/until.ts';

const NAMESPACE = 'default';
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ images: [NODE_IMAGE], propagation: { delayMs: 100 } });
  const { objects } = cluster.world;
  objects.create(CONFIG_MAPS, programConfigMap(NAMESPACE));
  objects.create(SERVICES, recordedService(NAMESPACE));
  objects.create(DEPLOYMENTS, recordedDeployment(NAMESPACE));
});

afterAll(() => cluster.stop());

function rolledOut(version: string): Promise<Deployment> {
  return until(`all three pods of ${version}`, () => {
    const found = deployments(cluster.world).get(NAMESPACE, 'payment-service');
    const { status } = found ?? {};
    const isDone =
      status?.observedGeneration === found?.metadata.generation &&
      status?.updatedReplicas === 3 &&
      status.availableReplicas === 3 &&
      status.replicas === 3;
    return isDone ? found : undefined;
  });
}

function ask(agent: Agent): Promise<string> {
  const address = cluster.serviceAddress(NAMESPACE, 'payment-service', 80);
  return new Promise((resolve, reject) => {
    get({ ...address, path: '/', agent }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve(body));
    }).on('error', reject);
  });
}

describe('the recorded application', () => {
  test('becomes ready and answers through its Service, afresh and kept alive', async () => {
    await rolledOut('v1');
    const fresh = new Agent({ keepAlive: false });
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    const answer = await until('an answer', () => ask(fresh).catch(() => undefined));
    expect(answer).toBe('v1');
    expect([await ask(kept), await ask(kept)]).toEqual(['v1', 'v1']);
    kept.destroy();
  });

  test('writes logs', async () => {
    const [pod] = pods(cluster.world).list(NAMESPACE);
    const { name = '' } = pod?.metadata ?? {};
    const response = cluster.front({
      method: 'GET',
      path: `/api/v1/namespaces/${NAMESPACE}/pods/${name}/log`,
      headers: { authorization: 'none' },
    });
    expect(response.status).toBe(401);
  });
});
