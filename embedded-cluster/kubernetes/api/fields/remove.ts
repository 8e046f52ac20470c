/** Removes a set of fields from a value. */
import { isObject } from '../../definitions/json.ts';
import type { Shape } from '../../definitions/schema/shape.ts';
import type { FieldSet } from './field-set.ts';
import { fieldShape, itemStep } from './steps.ts';

export function removeFields(value: unknown, fields: FieldSet, shape: Shape): unknown {
  if (isObject(value)) {
    const kept = Object.entries(value).flatMap(([name, item]): [string, unknown][] => {
      const inside = fields.children.get(`f:${name}`);
      if (!inside) return [[name, item]];
      if (inside.member) return [];
      const left = removeFields(item, inside, fieldShape(shape, name));
      return isEmptied(left) ? [] : [[name, left]];
    });
    return Object.fromEntries(kept);
  }
  if (Array.isArray(value) && shape.type === 'list' && shape.identity.by !== 'position') {
    const { identity, items } = shape;
    return value.flatMap((item) => {
      const inside = fields.children.get(itemStep(identity, item));
      if (!inside) return [item];
      return inside.member ? [] : [removeFields(item, inside, items)];
    });
  }
  return value;
}

/** What nothing is left in goes with the last of it. */
function isEmptied(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
