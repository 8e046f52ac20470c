/** Finds the fields that must be there and are not. */
import type { FailureCause } from '../failure.ts';
import { missing } from '../field-faults.ts';
import { isObject } from '../json.ts';
import type { Shape } from './shape.ts';

/** `value` has the right types: only what is left out of it is looked for. */
export function requiredFaults(value: unknown, shape: Shape, path = ''): FailureCause[] {
  switch (shape.type) {
    case 'scalar':
      return [];
    case 'list':
      return Array.isArray(value)
        ? value.flatMap((item, at) => requiredFaults(item, shape.items, `${path}[${at}]`))
        : [];
    case 'map':
      return isObject(value)
        ? Object.entries(value).flatMap(([key, item]) =>
            requiredFaults(item, shape.values, `${path}.${key}`),
          )
        : [];
    case 'struct':
      if (!isObject(value)) return [];
      return [...shape.fields].flatMap(([name, field]) => {
        const at = path === '' ? name : `${path}.${name}`;
        if (value[name] !== undefined) return requiredFaults(value[name], field.shape, at);
        return field.presence === 'required' ? [missing(at)] : [];
      });
  }
}
