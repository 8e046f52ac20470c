/** Takes values apart into the steps of field sets, by their shapes. */
import { isObject } from '../../definitions/json.ts';
import {
  ANY,
  type ItemIdentity,
  type ListShape,
  type Shape,
} from '../../definitions/schema/shape.ts';

/** Keys that may be left out, and what they then are. */
const DEFAULT_KEYS: Readonly<Record<string, string>> = { protocol: 'TCP' };

export interface Part {
  readonly value: unknown;
  readonly shape: Shape;
}

/**
 * The parts of a value that can have owners of their own, by step; undefined where it is owned as a
 * whole. A value of no known shape is taken to be fields within fields, and its lists to be whole.
 */
export function partsOf(value: unknown, shape: Shape): ReadonlyMap<string, Part> | undefined {
  if (isObject(value)) return fieldsOf(value, shape);
  if (Array.isArray(value) && shape.type === 'list') return itemsOf(value, shape);
  return undefined;
}

function fieldsOf(
  value: Record<string, unknown>,
  shape: Shape,
): ReadonlyMap<string, Part> | undefined {
  if ('ownership' in shape && shape.ownership === 'atomic') return undefined;
  return new Map(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([name, item]) => [`f:${name}`, { value: item, shape: fieldShape(shape, name) }]),
  );
}

export function fieldShape(shape: Shape, name: string): Shape {
  switch (shape.type) {
    case 'struct':
      return shape.fields.get(name)?.shape ?? ANY;
    case 'map':
      return shape.values;
    default:
      return ANY;
  }
}

function itemsOf(
  items: readonly unknown[],
  { identity, items: shape }: ListShape,
): ReadonlyMap<string, Part> | undefined {
  if (identity.by === 'position') return undefined;
  return new Map(items.map((value) => [itemStep(identity, value), { value, shape }]));
}

export function itemStep(identity: ItemIdentity, item: unknown): string {
  if (identity.by !== 'keys') return `v:${JSON.stringify(item)}`;
  const fields = isObject(item) ? item : {};
  const keys = [...identity.keys].sort().flatMap((key) => {
    const value = fields[key] ?? DEFAULT_KEYS[key];
    return value === undefined ? [] : [[key, value]];
  });
  return `k:${JSON.stringify(Object.fromEntries(keys))}`;
}
