/**
 * Reads what a client sent against its kind's shape: what the kind does not know is found out and
 * left behind, what is of the wrong type is refused.
 */
import { ApiFailure } from '../failure.ts';
import { isObject } from '../json.ts';
import type { Scalar, Shape, StructShape } from './shape.ts';

export interface Decoded<T> {
  readonly value: T;
  /** Paths of fields that were left behind: `spec.template.spec.containers[0].imag`. */
  readonly unknown: readonly string[];
}

export function decode<T extends object>(value: T, shape: StructShape): Decoded<T> {
  const unknown: string[] = [];
  const { apiVersion, kind, ...fields } = value as Record<string, unknown>; // any object may be indexed
  const read = decodeStruct(fields, shape, '', unknown);
  const type = { ...(apiVersion ? { apiVersion } : {}), ...(kind ? { kind } : {}) };
  // The same object but for fields that its type does not have.
  return { value: { ...type, ...read } as T, unknown };
}

function decodeValue(value: unknown, shape: Shape, path: string, unknown: string[]): unknown {
  switch (shape.type) {
    case 'scalar':
      if (!fits(value, shape.scalar)) throw mismatch(value, path, shape.scalar);
      return value;
    case 'struct':
      if (!isObject(value)) throw mismatch(value, path, shape.name);
      return decodeStruct(value, shape, path, unknown);
    case 'map':
      if (!isObject(value)) throw mismatch(value, path, 'map');
      return mapped(value, (item, key) =>
        decodeValue(item, shape.values, `${path}.${key}`, unknown),
      );
    case 'list':
      if (!Array.isArray(value)) throw mismatch(value, path, 'list');
      return value.map((item, at) => decodeValue(item, shape.items, `${path}[${at}]`, unknown));
  }
}

function decodeStruct(
  value: Record<string, unknown>,
  shape: StructShape,
  path: string,
  unknown: string[],
): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const field = shape.fields.get(name);
    const at = path === '' ? name : `${path}.${name}`;
    if (field) {
      // A null is a field left out.
      if (item !== null) result[name] = decodeValue(item, field.shape, at, unknown);
    } else if (shape.open) {
      result[name] = item;
    } else {
      unknown.push(at);
    }
  }
  return result;
}

function mapped(
  value: Record<string, unknown>,
  change: (item: unknown, key: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item, key)]));
}

function fits(value: unknown, scalar: Scalar): boolean {
  switch (scalar) {
    case 'any':
      return true;
    case 'bool':
      return typeof value === 'boolean';
    case 'int':
      return Number.isInteger(value);
    case 'string':
    case 'bytes':
    case 'Time':
    case 'MicroTime':
      return typeof value === 'string';
    case 'IntOrString':
    case 'Quantity':
      return typeof value === 'string' || typeof value === 'number';
  }
}

function mismatch(value: unknown, path: string, wanted: string): ApiFailure {
  const is = Array.isArray(value) ? 'array' : typeof value;
  return new ApiFailure(
    'BadRequest',
    `json: cannot unmarshal ${is} into field ${path} of type ${wanted}`,
  );
}
