/** Image references: `registry:5000/team/payment-service:v1.2.0@sha256:…`. */

import { foreignText } from './foreign-text.ts';

export interface ImageReference {
  /** With the registry's host where there is one. */
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * A host, perhaps with its port, and the names below it: nothing that would be another part of a URL
 * (distribution's own grammar, `reference/regexp.go`, has the same letters).
 */
export const REPOSITORY =
  '^(([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:]+\\])(:[0-9]{1,5})?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$';
const IS_REPOSITORY = new RegExp(REPOSITORY);
/** No registry takes a longer name. */
const MOST_CHARACTERS = 255;

export function isRepository(text: string): boolean {
  return text.length <= MOST_CHARACTERS && IS_REPOSITORY.test(text);
}

/** Undefined where the text is no reference. */
export function parseImage(text: string): ImageReference | undefined {
  const at = text.indexOf('@');
  const named = at === -1 ? text : text.slice(0, at);
  const digest = at === -1 ? undefined : text.slice(at + 1);
  const colon = named.lastIndexOf(':');
  const isTagged = colon > named.lastIndexOf('/');
  const repository = isTagged ? named.slice(0, colon) : named;
  const tag = isTagged ? named.slice(colon + 1) : undefined;
  const isOne =
    isRepository(repository) &&
    (tag === undefined || isTag(tag)) &&
    (digest === undefined || isDigest(digest));
  return isOne ? { repository, tag, digest } : undefined;
}

export function isDigest(text: string): boolean {
  return DIGEST.test(text);
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
  if (!parsed) return foreignText(reference);
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
