/** Objects as the rows of a `Table`, the form in which kubectl asks for what it prints. */
import type { KubeObject } from '../../../store/object.ts';
import type { Representation, RepresentationRequest } from '../representation.ts';
import { inVersion } from '../versions.ts';
import type { Column } from './table.ts';

export function createTableRepresentation(
  { kind, version, query, nowMs, columnsOf }: RepresentationRequest,
  apiVersion: string,
): Representation {
  const columns = columnsOf(kind, version);
  const include = query.get('includeObject') ?? 'Metadata';

  const row = (stored: KubeObject): object => {
    const object = inVersion(kind, stored, version);
    return {
      cells: columns.map(({ cell }) => cell(object, nowMs())),
      object: shownObject(object, include, apiVersion),
    };
  };
  const table = (objects: readonly KubeObject[], metadata: object): object => ({
    kind: 'Table',
    apiVersion,
    metadata,
    columnDefinitions: columns.map(definition),
    rows: objects.map(row),
  });
  const ofOne = (object: KubeObject): object =>
    table([object], { resourceVersion: object.metadata.resourceVersion });

  // A watch names its columns once; the rows that follow carry only cells.
  let columnsTold = false;
  return {
    one: (object) => JSON.stringify(ofOne(object)),
    list: (objects, meta) => JSON.stringify(table(objects, meta)),
    event: (type, object) => {
      const told = { ...ofOne(object), ...(columnsTold ? { columnDefinitions: null } : {}) };
      columnsTold = true;
      return `${JSON.stringify({ type, object: told })}\n`;
    },
  };
}

function definition({ name, type, format = undefined, priority = 0, description = '' }: Column) {
  return { name, type, format: format ?? '', description, priority };
}

function shownObject(object: KubeObject, include: string, apiVersion: string): object | undefined {
  switch (include) {
    case 'None':
      return undefined;
    case 'Object':
      return object;
    default:
      return { kind: 'PartialObjectMetadata', apiVersion, metadata: object.metadata };
  }
}
