// Which image a tag stands for is what the registry's own bytes say, platform by platform.
import { afterEach, describe, expect, test } from '@jest/globals';
import { openRepository } from '../../../effects/inputs/registry-session.ts';
import { lookAtImage } from '../../../effects/security/registry/checked-image.ts';
import { EvidenceFault } from '../../../effects/security/registry/fetch.ts';
import { type Content, emptyContent, putImage, putManifest } from './support/content.ts';
import { CONTEXT } from './support/looking.ts';
import { type OwnRegistry, repositoryAt, startOwnRegistry } from './support/registry.ts';

let registry: OwnRegistry | undefined;
afterEach(() => registry?.stop());

async function look(content: Content, tag = 'v1', fault?: readonly [string, number]) {
  registry = await startOwnRegistry(content, { referrers: true });
  if (fault) registry.faults.set(...fault);
  const repository = repositoryAt(registry);
  const session = await openRepository(CONTEXT, repository, '');
  return lookAtImage(session, repository, tag).catch((thrown: unknown) => {
    if (thrown instanceof EvidenceFault) return thrown.finding;
    throw thrown;
  });
}

describe('an image', () => {
  test('of one platform tells it in its config', async () => {
    const content = emptyContent();
    const { digest, configs } = putImage(content, 'v1', ['linux/amd64']);
    expect(await look(content)).toMatchObject({
      digest,
      platforms: [
        { platform: 'linux/amd64', manifest: digest, config: configs.get('linux/amd64') },
      ],
    });
  });

  test('of three platforms has three, and what is attested beside them is none', async () => {
    const content = emptyContent();
    const { digest, configs } = putImage(content, 'v1', [
      'linux/amd64',
      'linux/arm64',
      'linux/s390x',
    ]);
    const { digest: seen, platforms } = Object(await look(content));
    expect(seen).toBe(digest);
    expect(
      platforms.map((each: { platform: string; config: string }) => [each.platform, each.config]),
    ).toEqual([...configs]);
  });
});

describe('what is no image that could be checked', () => {
  test.each<[string, (content: Content) => void, string, (readonly [string, number])?]>([
    ['a tag that there is not', () => undefined, 'REG001'],
    ['a registry that wants a login', one, 'REG001', ['/manifests/', 401]],
    ['a registry that has had enough', one, 'REG001', ['/manifests/', 429]],
    ['a registry that fails', one, 'REG001', ['/blobs/', 500]],
    ['an artifact', (content) => void putManifest(content, { layers: [] }, 'v1'), 'VUL003'],
    [
      'a manifest that is a list',
      (content) => void content.manifests.set('v1', { type: 'x', text: '[]' }),
      'VUL003',
    ],
    [
      'a manifest that is no JSON',
      (content) => void content.manifests.set('v1', { type: 'x', text: '<html>' }),
      'VUL003',
    ],
    [
      'a child that there is not',
      (content) =>
        void putManifest(
          content,
          {
            manifests: [
              {
                digest: `sha256:${'0'.repeat(64)}`,
                platform: { os: 'linux', architecture: 'amd64' },
              },
            ],
          },
          'v1',
        ),
      'REG001',
    ],
    [
      'a child without a digest',
      (content) => void putManifest(content, { manifests: [{}] }, 'v1'),
      'REG001',
    ],
    [
      'more platforms than there are',
      (content) =>
        void putManifest(content, { manifests: Array.from({ length: 1000 }, () => ({})) }, 'v1'),
      'REG001',
    ],
    ['a child whose bytes are others', swapped, 'IMG002'],
  ])('%s', async (...[, put, id, fault]) => {
    const content = emptyContent();
    put(content);
    expect(await look(content, 'v1', Array.isArray(fault) ? fault : undefined)).toMatchObject({
      id,
    });
  });
});

function one(content: Content): void {
  putImage(content, 'v1', ['linux/amd64']);
}

function swapped(content: Content): void {
  putImage(content, 'v1', ['linux/amd64', 'linux/arm64']);
  for (const [reference, { type, text }] of content.manifests) {
    if (!text.includes('"manifests"')) content.manifests.set(reference, { type, text: `${text} ` });
  }
}
