/**
 * What lies beside an image in its registry: Sigstore bundles as referrers (OCI distribution 1.1, "Listing
 * Referrers", or its fallback tag), and the tags of older cosigns (`sha256-….sig`, `sha256-….att`). All of it
 * is only fetched here: who may have put it there is judged where it is read.
 */
import { fieldsOf, listOf, textOf } from '../../../core/security/fields.ts';
import { found } from '../../../core/security/finding.ts';
import type { RepositorySession } from '../../inputs/registry-session.ts';
import { EvidenceFault, fetchBlob, fetchList, fetchManifest } from './fetch.ts';

/** Of signatures and attestations, each with a request or two. */
const MOST_ARTIFACTS = 100;
const MOST_PAGES = 10;
/** A scanner's report may be in one. */
const MOST_ARTIFACT_BYTES = 32 * 1_048_576;

const INDEX = 'application/vnd.oci.image.index.v1+json';
const BUNDLE = /^application\/vnd\.dev\.sigstore\.bundle(\.v0\.\d+\+json|\+json;version=0\.\d+)$/;

/** One layer of an older cosign's tag. */
export interface Layer {
  readonly mediaType: string;
  readonly annotations: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** The layers of `sha256-….sig` or `.att`; none where there is no such tag. Throws EvidenceFault. */
export async function layersOf(
  session: RepositorySession,
  digest: string,
  ending: 'sig' | 'att',
): Promise<readonly Layer[]> {
  const tag = `${digest.replace(':', '-')}.${ending}`;
  const manifest = await fetchManifest(session, tag);
  if (!manifest) return [];
  const layers = listOf(fieldsOf(manifest.value).layers);
  refuseTooMany(layers, session.urlOf(`manifests/${tag}`));
  return inTurn(layers, async (layer) => {
    const { mediaType, annotations, digest: blob } = fieldsOf(layer);
    const { text } = await fetchBlob(session, String(blob), MOST_ARTIFACT_BYTES);
    return { mediaType: textOf(mediaType) ?? '', annotations: fieldsOf(annotations), text };
  });
}

/** The bundles that refer to the image, as texts. Throws EvidenceFault. */
export async function bundlesOf(
  session: RepositorySession,
  digest: string,
): Promise<readonly string[]> {
  const referrers = (await referrersOf(session, digest)).filter(isBundle);
  refuseTooMany(referrers, session.urlOf(`referrers/${digest}`));
  const texts = await inTurn(referrers, async (descriptor) => {
    const manifest = await fetchManifest(session, String(fieldsOf(descriptor).digest));
    const layers = listOf(fieldsOf(manifest?.value).layers).filter(isBundle);
    refuseTooMany(layers, session.urlOf(`referrers/${digest}`));
    return inTurn(layers, async (layer) => {
      const { text } = await fetchBlob(
        session,
        String(fieldsOf(layer).digest),
        MOST_ARTIFACT_BYTES,
      );
      return text;
    });
  });
  return texts.flat();
}

/** A registry that does not know the question has the list under a tag. */
async function referrersOf(
  session: RepositorySession,
  digest: string,
): Promise<readonly unknown[]> {
  const descriptors: unknown[] = [];
  let path: string | undefined = `referrers/${digest}`;
  for (let page = 0; path !== undefined && page < MOST_PAGES; page += 1) {
    const list = await fetchList(session, path, INDEX);
    if (!list && page === 0) {
      const tagged = await fetchManifest(session, digest.replace(':', '-'));
      return listOf(fieldsOf(tagged?.value).manifests);
    }
    descriptors.push(...listOf(fieldsOf(list?.value).manifests));
    path = list?.next === undefined ? undefined : pathOf(session, list.next);
  }
  if (path !== undefined) throw tooMany(session.urlOf(`referrers/${digest}`));
  return descriptors;
}

/** The next page is of this repository; what leads elsewhere is more than is looked at. */
function pathOf(session: RepositorySession, link: string): string {
  const base = session.urlOf('');
  const url = URL.canParse(link, base) ? new URL(link, base).href : '';
  if (!url.startsWith(base)) throw tooMany(base);
  return url.slice(base.length);
}

function isBundle(descriptor: unknown): boolean {
  const { artifactType, mediaType } = fieldsOf(descriptor);
  // Of an index entry the artifact's type, of a layer its own.
  return [artifactType, mediaType].some((type) => typeof type === 'string' && BUNDLE.test(type));
}

/** One after the other: a registry that limits requests is not asked a hundred at once. */
async function inTurn<T>(
  items: readonly unknown[],
  each: (item: unknown) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  for (const item of items) results.push(await each(item));
  return results;
}

function refuseTooMany(items: readonly unknown[], url: string): void {
  if (items.length > MOST_ARTIFACTS) throw tooMany(url);
}

function tooMany(url: string): EvidenceFault {
  return new EvidenceFault(found('SIG004', `${url} lists more than ${MOST_ARTIFACTS}`));
}
