/** What a registry says of an image: its manifest, its configuration, and the digests of both. */
import { createHash } from 'node:crypto';
import type { ImageSource } from './image.ts';

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';

export interface Manifest {
  readonly digest: string;
  readonly text: string;
  readonly config: Blob;
  readonly layers: readonly Blob[];
}

interface Blob {
  readonly digest: string;
  readonly text: string;
}

/** The same for the same image on every machine: nothing of this one's paths is in it. */
export function manifestOf(source: ImageSource): Manifest {
  const {
    repository,
    tags,
    env = {},
    entrypoint,
    command,
    workingDir,
    labels,
    layers = [],
  } = source;
  const [version = ''] = tags;
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: {
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      ...(entrypoint ? { Entrypoint: entrypoint } : {}),
      ...(command ? { Cmd: command } : {}),
      ...(workingDir ? { WorkingDir: workingDir } : {}),
      Labels: {
        'org.opencontainers.image.title': repository,
        'org.opencontainers.image.version': version,
        ...labels,
      },
    },
    rootfs: { type: 'layers', diff_ids: [] },
  });
  const configDigest = digestOf(config);
  const text = JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: CONFIG_TYPE, digest: configDigest, size: Buffer.byteLength(config) },
    layers: layers.map(({ mediaType, text: content, annotations }) => ({
      mediaType,
      digest: digestOf(content),
      size: Buffer.byteLength(content),
      ...(annotations ? { annotations } : {}),
    })),
  });
  return {
    digest: digestOf(text),
    text,
    config: { digest: configDigest, text: config },
    layers: layers.map(({ text: content }) => ({ digest: digestOf(content), text: content })),
  };
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
