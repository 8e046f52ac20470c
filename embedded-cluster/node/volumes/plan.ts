/** Turns the volumes of a pod's spec into what they hold. */
import { configMaps, secrets } from '../../kubernetes/collection.ts';
import type { Pod, Volume } from '../../kubernetes/shapes.ts';
import type { World } from '../../kubernetes/world.ts';
import { downwardValue } from '../downward.ts';
import type { MountedVolume, VolumeContents, VolumeFile } from './contents.ts';
import type { Credentials, PodToken, TokenProjection } from './credentials.ts';

export interface VolumeSources {
  readonly world: World;
  readonly credentials: Credentials | undefined;
  readonly pod: Pod;
}

/** Something that a volume is made of is not there, or not yet. */
export class VolumeMissing extends Error {}

/**
 * A driver of this node that mounts a folder of it. Unlike a hostPath it is open to pods of the
 * restricted profile, as what a real node's drivers mount is.
 */
export const NODE_FOLDER_DRIVER = 'node-folder.embedded-cluster';

const DEFAULT_MODE = 0o644;

/** A token is written anew when so much of its time is over, and once a day. */
const RENEWED_AT = 0.8;
const DAY_MS = 86_400_000;

export function planVolumes(sources: VolumeSources): MountedVolume[] {
  return (sources.pod.spec.volumes ?? []).map((volume) => {
    try {
      return { name: volume.name, contents: contentsOf(sources, volume) };
    } catch (missing) {
      if (!(missing instanceof VolumeMissing)) throw missing;
      const what = `MountVolume.SetUp failed for volume "${volume.name}"`;
      throw new VolumeMissing(`${what} : ${missing.message}`);
    }
  });
}

type Projection = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

function contentsOf(sources: VolumeSources, volume: Volume): VolumeContents {
  const { configMap, secret, projected, downwardAPI, hostPath, csi } = volume;
  if (volume.emptyDir) return { type: 'empty' };
  if (hostPath) {
    const missing = hostPath.type === 'DirectoryOrCreate' ? 'created' : 'left';
    return { type: 'host', path: hostPath.path, missing };
  }
  if (csi?.driver === NODE_FOLDER_DRIVER) {
    return { type: 'host', path: csi.volumeAttributes?.folder ?? '', missing: 'left' };
  }
  if (volume.persistentVolumeClaim) {
    return { type: 'claim', claim: volume.persistentVolumeClaim.claimName };
  }
  if (configMap) return files(fromConfigMap(sources, configMap, configMap.defaultMode));
  if (secret) {
    const { secretName, ...rest } = secret;
    const named = { ...rest, ...(secretName === undefined ? {} : { name: secretName }) };
    return files(fromSecret(sources, named, secret.defaultMode));
  }
  if (downwardAPI) return files(fromDownward(sources, downwardAPI, downwardAPI.defaultMode));
  if (projected) {
    const { defaultMode, sources: projections = [] } = projected;
    return files(projections.flatMap((one) => fromProjection(sources, one, defaultMode)));
  }
  throw new VolumeMissing(`volume "${volume.name}" is of a type that this node does not know`);
}

function files(list: readonly VolumeFile[]): VolumeContents {
  return { type: 'files', files: list };
}

function fromProjection(
  sources: VolumeSources,
  { configMap, secret, downwardAPI, serviceAccountToken }: Projection,
  mode: number | undefined,
): VolumeFile[] {
  if (configMap) return fromConfigMap(sources, configMap, mode);
  if (secret) return fromSecret(sources, secret, mode);
  if (downwardAPI) return fromDownward(sources, downwardAPI, mode);
  if (serviceAccountToken) {
    return [tokenFile(sources, serviceAccountToken, mode)];
  }
  return [];
}

interface Reference {
  name?: string;
  optional?: boolean;
  items?: { key: string; path: string; mode?: number }[];
}

function fromConfigMap(
  { world, credentials, pod }: VolumeSources,
  reference: Reference,
  mode?: number,
): VolumeFile[] {
  const { name = '' } = reference;
  const found = configMaps(world).get(pod.metadata.namespace, name);
  // Every namespace of a real cluster has this one; here the kubelet knows what it says.
  if (!found && name === 'kube-root-ca.crt') {
    return pick({ 'ca.crt': Buffer.from(credentials?.caPem ?? '') }, reference, mode);
  }
  if (!found) return missing(reference, `configmap "${name}" not found`);
  const binary = Object.entries(found.binaryData ?? {}).map(([key, text]) => [key, decoded(text)]);
  const data = Object.entries(found.data ?? {}).map(([key, text]) => [key, Buffer.from(text)]);
  return pick(Object.fromEntries([...binary, ...data]), reference, mode);
}

function fromSecret(
  { world, pod }: VolumeSources,
  reference: Reference,
  mode?: number,
): VolumeFile[] {
  const { name = '' } = reference;
  const found = secrets(world).get(pod.metadata.namespace, name);
  if (!found) return missing(reference, `secret "${name}" not found`);
  const data = Object.entries(found.data ?? {}).map(([key, text]) => [key, decoded(text)]);
  return pick(Object.fromEntries(data), reference, mode);
}

function missing({ optional }: Reference, message: string): VolumeFile[] {
  if (optional) return [];
  throw new VolumeMissing(message);
}

function pick(
  data: Readonly<Record<string, Buffer>>,
  { items, optional }: Reference,
  mode: number | undefined,
): VolumeFile[] {
  if (!items) return Object.entries(data).map(([key, content]) => file(key, content, mode));
  return items.flatMap((item) => {
    const content = data[item.key];
    if (content) return [file(item.path, content, item.mode ?? mode)];
    return missing(
      { ...(optional ? { optional } : {}) },
      `references non-existent config key: ${item.key}`,
    );
  });
}

function fromDownward(
  { pod }: VolumeSources,
  { items = [] }: NonNullable<Volume['downwardAPI']>,
  mode: number | undefined,
): VolumeFile[] {
  return items.map((item) =>
    file(item.path, downwardValue(pod, item.fieldRef?.fieldPath ?? ''), item.mode ?? mode),
  );
}

function tokenFile(
  { credentials, pod }: VolumeSources,
  projection: TokenProjection & { readonly path: string },
  mode: number | undefined,
): VolumeFile {
  const { path } = projection;
  if (!credentials) return file(path, '', mode);
  const holding = ({ token, lifetimeMs }: PodToken): VolumeFile => ({
    ...file(path, token, mode),
    renewal: {
      afterMs: Math.min(lifetimeMs * RENEWED_AT, DAY_MS),
      renew: () => {
        const next = credentials.tokenFor(pod, projection);
        return next && holding(next);
      },
    },
  });
  const first = credentials.tokenFor(pod, projection);
  if (first) return holding(first);
  const account = pod.spec.serviceAccountName ?? 'default';
  throw new VolumeMissing(`failed to fetch token: serviceaccounts "${account}" not found`);
}

function file(path: string, content: string | Buffer, mode: number | undefined): VolumeFile {
  return { path, content: Buffer.from(content), mode: mode ?? DEFAULT_MODE };
}

function decoded(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}
