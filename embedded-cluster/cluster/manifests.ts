/** Applies the manifests of a folder or file, as `kubectl apply --server-side -f` would. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Front } from '../kubernetes/api/front.ts';
import { kindOf } from '../kubernetes/kinds/registry.ts';
import type { DraftObject } from '../kubernetes/store/object.ts';
import { KINDS_AT_BIRTH } from './kinds.ts';

export interface Applier {
  readonly front: Front;
  readonly adminToken: string;
}

/** Returns what was applied, as `kind/name`. What does not exist is left out. */
export function applyPath(applier: Applier, path: string, namespace = 'default'): string[] {
  if (!existsSync(path)) return [];
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => /\.ya?ml$/.test(name))
        .sort()
        .map((name) => join(path, name))
    : [path];
  return files.flatMap((file) =>
    parseManifests(readFileSync(file, 'utf8')).map((object) => {
      apply(applier, object, namespace);
      return `${object.kind.toLowerCase()}/${object.metadata.name}`;
    }),
  );
}

/** Kubernetes reads YAML 1.1, where an unquoted `no` or `on` is a boolean. */
export function parseManifests(text: string): DraftObject[] {
  return parseAllDocuments(text, { version: '1.1' })
    .map((document) => document.toJS() as DraftObject | null) // the API looks at what it really is
    .filter((object) => object !== null);
}

export function apply(
  { front, adminToken }: Applier,
  object: DraftObject,
  namespace = 'default',
): void {
  const kind = kindOf(KINDS_AT_BIRTH, object);
  if (!kind) throw new Error(`no kind ${object.kind} in ${object.apiVersion}`);
  const group = object.apiVersion.includes('/') ? `/apis/${object.apiVersion}` : '/api/v1';
  const place =
    kind.scope === 'Namespaced' ? `/namespaces/${object.metadata.namespace ?? namespace}` : '';
  const response = front({
    method: 'PATCH',
    path: `${group}${place}/${kind.plural}/${object.metadata.name}?fieldManager=cluster&force=true`,
    headers: {
      authorization: `Bearer ${adminToken}`,
      'content-type': 'application/apply-patch+yaml',
      accept: 'application/json',
    },
    body: Buffer.from(JSON.stringify(object)),
  });
  if (response.status >= 300 && 'body' in response) {
    throw new Error(`${object.kind} ${object.metadata.name}: ${Buffer.from(response.body)}`);
  }
}
