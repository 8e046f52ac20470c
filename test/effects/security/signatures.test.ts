// An image is signed where a signer of the policy has signed this very image: in either format, whichever
// registry it lies in. What cannot be said is never "unsigned", and what is wrong is never good.
import { afterEach, describe, expect, test } from '@jest/globals';
import type { SecurityConfig } from '../../../core/security/policy/schema.ts';
import { fromDebian } from '../../support/from-debian.ts';
import {
  type Content,
  emptyContent,
  keyBundle,
  putBundle,
  putImage,
  putLegacy,
  putManifest,
  SIGN,
  signedLayer,
  simpleSigning,
  statement,
} from './support/content.ts';
import { findingsFor, keyPair } from './support/looking.ts';
import {
  fill,
  startDockerRegistry,
  startOwnRegistry,
  type TestRegistry,
} from './support/registry.ts';

const OWN = keyPair();
const OTHER = keyPair();
const RIGHT: SecurityConfig = { signatures: { keys: [OWN.pem] } };
const SPDX = 'https://spdx.dev/Document';
const OTHER_IMAGE = `sha256:${'b'.repeat(64)}`;

type Put = (content: Content, digest: string) => void;

const legacy =
  (key = OWN): Put =>
  (content, digest) =>
    putLegacy(content, digest, [signedLayer(simpleSigning(digest), key.privateKey)]);
const bundle =
  (predicateType = SIGN, key = OWN, predicate: unknown = {}): Put =>
  (content, digest) =>
    putBundle(
      content,
      digest,
      keyBundle(statement(digest, predicateType, predicate), key.privateKey),
    );
const copied: Put = (content, digest) =>
  putLegacy(content, digest, [signedLayer(simpleSigning(OTHER_IMAGE), OWN.privateKey)]);
const copiedBundle: Put = (content, digest) =>
  putBundle(content, digest, keyBundle(statement(OTHER_IMAGE, SIGN), OWN.privateKey));
const both =
  (...all: readonly Put[]): Put =>
  (content, digest) => {
    for (const put of all) put(content, digest);
  };
const badLayer =
  (change: object): Put =>
  (content, digest) =>
    putLegacy(content, digest, [
      { ...signedLayer(simpleSigning(digest), OWN.privateKey), ...change },
    ]);

const provenance = (id: string) => ({ runDetails: { builder: { id } } });
const SLSA = 'https://slsa.dev/provenance/v1';
const wanting = (attestations: SecurityConfig['attestations'] = []): SecurityConfig => ({
  ...RIGHT,
  attestations,
});

const CASES: readonly (readonly [
  what: string,
  put: Put,
  policy: SecurityConfig,
  ids: readonly string[],
])[] = [
  ['nothing', () => undefined, RIGHT, ['SIG001']],
  ['a legacy signature', legacy(), RIGHT, []],
  ['a bundle', bundle(), RIGHT, []],
  ['both', both(legacy(), bundle()), RIGHT, []],
  ['a legacy signature by another key', legacy(OTHER), RIGHT, ['SIG002']],
  ['a bundle by another key', bundle(SIGN, OTHER), RIGHT, ['SIG002']],
  [
    'another key in one format and the right one in the other',
    both(legacy(OTHER), bundle()),
    RIGHT,
    [],
  ],
  ['a legacy signature that was copied from another image', copied, RIGHT, ['SIG003']],
  ['a bundle that was copied from another image', copiedBundle, RIGHT, ['SIG003']],
  ['a copied one beside a good one', both(copied, bundle()), RIGHT, []],
  ['an attestation by the right key and no signature', bundle(SPDX), RIGHT, ['SIG001']],
  [
    'a signature of a blob',
    badLayer(signedLayer(simpleSigning('x', 'blob'), OWN.privateKey)),
    RIGHT,
    ['SIG003'],
  ],
  ['no annotation', badLayer({ signature: undefined }), RIGHT, ['SIG002']],
  ['base64 that decoders forgive', badLayer({ signature: 'AAA' }), RIGHT, ['SIG002']],
  ['base64 with a line break', badLayer({ signature: 'AAAA\nAAAA' }), RIGHT, ['SIG002']],
  ['another media type', badLayer({ mediaType: 'text/plain' }), RIGHT, ['SIG002']],
  ['a payload that is no JSON', badLayer(signedLayer('{', OWN.privateKey)), RIGHT, ['SIG003']],
  [
    'a legacy one where the policy wants bundles',
    legacy(),
    { signatures: { keys: [OWN.pem], formats: ['bundle'] } },
    ['SIG001'],
  ],
  [
    'one of two keys where any will do',
    legacy(),
    { signatures: { keys: [OTHER.pem, OWN.pem] } },
    [],
  ],
  [
    'one of two keys where all have to',
    legacy(),
    { signatures: { keys: [OTHER.pem, OWN.pem], mode: 'all' } },
    ['SIG002'],
  ],
  [
    'two of two keys where all have to',
    both(legacy(), bundle(SIGN, OTHER)),
    { signatures: { keys: [OTHER.pem, OWN.pem], mode: 'all' } },
    [],
  ],
  ['no SBOM where one is wanted', bundle(), wanting([{ type: 'spdx' }]), ['SIG001']],
  ['an SBOM', both(bundle(), bundle(SPDX)), wanting([{ type: 'spdx' }]), []],
  [
    'an SBOM by another key',
    both(bundle(), bundle(SPDX, OTHER)),
    wanting([{ type: 'spdx' }]),
    ['SIG001'],
  ],
  [
    'provenance of the right builder',
    both(bundle(), bundle(SLSA, OWN, provenance('ci'))),
    wanting([{ type: 'slsa-provenance', builders: ['ci'] }]),
    [],
  ],
  [
    'provenance of another builder',
    both(bundle(), bundle(SLSA, OWN, provenance('me'))),
    wanting([{ type: 'slsa-provenance', builders: ['ci'] }]),
    ['SIG003'],
  ],
];

let started: TestRegistry[] = [];
afterEach(async () => {
  await Promise.all(started.map((each) => each.stop()));
  started = [];
});

/** In a registry of one's own, where it says so with the question for referrers. */
async function own(content: Content, behaviour = { referrers: true }) {
  const registry = await startOwnRegistry(content, behaviour);
  started.push(registry);
  return registry;
}

describe.each([
  ['that knows referrers', { referrers: true, pageSize: 1 }],
  ['that has the fallback tag alone', { referrers: false }],
])('in a registry %s', (_kind, behaviour) => {
  test.each(CASES)('%s', async (_what, put, policy, ids) => {
    const content = emptyContent();
    const { digest } = putImage(content, 'v1', ['linux/amd64']);
    put(content, digest);
    const findings = await findingsFor(await own(content, behaviour), digest, policy);
    expect(findings.map(({ id }) => id)).toEqual(ids);
  });
});

const binary = fromDebian('docker-registry');
if (binary === undefined)
  process.stdout.write('no docker-registry: apt-get cannot install one here\n');

(binary === undefined ? describe.skip : describe)("in Debian's docker-registry", () => {
  test('each case is what it is in the others', async () => {
    const registry = await startDockerRegistry(binary ?? '');
    started.push(registry);
    for (const [index, [what, put, policy, ids]] of CASES.entries()) {
      const content = emptyContent();
      const { digest } = putImage(content, `v${index}`, ['linux/amd64', 'linux/arm64']);
      put(content, digest);
      await fill(registry, content);
      const findings = await findingsFor(registry, digest, policy);
      expect([what, findings.map(({ id }) => id)]).toEqual([what, ids]);
    }
  });
});

describe('what cannot be said', () => {
  const withBoth = () => {
    const content = emptyContent();
    const { digest } = putImage(content, 'v1', ['linux/amd64']);
    both(legacy(), bundle())(content, digest);
    return { content, digest };
  };

  test.each(['.sig', '.att', '/referrers/', '/blobs/', '/manifests/sha256:'])(
    'is never "unsigned", whatever the registry answers about %s',
    async (path) => {
      const { content, digest } = withBoth();
      const registry = await own(content);
      for (const status of [400, 401, 403, 429, 500, 503]) {
        registry.faults.set(path, status);
        expect(await findingsFor(registry, digest, RIGHT)).toMatchObject([
          { id: 'REG001', message: expect.stringContaining(`answered ${status}`) },
        ]);
      }
    },
  );

  test('is not waited for without end', async () => {
    const { content, digest } = withBoth();
    const registry = await own(content);
    registry.faults.set('/referrers/', 'hangs');
    expect(await findingsFor(registry, digest, RIGHT)).toMatchObject([
      { id: 'REG001', message: expect.stringContaining('no answer within') },
    ]);
  }, 10_000);

  test('is so where more signatures lie there than are looked at', async () => {
    const content = emptyContent();
    const { digest } = putImage(content, 'v1', ['linux/amd64']);
    const layers = Array.from({ length: 1_001 }, () => signedLayer('{}', OTHER.privateKey));
    putLegacy(content, digest, layers);
    const registry = await own(content);
    expect(await findingsFor(registry, digest, RIGHT)).toMatchObject([{ id: 'SIG004' }]);
    expect(registry.asked.length).toBeLessThan(5);
  });

  test('is so where a blob is another than its digest says', async () => {
    const { content, digest } = withBoth();
    for (const [name] of content.blobs) content.blobs.set(name, Buffer.from('{}'));
    expect(await findingsFor(await own(content), digest, RIGHT)).toMatchObject([{ id: 'IMG002' }]);
  });

  test('is so where the list of referrers leads to another server', async () => {
    const { content, digest } = withBoth();
    const elsewhere = await own(content);
    const text = JSON.stringify({ manifests: [] });
    const registry = await own(content, { referrers: false });
    content.manifests.set(digest.replace(':', '-'), { type: 'x', text });
    registry.faults.set('/referrers/', 302);
    expect(await findingsFor(registry, digest, RIGHT)).toMatchObject([{ id: 'REG001' }]);
    expect(elsewhere.asked).toEqual([]);
  });
});

test('a bundle of every other shape is none, and none of them is a fault of the program', async () => {
  const shapes = [
    null,
    [],
    {},
    '',
    7,
    { mediaType: 'x' },
    { ...keyBundle('{}', OWN.privateKey), dsseEnvelope: null },
  ];
  for (const shape of shapes) {
    const content = emptyContent();
    const { digest } = putImage(content, 'v1', ['linux/amd64']);
    putBundle(content, digest, shape);
    const findings = await findingsFor(await own(content), digest, RIGHT);
    expect(findings).toMatchObject([{ id: 'SIG002' }]);
  }
});

test('an index beside the image that is no list has no bundle', async () => {
  const content = emptyContent();
  const { digest } = putImage(content, 'v1', ['linux/amd64']);
  putManifest(content, { manifests: { 0: {} } }, digest.replace(':', '-'));
  const registry = await own(content, { referrers: false });
  expect(await findingsFor(registry, digest, RIGHT)).toMatchObject([{ id: 'SIG001' }]);
});
