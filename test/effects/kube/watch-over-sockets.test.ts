// A watch is a hint: what it does not tell is found out all the same, and soon. Over a real socket.
import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import { wallClock } from '../../../effects/base/clock.ts';
import { createKube } from '../../../effects/kube/client.ts';
import { connect } from '../../../effects/kube/transport.ts';
import { type Collection, watchCollection } from '../../../effects/kube/watch/collection.ts';
import { createCertificates } from '../../../embedded-cluster/kubernetes/api/certificates.ts';
import {
  createFaults,
  type Faults,
} from '../../../embedded-cluster/kubernetes/api/faults/faults.ts';
import { type ApiServer, startServer } from '../../../embedded-cluster/kubernetes/api/server.ts';
import {
  ADMIN_TOKEN,
  createTestApi,
  type TestApi,
} from '../../../embedded-cluster/test/api/support.ts';

let api: TestApi;
let faults: Faults;
let server: ApiServer;
const kubeconfigBefore = process.env.KUBECONFIG;

beforeEach(async () => {
  api = createTestApi();
  faults = createFaults(api.world, api.front, { adminToken: ADMIN_TOKEN, tokens: api.tokens });
  server = await startServer({ handler: faults.handler, certificates: await createCertificates() });
  const path = join(await mkdtemp(join(tmpdir(), 'kube-')), 'config');
  writeFileSync(path, server.kubeconfigFor('admin', ADMIN_TOKEN));
  process.env.KUBECONFIG = path;
});

afterEach(async () => {
  if (kubeconfigBefore === undefined) delete process.env.KUBECONFIG;
  else process.env.KUBECONFIG = kubeconfigBefore;
  await server.stop();
});

const create = (name: string) =>
  api.post('/api/v1/namespaces/default/configmaps', { metadata: { name } });

const watched = async () => {
  const kube = createKube(connect(''), wallClock, new AbortController().signal);
  const query = { kind: 'v1/ConfigMap', namespace: 'default' } as const;
  return watchCollection<KubernetesObject>(kube, wallClock, query, () => undefined);
};

const seen = async (collection: Collection<KubernetesObject>, name: string): Promise<boolean> => {
  for (let tries = 0; tries < 200 && !collection.items.has(name); tries += 1) await sleep(20);
  return collection.items.has(name);
};

test('what comes after a watch was dropped is seen', async () => {
  const dropping = faults.add({ fault: { type: 'watch-dropped', afterMs: 1_000 } });
  const collection = await watched();
  create('before');
  expect(await seen(collection, 'before')).toBe(true);
  dropping.stop();
  await api.clock.advanceTo(api.clock.now() + 1_000);
  create('after');
  expect(await seen(collection, 'after')).toBe(true);
  collection.stop();
});

test('what a silent watch has kept to itself is there once it is asked for', async () => {
  faults.add({ fault: { type: 'watch-silent', afterMs: 0 } });
  const collection = await watched();
  create('untold');
  await sleep(300);
  expect(collection.items.has('untold')).toBe(false);
  await collection.relist();
  expect(collection.items.has('untold')).toBe(true);
  collection.stop();
});
