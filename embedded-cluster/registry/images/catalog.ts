/** The images there are: what nodes can pull and the registry lists. */
import type { Image, ImageSource } from './image.ts';
import { type Manifest, manifestOf } from './manifest.ts';
import { parseImageReference } from './reference.ts';

interface CatalogEntry {
  readonly source: ImageSource;
  readonly manifest: Manifest;
}

export interface ImageCatalog {
  /** The image that a container's `image` names, on whatever registry. */
  resolve(reference: string): Image | undefined;
  entries(repository: string): readonly CatalogEntry[];
  repositories(): readonly string[];
  /** A tag that is there already moves to the new image. */
  add(source: ImageSource): void;
}

export function createImageCatalog(sources: readonly ImageSource[] = []): ImageCatalog {
  const byRepository = new Map<string, CatalogEntry[]>();
  const add: ImageCatalog['add'] = (source) => {
    const repository = canonicalRepository(source.repository);
    const known = byRepository.get(repository) ?? [];
    byRepository.set(repository, [{ source, manifest: manifestOf(source) }, ...known]);
  };
  const entries = (repository: string): readonly CatalogEntry[] =>
    byRepository.get(canonicalRepository(repository)) ?? [];
  for (const source of sources) add(source);
  return {
    resolve: (text) => {
      const reference = parseImageReference(text);
      if (!reference) return undefined;
      const { repository, tag, digest } = reference;
      const found = entries(repository).find(({ source, manifest }) =>
        digest ? manifest.digest === digest : source.tags.includes(tag ?? ''),
      );
      if (!found) return undefined;
      const [firstTag = ''] = found.source.tags;
      return { ...found.source, tag: tag ?? firstTag, digest: found.manifest.digest };
    },
    entries,
    repositories: () => [...byRepository.keys()].sort(),
    add,
  };
}

/** `node` and `library/node` are one repository. */
function canonicalRepository(repository: string): string {
  return repository.replace(/^library\//, '');
}
