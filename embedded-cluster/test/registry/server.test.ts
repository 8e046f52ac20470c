// The registry, asked as a client asks it.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createImageCatalog } from '../../registry/images/catalog.ts';
import { type Registry, startRegistry } from '../../registry/server.ts';

const catalog = createImageCatalog([
  { repository: 'team/app', tags: ['v1', 'stable'] },
  { repository: 'team/app', tags: ['v2'] },
]);
let registry: Registry;
let closed: Registry;

beforeAll(async () => {
  registry = await startRegistry({ catalog });
  closed = await startRegistry({ catalog, login: { user: 'ann', password: 'pw' } });
});

afterAll(async () => {
  await registry.stop();
  await closed.stop();
});

// biome-ignore lint/suspicious/noExplicitAny: what comes back is what is being tested
const json = async (response: Response): Promise<any> => response.json();

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://${registry.host}/v2/${path}`, init);

describe('the registry', () => {
  test('says that it is one', async () => {
    const response = await ask('');
    expect(response.status).toBe(200);
    expect(response.headers.get('docker-distribution-api-version')).toBe('registry/2.0');
  });

  test('resolves a tag to the digest of the manifest that it serves', async () => {
    const response = await ask('team/app/manifests/v1');
    const text = await response.text();
    const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    expect(response.headers.get('docker-content-digest')).toBe(digest);
    expect(digest).toBe(catalog.resolve('team/app:v1')?.digest);
    expect((await ask(`team/app/manifests/${digest}`)).status).toBe(200);
  });

  test('answers HEAD with the same headers and nothing else', async () => {
    const response = await ask('team/app/manifests/v2', { method: 'HEAD' });
    expect(response.headers.get('docker-content-digest')).toBe(
      catalog.resolve('team/app:v2')?.digest,
    );
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
    expect(await response.text()).toBe('');
  });

  test('serves the configuration that a manifest names', async () => {
    const manifest = await json(await ask('team/app/manifests/v1'));
    const response = await ask(`team/app/blobs/${manifest.config.digest}`);
    const text = await response.text();
    expect(text).toHaveLength(manifest.config.size);
    expect(JSON.parse(text).config.Labels['org.opencontainers.image.version']).toBe('v1');
  });

  test('lists tags', async () => {
    expect(await json(await ask('team/app/tags/list'))).toEqual({
      name: 'team/app',
      tags: ['stable', 'v1', 'v2'],
    });
  });

  test.each([
    ['team/app/manifests/v9', 'MANIFEST_UNKNOWN'],
    ['team/none/tags/list', 'NAME_UNKNOWN'],
    [`team/app/blobs/sha256:${'0'.repeat(64)}`, 'BLOB_UNKNOWN'],
  ])('knows no %s', async (path, code) => {
    const response = await ask(path);
    expect(response.status).toBe(404);
    expect((await json(response)).errors[0].code).toBe(code);
  });

  test('wants a login where it has one', async () => {
    const url = `http://${closed.host}/v2/team/app/manifests/v1`;
    expect((await fetch(url)).status).toBe(401);
    const authorization = `Basic ${Buffer.from('ann:pw').toString('base64')}`;
    expect((await fetch(url, { headers: { authorization } })).status).toBe(200);
  });
});
