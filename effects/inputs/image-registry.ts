/**
 * Asks an image registry which digest a tag has (OCI distribution, "Pulling manifests"), so that a
 * release runs what was looked at and not what the tag means later.
 */
import { imageText, isDigest } from '../../core/base/image.ts';
import type { ImageChoice } from '../../core/cluster/plan-input.ts';
import type { StageContext } from '../context/stage-context.ts';
import { openRepository } from './registry-session.ts';

export type Resolved =
  | { readonly kind: 'resolved'; readonly image: ImageChoice }
  /** The registry says that there is no such tag. */
  | { readonly kind: 'missing'; readonly why: string }
  /** The registry cannot be asked from here; the image is taken by its tag. */
  | { readonly kind: 'unpinned'; readonly image: ImageChoice; readonly why: string };

/** What a tag may stand for. */
export const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** `credentialsDir` holds a Docker config as `config.json` or `.dockerconfigjson`, or is empty. */
export async function resolveImage(
  context: Pick<StageContext, 'ask' | 'destinations'>,
  repository: string,
  tag: string,
  credentialsDir: string,
): Promise<Resolved> {
  const { host, urlOf, ask } = await openRepository(context, repository, credentialsDir);
  const path = `manifests/${tag}`;
  const unpinned = (why: string): Resolved => ({
    kind: 'unpinned',
    image: { reference: imageText(repository, tag, undefined), tag, digest: undefined },
    why: `${urlOf(path)}: ${why}`,
  });
  const answer = await ask({ method: 'HEAD', path, accept: MANIFESTS });
  if (answer.kind === 'failed') return unpinned(answer.why);
  if (answer.status === 404) {
    return {
      kind: 'missing',
      why: `image ${repository}:${tag} does not exist in registry ${host}`,
    };
  }
  const digest = answer.headers.get('docker-content-digest');
  if (answer.status !== 200 || !digest) return unpinned(`answered ${answer.status}`);
  if (!isDigest(digest)) return unpinned('the digest in its answer is none');
  return {
    kind: 'resolved',
    image: { reference: imageText(repository, tag, digest), tag, digest },
  };
}
