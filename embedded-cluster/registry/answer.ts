/** What a registry answers: the reading half of the OCI distribution protocol, as a function. */
import type { ImageCatalog } from './images/catalog.ts';
import { CONFIG_TYPE, MANIFEST_TYPE } from './images/manifest.ts';

export interface RegistryAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const VERSION = { 'docker-distribution-api-version': 'registry/2.0' };

export function answerRegistry(catalog: ImageCatalog, path: string): RegistryAnswer {
  if (/^\/v2\/?$/.test(path)) return found({ ...JSON_TYPE }, '{}');
  if (path === '/v2/_catalog') return json({ repositories: catalog.repositories() });
  const [, repository = '', what, reference = ''] =
    /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(path) ?? [];
  switch (what) {
    case 'tags':
      return reference === 'list' ? tags(catalog, repository) : unknown('NAME_UNKNOWN', path);
    case 'manifests':
      return manifest(catalog, repository, reference);
    case 'blobs':
      return blob(catalog, repository, reference);
    default:
      return unknown('UNSUPPORTED', path);
  }
}

function tags(catalog: ImageCatalog, repository: string): RegistryAnswer {
  const entries = catalog.entries(repository);
  if (entries.length === 0) return unknown('NAME_UNKNOWN', repository);
  const all = new Set(entries.flatMap(({ source }) => source.tags));
  return json({ name: repository, tags: [...all].sort() });
}

function manifest(catalog: ImageCatalog, repository: string, reference: string): RegistryAnswer {
  const entry = catalog
    .entries(repository)
    .find(
      ({ source, manifest }) => manifest.digest === reference || source.tags.includes(reference),
    );
  if (!entry) return unknown('MANIFEST_UNKNOWN', reference);
  const { digest, text } = entry.manifest;
  return found({ 'content-type': MANIFEST_TYPE, 'docker-content-digest': digest }, text);
}

function blob(catalog: ImageCatalog, repository: string, digest: string): RegistryAnswer {
  const manifests = catalog.entries(repository).map(({ manifest }) => manifest);
  const config = manifests.find((each) => each.config.digest === digest)?.config;
  const layer = manifests.flatMap(({ layers }) => layers).find((each) => each.digest === digest);
  const text = config?.text ?? layer?.text;
  if (text === undefined) return unknown('BLOB_UNKNOWN', digest);
  const type = config ? CONFIG_TYPE : 'application/octet-stream';
  return found({ 'content-type': type, 'docker-content-digest': digest }, text);
}

function json(body: object): RegistryAnswer {
  return found(JSON_TYPE, JSON.stringify(body));
}

function found(headers: Record<string, string>, body: string): RegistryAnswer {
  return { status: 200, headers: { ...VERSION, ...headers }, body };
}

function unknown(code: string, detail: string): RegistryAnswer {
  const errors = [{ code, message: code.toLowerCase().replaceAll('_', ' '), detail }];
  return { status: 404, headers: { ...VERSION, ...JSON_TYPE }, body: JSON.stringify({ errors }) };
}

export function unauthorized(): RegistryAnswer {
  const errors = [{ code: 'UNAUTHORIZED', message: 'authentication required' }];
  return {
    status: 401,
    headers: { ...VERSION, ...JSON_TYPE, 'www-authenticate': 'Basic realm="registry"' },
    body: JSON.stringify({ errors }),
  };
}
