/** What an image says of itself: labels of its config, annotations of its manifest, and when it was made. */
import { parseImage } from '../../core/base/image.ts';
import { fieldsOf, listOf, textOf } from '../../core/security/fields.ts';
import type { StageContext } from '../context/stage-context.ts';
import { openRepository } from '../inputs/registry-session.ts';
import {
  EvidenceFault,
  type Fetched,
  fetchBlob,
  fetchManifest,
} from '../security/registry/fetch.ts';

export type ImageFacts =
  | {
      readonly kind: 'told';
      readonly labels: ReadonlyMap<string, string>;
      /** As it is written there: a time, of 1970 where the build is to be the same on every day. */
      readonly created: string | undefined;
    }
  | { readonly kind: 'silent'; readonly why: string };

const MOST_CONFIG_BYTES = 4 * 1_048_576;
const MOST_LABELS = 200;

/** Of an index, its first image speaks for all: they are one build. */
export async function factsOfImage(
  context: Pick<StageContext, 'ask' | 'destinations'>,
  image: string,
  credentialsDir: string,
): Promise<ImageFacts> {
  const { repository = '', tag = '', digest } = parseImage(image) ?? {};
  try {
    const session = await openRepository(context, repository, credentialsDir);
    const top = await fetchManifest(session, digest ?? tag);
    const [first] = listOf(fieldsOf(top?.value).manifests);
    const child = textOf(fieldsOf(first).digest);
    const manifest = child === undefined ? top : await fetchManifest(session, child);
    const config = textOf(fieldsOf(fieldsOf(manifest?.value).config).digest);
    if (config === undefined) return { kind: 'silent', why: 'its manifest names no config' };
    const { value } = await fetchBlob(session, config, MOST_CONFIG_BYTES);
    const labels = new Map<string, string>();
    // The innermost wins: it is what was built.
    const outer = [top, manifest].map(annotationsOf);
    for (const each of [...outer, fieldsOf(fieldsOf(value).config).Labels]) addTo(labels, each);
    return { kind: 'told', labels, created: textOf(fieldsOf(value).created) };
  } catch (thrown) {
    if (!(thrown instanceof EvidenceFault)) throw thrown;
    return { kind: 'silent', why: thrown.message };
  }
}

function annotationsOf(fetched: Fetched | undefined): unknown {
  return fieldsOf(fetched?.value).annotations;
}

function addTo(labels: Map<string, string>, written: unknown): void {
  for (const [key, value] of Object.entries(fieldsOf(written)).slice(0, MOST_LABELS)) {
    if (typeof value === 'string') labels.set(key, value);
  }
}
