/** Shapes from the OpenAPI schemas that CustomResourceDefinitions carry. */
import { isObject } from '../json.ts';
import { ANY, type Field, type ItemIdentity, type Shape, type StructShape } from './shape.ts';

export function shapeFromOpenApi(schema: unknown, name = ''): Shape {
  if (!isObject(schema)) return ANY;
  switch (schema.type) {
    case 'array':
      return { type: 'list', items: shapeFromOpenApi(schema.items), identity: identityOf(schema) };
    case 'object':
      return objectShape(schema, name);
    case 'string':
      return { type: 'scalar', scalar: 'string' };
    case 'boolean':
      return { type: 'scalar', scalar: 'bool' };
    case 'integer':
      return { type: 'scalar', scalar: 'int' };
    default:
      return ANY;
  }
}

function objectShape(schema: Record<string, unknown>, name: string): Shape {
  const ownership = schema['x-kubernetes-map-type'] === 'atomic' ? 'atomic' : 'granular';
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  if (isObject(schema.properties)) {
    const fields = Object.entries(schema.properties).map(([field, property]): [string, Field] => [
      field,
      { shape: shapeFromOpenApi(property), number: undefined },
    ]);
    const shape: StructShape = { type: 'struct', name, fields: new Map(fields), ownership };
    return open ? { ...shape, open: 'open' } : shape;
  }
  if (isObject(schema.additionalProperties)) {
    return { type: 'map', values: shapeFromOpenApi(schema.additionalProperties), ownership };
  }
  if (open || schema.additionalProperties === true) return ANY;
  return { type: 'struct', name, fields: new Map(), ownership };
}

function identityOf(schema: Record<string, unknown>): ItemIdentity {
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return { by: 'value' };
    case 'map':
      // The API asks for these keys to be names wherever the type is `map`.
      return { by: 'keys', keys: schema['x-kubernetes-list-map-keys'] as string[] };
    default:
      return { by: 'position' };
  }
}
