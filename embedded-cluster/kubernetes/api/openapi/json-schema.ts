/** Shapes as the JSON schemas of OpenAPI documents. */
import type { Kind } from '../../definitions/kind.ts';
import type {
  Field,
  ItemIdentity,
  Scalar,
  Shape,
  StructShape,
} from '../../definitions/schema/shape.ts';

export interface JsonSchema {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema;
  readonly [extension: `x-${string}`]: unknown;
}

export interface ServedType {
  readonly kind: Kind;
  readonly version: string;
  readonly shape: StructShape | undefined;
}

/** The schemas of the kinds and of every type in them, by name. */
export function schemasOf(
  served: readonly ServedType[],
  reference: (name: string) => string,
): Map<string, JsonSchema> {
  const schemas = new Map<string, JsonSchema>();
  const collect = (shape: Shape): void => {
    switch (shape.type) {
      case 'scalar':
        return;
      case 'list':
        collect(shape.items);
        return;
      case 'map':
        collect(shape.values);
        return;
      case 'struct':
        if (shape.name !== '') {
          if (schemas.has(shape.name)) return;
          schemas.set(shape.name, structSchema(shape, reference));
        }
        for (const { shape: inner } of shape.fields.values()) collect(inner);
    }
  };
  for (const { kind, version, shape } of served) {
    if (shape) for (const field of shape.fields.values()) collect(field.shape);
    schemas.set(typeName(kind, version), rootSchema(kind, version, shape, reference));
  }
  return schemas;
}

function typeName({ group, kind }: Kind, version: string): string {
  return `${group === '' ? 'core' : group}.${version}.${kind}`;
}

function rootSchema(
  { group, kind }: Kind,
  version: string,
  shape: StructShape | undefined,
  reference: (name: string) => string,
): JsonSchema {
  const type = { apiVersion: { type: 'string' }, kind: { type: 'string' } };
  const { properties = {}, required } = shape ? structSchema(shape, reference) : {};
  return {
    type: 'object',
    properties: { ...type, ...properties },
    ...(required ? { required } : {}),
    'x-kubernetes-group-version-kind': [{ group, kind, version }],
    ...(shape ? {} : { 'x-kubernetes-preserve-unknown-fields': true }),
  };
}

function structSchema(shape: StructShape, reference: (name: string) => string): JsonSchema {
  const properties = [...shape.fields].map(([name, field]) => [
    name,
    fieldSchema(field, reference),
  ]);
  const required = [...shape.fields].flatMap(([name, { presence }]) => (presence ? [name] : []));
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 ? { required } : {}),
    ...(shape.ownership === 'atomic' ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
}

function fieldSchema({ shape }: Field, reference: (name: string) => string): JsonSchema {
  switch (shape.type) {
    case 'scalar':
      return SCALAR_SCHEMAS[shape.scalar];
    case 'struct':
      return shape.name === '' ? structSchema(shape, reference) : { $ref: reference(shape.name) };
    case 'map':
      return {
        type: 'object',
        additionalProperties: fieldSchema({ shape: shape.values, number: undefined }, reference),
      };
    case 'list':
      return {
        type: 'array',
        items: fieldSchema({ shape: shape.items, number: undefined }, reference),
        ...identityExtensions(shape.identity),
      };
  }
}

const SCALAR_SCHEMAS: Readonly<Record<Scalar, JsonSchema>> = {
  string: { type: 'string' },
  int: { type: 'integer', format: 'int64' },
  bool: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  Time: { type: 'string', format: 'date-time' },
  MicroTime: { type: 'string', format: 'date-time' },
  Quantity: { type: 'string' },
  IntOrString: { type: 'string', format: 'int-or-string' },
  any: { type: 'object' },
};

/** What kubectl goes by when it makes a strategic merge patch. */
function identityExtensions(identity: ItemIdentity): JsonSchema {
  switch (identity.by) {
    case 'position':
      return { 'x-kubernetes-list-type': 'atomic' };
    case 'value':
      return { 'x-kubernetes-list-type': 'set', 'x-kubernetes-patch-strategy': 'merge' };
    case 'keys':
      return {
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': identity.keys,
        'x-kubernetes-patch-merge-key': identity.keys[0],
        'x-kubernetes-patch-strategy': 'merge',
      };
  }
}
