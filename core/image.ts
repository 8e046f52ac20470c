/** Image references: `registry:5000/team/payment-service:v1.2.0@sha256:…`. */

export interface ImageReference {
  /** With the registry's host where there is one. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const REFERENCE = /^(.+?)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** Undefined where the text is no reference. */
export function parseImage(text: string): ImageReference | undefined {
  const match = /\s/.test(text) ? null : REFERENCE.exec(text);
  if (!match?.[1]) return undefined;
  const [, repository, tag, digest] = match;
  return { repository, tag, digest };
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** By tag and digest where the digest is known: the tag is for people, the digest is what runs. */
export function imageText(repository: string, tag: string, digest: string | undefined): string {
  return digest === undefined ? `${repository}:${tag}` : `${repository}:${tag}@${digest}`;
}

/** For people: the repository's last name, the tag, and so much of the digest as tells it apart. */
export function shortImage(reference: string): string {
  const parsed = parseImage(reference);
  if (!parsed) return reference;
  const name = parsed.repository.slice(parsed.repository.lastIndexOf('/') + 1);
  const tag = parsed.tag === undefined ? '' : `:${parsed.tag}`;
  const digest = parsed.digest === undefined ? '' : `@${parsed.digest.slice(0, 19)}`;
  return `${name}${tag}${digest}`;
}

/** The registry's host and the repository's path in it, as the Docker conventions have it. */
export function registryOf(repository: string): { host: string; path: string } {
  const [first = '', ...rest] = repository.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (isHost) return { host: first, path: rest.join('/') };
  return { host: 'registry-1.docker.io', path: rest.length > 0 ? repository : `library/${first}` };
}
