/** OpenAPI v3 as kubectl needs it: what writes understand, and what fields there are. */

import { apiVersionOf, type Kind } from '../../definitions/kind.ts';
import { shapeOf } from '../../kinds/types/shapes.ts';
import type { Store } from '../../store/store.ts';
import { type ServedType, schemasOf } from './json-schema.ts';

/** The list of documents, one for each group and version. */
export function documentList(kinds: readonly Kind[]): object {
  const paths = [...new Set(kinds.flatMap((kind) => kind.versions.map((v) => pathOf(kind, v))))];
  return {
    paths: Object.fromEntries(
      paths.map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}` }]),
    ),
  };
}

function pathOf(kind: Kind, version: string): string {
  return kind.group === '' ? `api/${version}` : `apis/${kind.group}/${version}`;
}

export function servedTypes(store: Store, kinds: readonly Kind[]): ServedType[] {
  return kinds.flatMap((kind) =>
    kind.versions.map((version) => ({ kind, version, shape: shapeOf(store, kind, version) })),
  );
}

/** `path` is `api/v1` or `apis/<group>/<version>`. */
export function openApiV3(store: Store, kinds: readonly Kind[], path: string): object | undefined {
  const served = servedTypes(store, kinds).filter(
    ({ kind, version }) => pathOf(kind, version) === path,
  );
  if (served.length === 0) return undefined;
  const schemas = schemasOf(served, (name) => `#/components/schemas/${name}`);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'v1.36.2' },
    paths: Object.fromEntries(served.flatMap(pathsOf)),
    components: { schemas: Object.fromEntries(schemas) },
  };
}

/** Where the objects of a kind are, as URLs with parameters. */
export function collectionPath(kind: Kind, version: string): string {
  const place = kind.scope === 'Namespaced' ? '/namespaces/{namespace}' : '';
  const root = kind.group === '' ? '/api' : '/apis';
  return `${root}/${apiVersionOf(kind, version)}${place}/${kind.plural}`;
}

function pathsOf({ kind, version }: ServedType): [string, object][] {
  const type = {
    'x-kubernetes-group-version-kind': { group: kind.group, version, kind: kind.kind },
  };
  const read = (action: string): object => ({ 'x-kubernetes-action': action, ...type });
  const write = (action: string, parameters: readonly string[]): object => ({
    ...read(action),
    parameters: parameters.map((name) => ({ name, in: 'query', schema: { type: 'string' } })),
  });
  const collection = collectionPath(kind, version);
  return [
    [collection, { get: read('list'), post: write('post', WRITE_PARAMETERS) }],
    [
      `${collection}/{name}`,
      {
        get: read('get'),
        put: write('put', WRITE_PARAMETERS),
        patch: write('patch', [...WRITE_PARAMETERS, 'force']),
        delete: write('delete', ['dryRun']),
      },
    ],
  ];
}

const WRITE_PARAMETERS = ['dryRun', 'fieldManager', 'fieldValidation'];
