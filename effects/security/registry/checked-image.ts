/** What a tag of an image stands for: its index, the platforms in it, and the config of each. */
import { fieldsOf, textOf } from '../../../core/security/fields.ts';
import { found } from '../../../core/security/finding.ts';
import type { CheckedImage, PlatformImage } from '../../../core/security/judging/evidence.ts';
import type { RepositorySession } from '../../inputs/registry-session.ts';
import { EvidenceFault, type Fetched, fetchBlob, fetchManifest, unanswered } from './fetch.ts';

/** Of one image; the official ones have a dozen. */
const MOST_PLATFORMS = 40;
/** Labels and history are all that makes a config long. */
const MOST_CONFIG_BYTES = 4 * 1_048_576;

/** `reference` is a tag or a digest. Throws EvidenceFault where it cannot be said. */
export async function lookAtImage(
  session: RepositorySession,
  repository: string,
  tag: string,
  reference: string = tag,
): Promise<CheckedImage> {
  const path = `manifests/${reference}`;
  const top = await fetchManifest(session, reference);
  if (!top) throw unanswered(session, path, 'there is no such image');
  const manifests = fieldsOf(top.value).manifests;
  const platforms = Array.isArray(manifests)
    ? await platformsIn(session, path, manifests)
    : [await platformOf(session, path, top)];
  return { repository, tag, digest: top.digest, platforms };
}

async function platformsIn(
  session: RepositorySession,
  path: string,
  manifests: readonly unknown[],
): Promise<PlatformImage[]> {
  const runnable = manifests.filter(isRunnable);
  if (runnable.length > MOST_PLATFORMS) {
    throw unanswered(session, path, `it has ${runnable.length} platforms, more than are looked at`);
  }
  return Promise.all(
    runnable.map(async (entry) => {
      const { digest, platform } = fieldsOf(entry);
      const child = await fetchManifest(session, String(digest));
      if (!child) throw unanswered(session, `manifests/${String(digest)}`, 'it is missing');
      const named = platformText(platform);
      if (named === undefined) return platformOf(session, path, child);
      const config = configIn(child);
      if (config === undefined) throw noImage(session, path);
      return { platform: named, manifest: child.digest, config };
    }),
  );
}

/** BuildKit puts attestations beside the images, for a platform that there is not. */
function isRunnable(entry: unknown): boolean {
  const { platform, annotations } = fieldsOf(entry);
  const isAttestation =
    fieldsOf(annotations)['vnd.docker.reference.type'] === 'attestation-manifest' &&
    platformText(platform) === 'unknown/unknown';
  return !isAttestation;
}

/** One that stands alone tells its platform in its config. */
async function platformOf(
  session: RepositorySession,
  path: string,
  manifest: Fetched,
): Promise<PlatformImage> {
  const config = configIn(manifest);
  if (config === undefined) throw noImage(session, path);
  const { value } = await fetchBlob(session, config, MOST_CONFIG_BYTES);
  const platform = platformText(value);
  if (platform === undefined) throw noImage(session, path);
  return { platform, manifest: manifest.digest, config };
}

/** Artifacts of other kinds have configs too, of other types. */
const CONFIGS: readonly unknown[] = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];

function configIn({ value }: Fetched): string | undefined {
  const { mediaType, digest } = fieldsOf(fieldsOf(value).config);
  return CONFIGS.includes(mediaType) ? textOf(digest) : undefined;
}

/** As Docker and Kubernetes write it; arm64 is v8 and needs not say so. */
function platformText(platform: unknown): string | undefined {
  const { os, architecture, variant } = fieldsOf(platform);
  if (textOf(os) === undefined || textOf(architecture) === undefined) return undefined;
  const isPlain = variant === undefined || variant === '' || architecture === 'arm64';
  return isPlain
    ? `${String(os)}/${String(architecture)}`
    : `${String(os)}/${String(architecture)}/${String(variant)}`;
}

function noImage({ urlOf }: RepositorySession, path: string): EvidenceFault {
  return new EvidenceFault(found('VUL003', `${urlOf(path)} is no image that could run`));
}
