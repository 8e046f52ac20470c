// The API over HTTPS as the client library that the product uses sees it.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  KubernetesObjectApi,
  makeInformer,
  PatchStrategy,
  type V1ConfigMap,
  VersionApi,
  Watch,
} from '@kubernetes/client-node';
import { createCertificates } from '../../kubernetes/api/certificates.ts';
import { createFaults, type Faults } from '../../kubernetes/api/faults/faults.ts';
import { type ApiServer, startServer } from '../../kubernetes/api/server.ts';
import { ADMIN_TOKEN, createTestApi, type TestApi } from './support.ts';

describe('@kubernetes/client-node', () => {
  let api: TestApi;
  let server: ApiServer;
  let config: KubeConfig;
  let faults: Faults;

  beforeAll(async () => {
    api = createTestApi();
    faults = createFaults(api.world, api.front, { adminToken: ADMIN_TOKEN, tokens: api.tokens });
    const certificates = await createCertificates();
    server = await startServer({ handler: faults.handler, certificates });
    config = new KubeConfig();
    config.loadFromString(server.kubeconfigFor('admin', ADMIN_TOKEN));
  });
  afterAll(() => server.stop());

  test('reads the version', async () => {
    expect((await config.makeApiClient(VersionApi).getCode()).minor).toBe('36');
  });

  test('creates, reads, lists and deletes', async () => {
    const core = config.makeApiClient(CoreV1Api);
    await core.createNamespacedConfigMap({
      namespace: 'default',
      body: { metadata: { name: 'one' }, data: { a: '1' } },
    });
    const read = await core.readNamespacedConfigMap({ namespace: 'default', name: 'one' });
    expect(read.data).toEqual({ a: '1' });
    expect(read.metadata?.creationTimestamp).toBeInstanceOf(Date);
    const { items } = await core.listNamespacedConfigMap({ namespace: 'default' });
    expect(items.map((item) => item.metadata?.name)).toContain('one');
    await core.deleteNamespacedConfigMap({ namespace: 'default', name: 'one' });
    await expect(
      core.readNamespacedConfigMap({ namespace: 'default', name: 'one' }),
    ).rejects.toMatchObject({ code: 404 });
  });

  test('is refused without a token that the API knows', async () => {
    const stranger = new KubeConfig();
    stranger.loadFromString(server.kubeconfigFor('stranger', 'no-such-token'));
    await expect(
      stranger.makeApiClient(AppsV1Api).listNamespacedDeployment({ namespace: 'default' }),
    ).rejects.toMatchObject({ code: 401 });
  });

  test('watches', async () => {
    const core = config.makeApiClient(CoreV1Api);
    const seen: string[] = [];
    let tell: () => void = () => undefined;
    const complete = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const controller = await new Watch(config).watch(
      '/api/v1/namespaces/default/secrets',
      {},
      (phase, object) => {
        seen.push(`${phase} ${object.metadata.name}`);
        if (seen.length === 2) tell();
      },
      () => undefined,
    );
    await core.createNamespacedSecret({ namespace: 'default', body: { metadata: { name: 's' } } });
    await core.deleteNamespacedSecret({ namespace: 'default', name: 's' });
    await complete;
    controller.abort();
    expect(seen).toEqual(['ADDED s', 'DELETED s']);
  });

  test('keeps an informer up to date', async () => {
    const core = config.makeApiClient(CoreV1Api);
    const body = { metadata: { name: 'kept' } };
    await core.createNamespacedSecret({ namespace: 'default', body });
    const informer = makeInformer(config, '/api/v1/namespaces/default/secrets', () =>
      core.listNamespacedSecret({ namespace: 'default' }),
    );
    const added = new Promise<string | undefined>((resolve) => {
      informer.on('add', (secret) => resolve(secret.metadata?.name));
    });
    await informer.start();
    expect(await added).toBe('kept');
    await informer.stop();
  });

  test('reads custom objects', async () => {
    const custom = config.makeApiClient(CustomObjectsApi);
    const where = {
      group: 'tekton.dev',
      version: 'v1',
      namespace: 'default',
      plural: 'pipelineruns',
    };
    const body = {
      apiVersion: 'tekton.dev/v1',
      kind: 'PipelineRun',
      metadata: { name: 'r' },
      spec: {},
    };
    await custom.createNamespacedCustomObject({ ...where, body });
    expect(await custom.getNamespacedCustomObject({ ...where, name: 'r' })).toMatchObject(body);
  });

  test('applies on the server, and is refused what another owns', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const apply = (fieldManager: string, key: string, value: string) =>
      objects.patch<V1ConfigMap>(
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'applied', namespace: 'default' },
          data: { [key]: value },
        },
        undefined,
        undefined,
        fieldManager,
        undefined,
        PatchStrategy.ServerSideApply,
      );
    await apply('me', 'a', '1');
    expect((await apply('you', 'b', '2')).data).toEqual({ a: '1', b: '2' });
    await expect(apply('you', 'a', '2')).rejects.toMatchObject({ code: 409 });
  });

  test('loses an answer where a fault takes it, and finds the write done', async () => {
    const core = config.makeApiClient(CoreV1Api);
    const rule = faults.add({ verbs: ['create'], times: 1, fault: { type: 'answer-lost' } });
    const body = { metadata: { name: 'lost' } };
    await expect(core.createNamespacedSecret({ namespace: 'default', body })).rejects.toThrow();
    rule.stop();
    const found = await core.readNamespacedSecret({ namespace: 'default', name: 'lost' });
    expect(found.metadata?.name).toBe('lost');
  });
});
