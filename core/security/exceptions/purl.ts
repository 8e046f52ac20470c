/** Package URLs (https://github.com/package-url/purl-spec), as far as one has to be known from another. */
import { withoutVersion } from '../finding.ts';

/**
 * Whether `wanted` is about this package: of the same type and name, of the same version where it has
 * one, and of the same qualifiers where it has those.
 */
export function isAbout(wanted: string, purl: string): boolean {
  if (withoutVersion(decoded(wanted)) !== withoutVersion(decoded(purl))) return false;
  const [want, have] = [partsOf(wanted), partsOf(purl)];
  if (want.version !== '' && want.version !== have.version) return false;
  return want.qualifiers.every((each) => have.qualifiers.includes(each));
}

/** The version of an image by its digest, and the name of its repository. */
export function isImage(wanted: string, repository: string, digests: readonly string[]): boolean {
  const [, name] = /^pkg:oci\/([^@?#]+)/.exec(decoded(wanted)) ?? [];
  if (name === undefined) return false;
  const last = repository.slice(repository.lastIndexOf('/') + 1);
  const { version, qualifiers } = partsOf(wanted);
  const url = qualifiers.find((each) => each.startsWith('repository_url='));
  if (url !== undefined && url !== `repository_url=${repository}`) return false;
  return name === last && (version === '' || digests.includes(version));
}

function partsOf(purl: string): { version: string; qualifiers: readonly string[] } {
  const [before = '', after = ''] = decoded(purl).split('#')[0]?.split('?') ?? [];
  const [, version = ''] = /@([^@/]*)$/.exec(before) ?? [];
  return { version, qualifiers: after.split('&').filter((each) => each !== '') };
}

function decoded(purl: string): string {
  try {
    return decodeURIComponent(purl);
  } catch {
    return purl;
  }
}
