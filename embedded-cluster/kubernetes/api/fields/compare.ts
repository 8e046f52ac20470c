/** Which fields a value has, and which differ between two. */
import { isDeepStrictEqual } from 'node:util';
import type { Shape } from '../../definitions/schema/shape.ts';
import { type FieldSet, isEmpty, NO_FIELDS, setFrom, union, WHOLE_FIELD } from './field-set.ts';
import { partsOf } from './steps.ts';

/** Every field that `value` sets. */
export function fieldsIn(value: unknown, shape: Shape): FieldSet {
  const parts = partsOf(value, shape);
  if (!parts || parts.size === 0) return WHOLE_FIELD;
  return setFrom(
    false,
    [...parts].map(([step, part]) => {
      const inside = fieldsIn(part.value, part.shape);
      // An item of a list is something that one can own, besides its fields.
      return [step, step.startsWith('f:') ? inside : union(inside, WHOLE_FIELD)];
    }),
  );
}

export interface Comparison {
  /** Set in the second but not, or otherwise, in the first. */
  readonly changed: FieldSet;
  /** Set in the first only. */
  readonly removed: FieldSet;
}

const SAME: Comparison = { changed: NO_FIELDS, removed: NO_FIELDS };

export function compare(before: unknown, after: unknown, shape: Shape): Comparison {
  if (before === after) return SAME;
  if (before === undefined) return { changed: withContainers(after, shape), removed: NO_FIELDS };
  if (after === undefined) return { changed: NO_FIELDS, removed: withContainers(before, shape) };
  const old = partsOf(before, shape);
  const now = partsOf(after, shape);
  if (!old || !now) {
    return isDeepStrictEqual(before, after) ? SAME : { changed: WHOLE_FIELD, removed: NO_FIELDS };
  }
  const steps = [...new Set([...old.keys(), ...now.keys()])];
  const compared = steps.map((step): [string, Comparison] => {
    const part = now.get(step) ?? old.get(step);
    const inner = part ? part.shape : shape;
    return [step, compare(old.get(step)?.value, now.get(step)?.value, inner)];
  });
  return {
    changed: setFrom(
      false,
      compared.map(([step, { changed }]) => [step, changed]),
    ),
    removed: setFrom(
      false,
      compared.map(([step, { removed }]) => [step, removed]),
    ),
  };
}

/** As a plain update owns them: a map or a list that is new is owned itself, with what is in it. */
function withContainers(value: unknown, shape: Shape): FieldSet {
  const parts = partsOf(value, shape);
  if (!parts || parts.size === 0) return WHOLE_FIELD;
  const owned = shape.type === 'map' || shape.type === 'list';
  const inside = setFrom(
    owned,
    [...parts].map(([step, part]) => {
      const set = withContainers(part.value, part.shape);
      return [step, step.startsWith('f:') ? set : union(set, WHOLE_FIELD)];
    }),
  );
  return isEmpty(inside) ? WHOLE_FIELD : inside;
}
