// The recorded Deployment and its program, unmodified, on real processes and real sockets.
import { Agent, get } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { deployments, pods } from '../../kubernetes/collection.ts';
import { CONFIG_MAPS, SERVICES } from '../../kubernetes/kinds/core/core.ts';
import { DEPLOYMENTS } from '../../kubernetes/kinds/workloads/apps.ts';
import type { Deployment } from '../../kubernetes/shapes.ts';
import { logsOf } from './support/real-cluster.ts';
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

function rolledOut(): Promise<Deployment> {
  return until(
    'the rollout',
    () => {
      const found = deployments(cluster.world).get(NAMESPACE, 'payment-service');
      const { status } = found ?? {};
      const isDone =
        status?.observedGeneration === found?.metadata.generation &&
        status?.updatedReplicas === 3 &&
        status.availableReplicas === 3 &&
        status.terminatingReplicas === 0;
      return isDone ? found : undefined;
    },
    40_000,
  );
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
    await rolledOut();
    const fresh = new Agent({ keepAlive: false });
    const kept = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await until('an answer', () => ask(fresh).catch(() => undefined))).toBe('v1');
    expect([await ask(kept), await ask(kept)]).toEqual(['v1', 'v1']);
    kept.destroy();
  });

  test('is replaced pod by pod, each of which has heard SIGTERM and gone by itself', async () => {
    const endings: string[] = [];
    const unwatch = pods(cluster.world).watch(({ type, object, previous }) => {
      const hasEnded =
        object.status?.phase === 'Succeeded' && previous?.status?.phase === 'Running';
      if (type === 'MODIFIED' && hasEnded) endings.push(logsOf(cluster, object.metadata.name));
    });
    const { template } = (await rolledOut()).spec;
    const containers = template.spec?.containers.map((one) => ({
      ...one,
      env: [{ name: 'VERSION', value: 'v2' }],
    }));
    const current = await rolledOut();
    deployments(cluster.world).update({
      ...current,
      spec: {
        ...current.spec,
        template: { ...template, spec: { ...template.spec, containers: containers ?? [] } },
      },
    });
    await rolledOut();
    unwatch();
    expect(endings).toEqual(Array(3).fill('listening v1\nSIGTERM\n'));
    const fresh = new Agent({ keepAlive: false });
    await until('v2', async () => ((await ask(fresh).catch(() => '')) === 'v2' ? true : undefined));
    const count = (): number => pods(cluster.world).list(NAMESPACE).length;
    await until('three pods', () => (count() === 3 ? true : undefined));
  });
});
