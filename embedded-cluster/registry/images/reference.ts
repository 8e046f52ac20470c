/** `images.example/team/app:v1@sha256:…`, taken apart. */

export interface ImageReference {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const DEFAULT_REGISTRY = 'docker.io';
const DEFAULT_TAG = 'latest';

/** Undefined where the text names no image. */
export function parseImageReference(text: string): ImageReference | undefined {
  const [, name = '', tag, digest] =
    /^([^@]+?)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text) ?? [];
  const { registry, repository } = splitName(name);
  if (!/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/.test(repository)) return undefined;
  return { registry, repository, tag: tag ?? (digest ? undefined : DEFAULT_TAG), digest };
}

/** The first part is a registry if it looks like a host, as container tools have it. */
function splitName(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  if (/[.:]/.test(first) || first === 'localhost') {
    return { registry: first, repository: name.slice(slash + 1) };
  }
  return { registry: DEFAULT_REGISTRY, repository: slash < 0 ? `library/${name}` : name };
}
