// Names of images, and what they stand for.
import { describe, expect, test } from '@jest/globals';
import { createImageCatalog } from '../../registry/images/catalog.ts';
import { parseImageReference } from '../../registry/images/reference.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

describe('a reference', () => {
  test.each([
    ['node', 'docker.io', 'library/node', 'latest', undefined],
    ['node:20', 'docker.io', 'library/node', '20', undefined],
    ['team/app', 'docker.io', 'team/app', 'latest', undefined],
    ['localhost:5000/app:v1', 'localhost:5000', 'app', 'v1', undefined],
    ['ghcr.io/team/sub/app:v1', 'ghcr.io', 'team/sub/app', 'v1', undefined],
    [`ghcr.io/app@${DIGEST}`, 'ghcr.io', 'app', undefined, DIGEST],
    [`ghcr.io/app:v1@${DIGEST}`, 'ghcr.io', 'app', 'v1', DIGEST],
  ])('%s names %s %s %s', (text, registry, repository, tag, digest) => {
    expect(parseImageReference(text)).toEqual({ registry, repository, tag, digest });
  });

  test.each(['', 'App:v1', 'app:', 'app@sha256:12', 'a b', 'app:v1:v2'])('%j is none', (text) => {
    expect(parseImageReference(text)).toBeUndefined();
  });
});

describe('the catalog', () => {
  const old = { repository: 'team/app', tags: ['v1', 'stable'], env: { VERSION: 'v1' } };
  const fresh = { repository: 'team/app', tags: ['v2'], env: { VERSION: 'v2' } };

  test('finds an image by tag or digest, on whatever registry', () => {
    const catalog = createImageCatalog([old, fresh]);
    const found = catalog.resolve('ghcr.io/team/app:v1');
    expect(found?.env).toEqual({ VERSION: 'v1' });
    expect(catalog.resolve(`localhost:5000/team/app@${found?.digest}`)?.env).toEqual(found?.env);
    expect(catalog.resolve(`team/app:v2@${found?.digest}`)?.env).toEqual(found?.env);
    expect(catalog.resolve('team/app:v3')).toBeUndefined();
    expect(catalog.resolve(`team/app@${DIGEST}`)).toBeUndefined();
  });

  test('gives two tags of one image one digest, and two images two', () => {
    const catalog = createImageCatalog([old, fresh]);
    const digestOf = (tag: string) => catalog.resolve(`team/app:${tag}`)?.digest;
    expect(digestOf('stable')).toBe(digestOf('v1'));
    expect(digestOf('v2')).not.toBe(digestOf('v1'));
  });

  test('says the same digest on every machine', () => {
    const here = { ...old, paths: [{ containerPath: '/app', hostPath: '/home/me' }] };
    const there = { ...old, paths: [{ containerPath: '/app', hostPath: '/home/you' }] };
    const digests = [here, there].map(
      (source) => createImageCatalog([source]).resolve('team/app:v1')?.digest,
    );
    expect(digests[0]).toBe(digests[1]);
  });

  test('moves a tag to the image that was added last', () => {
    const catalog = createImageCatalog([old]);
    catalog.add({ ...fresh, tags: ['stable'] });
    expect(catalog.resolve('team/app:stable')?.env).toEqual({ VERSION: 'v2' });
    expect(catalog.resolve('team/app:v1')?.env).toEqual({ VERSION: 'v1' });
  });
});
