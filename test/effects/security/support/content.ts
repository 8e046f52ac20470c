/** What is put into a registry: images, and what cosign puts beside them, made as cosign makes it. */
import { createHash, type KeyObject, sign } from 'node:crypto';

export interface Content {
  readonly blobs: Map<string, Buffer>;
  /** By tag or digest. */
  readonly manifests: Map<string, { readonly type: string; readonly text: string }>;
  /** Those that refer to an image, by its digest. */
  readonly referrers: Map<string, object[]>;
}

export function emptyContent(): Content {
  return { blobs: new Map(), manifests: new Map(), referrers: new Map() };
}

const OCI = 'application/vnd.oci.image';
const MANIFEST = `${OCI}.manifest.v1+json`;
const INDEX = `${OCI}.index.v1+json`;

function digestOf(data: string | Buffer): string {
  return `sha256:${createHash('sha256').update(data).digest('hex')}`;
}

function putBlob({ blobs }: Content, data: string | Buffer, mediaType: string) {
  const digest = digestOf(data);
  blobs.set(digest, Buffer.from(data));
  return { mediaType, digest, size: Buffer.byteLength(data) };
}

export function putManifest({ manifests }: Content, manifest: object, ...tags: string[]) {
  const text = JSON.stringify(manifest);
  const type = 'manifests' in manifest ? INDEX : MANIFEST;
  const digest = digestOf(text);
  for (const reference of [digest, ...tags]) manifests.set(reference, { type, text });
  return { mediaType: type, digest, size: Buffer.byteLength(text) };
}

export interface PutImage {
  readonly digest: string;
  /** By platform the digest of the config: what scanners call the image's id. */
  readonly configs: ReadonlyMap<string, string>;
}

/** One manifest for one platform, an index for several, with BuildKit's attestation beside them. */
export function putImage(content: Content, tag: string, platforms: readonly string[]): PutImage {
  const configs = new Map<string, string>();
  const children = platforms.map((platform) => {
    const [os, architecture] = platform.split('/');
    const config = putBlob(
      content,
      JSON.stringify({ os, architecture, tag }),
      `${OCI}.config.v1+json`,
    );
    configs.set(platform, config.digest);
    const layers = [putBlob(content, `layer of ${platform}`, `${OCI}.layer.v1.tar`)];
    const manifest = { schemaVersion: 2, mediaType: MANIFEST, config, layers };
    const own = platforms.length === 1 ? [tag] : [];
    return { ...putManifest(content, manifest, ...own), platform: { os, architecture } };
  });
  const [only] = children;
  if (only && platforms.length === 1) return { digest: only.digest, configs };
  const attestation = {
    ...putManifest(content, {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: putBlob(content, '{}', `${OCI}.config.v1+json`),
      layers: [putBlob(content, '{}', 'application/vnd.in-toto+json')],
    }),
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
  };
  const manifests = [...children, attestation];
  return {
    digest: putManifest(content, { schemaVersion: 2, mediaType: INDEX, manifests }, tag).digest,
    configs,
  };
}

export function simpleSigning(digest: string, type = 'cosign container image signature'): string {
  return JSON.stringify({
    critical: {
      identity: { 'docker-reference': 'registry.example/payment' },
      image: { 'docker-manifest-digest': digest },
      type,
    },
    optional: null,
  });
}

export interface LegacyLayer {
  readonly payload: string;
  /** Undefined: the annotation is left out. */
  readonly signature: string | undefined;
  readonly mediaType?: string;
}

export function signedLayer(payload: string, key: KeyObject): LegacyLayer {
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return { payload, signature: sign(algorithm, Buffer.from(payload), key).toString('base64') };
}

/** The tag `sha256-….sig`, as `cosign sign --new-bundle-format=false` makes it. */
export function putLegacy(content: Content, digest: string, layers: readonly LegacyLayer[]): void {
  const mediaType = 'application/vnd.dev.cosign.simplesigning.v1+json';
  const described = layers.map((layer) => ({
    ...putBlob(content, layer.payload, layer.mediaType ?? mediaType),
    annotations:
      layer.signature === undefined
        ? {}
        : { 'dev.cosignproject.cosign/signature': layer.signature },
  }));
  const config = putBlob(content, '{}', `${OCI}.config.v1+json`);
  putManifest(
    content,
    { schemaVersion: 2, mediaType: MANIFEST, config, layers: described },
    `${digest.replace(':', '-')}.sig`,
  );
}

export const SIGN = 'https://sigstore.dev/cosign/sign/v1';
const BUNDLE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
const IN_TOTO = 'application/vnd.in-toto+json';

export function statement(digest: string, predicateType: string, predicate: unknown = {}): string {
  const subject = [{ name: 'payment', digest: { sha256: digest.slice('sha256:'.length) } }];
  return JSON.stringify({
    _type: 'https://in-toto.io/Statement/v1',
    subject,
    predicateType,
    predicate,
  });
}

/** DSSE's pre-authentication encoding (https://github.com/secure-systems-lab/dsse/blob/master/protocol.md). */
export function preAuth(payload: string, type = IN_TOTO): Buffer {
  return Buffer.from(`DSSEv1 ${type.length} ${type} ${Buffer.byteLength(payload)} ${payload}`);
}

/** A bundle v0.3 as cosign 3 makes it; `material` of a certificate where there is no key. */
export function bundleOf(payload: string, signature: Buffer, material: object = KEY_MATERIAL) {
  return {
    mediaType: BUNDLE,
    verificationMaterial: material,
    dsseEnvelope: {
      payloadType: IN_TOTO,
      payload: Buffer.from(payload).toString('base64'),
      signatures: [{ sig: signature.toString('base64') }],
    },
  };
}

const KEY_MATERIAL = { publicKey: { hint: '' } };

export function keyBundle(payload: string, key: KeyObject) {
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return bundleOf(payload, sign(algorithm, preAuth(payload), key));
}

/** As a referrer, which a registry without that question has under the tag `sha256-…`. */
export function putBundle(content: Content, digest: string, bundle: unknown): void {
  const layers = [putBlob(content, JSON.stringify(bundle), BUNDLE)];
  const config = putBlob(content, '{}', 'application/vnd.oci.empty.v1+json');
  const subject = { mediaType: INDEX, digest, size: 1 };
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    artifactType: BUNDLE,
    config,
    layers,
    subject,
  };
  const descriptor = { ...putManifest(content, manifest), artifactType: BUNDLE };
  const all = [...(content.referrers.get(digest) ?? []), descriptor];
  content.referrers.set(digest, all);
  putManifest(
    content,
    { schemaVersion: 2, mediaType: INDEX, manifests: all },
    digest.replace(':', '-'),
  );
}
