/** Reading and filling in the fields of objects whose shape nothing has checked yet. */
import type { DraftObject, KubeObject } from '../store/object.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object; an empty one if it is none. */
export function fieldsOf(value: unknown): Fields {
  // Any object may be indexed by names.
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

/** The items of a list, as objects; none if it is no list. */
export function itemsOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** What `fields` leaves out, from `defaults`. */
export function filled<T extends Fields>(fields: T, defaults: Fields): T {
  const missing = Object.entries(defaults).filter(([name]) => fields[name] === undefined);
  return missing.length === 0 ? fields : { ...fields, ...Object.fromEntries(missing) };
}

/** `fields` with one of them changed, where it is there. */
export function changed<T extends Fields>(
  fields: T,
  name: string,
  change: (value: Fields) => Fields,
): T {
  if (fields[name] === undefined) return fields;
  return { ...fields, [name]: change(fieldsOf(fields[name])) };
}

/** `fields` with the items of one list changed, where it is there. */
export function changedItems<T extends Fields>(
  fields: T,
  name: string,
  change: (item: Fields) => Fields,
): T {
  return Array.isArray(fields[name])
    ? { ...fields, [name]: itemsOf(fields[name]).map(change) }
    : fields;
}

/** The draft with another spec. */
export function withSpec(draft: DraftObject, change: (spec: Fields) => Fields): DraftObject {
  return { ...draft, spec: change(fieldsOf(draft.spec)) };
}

export function specOf(object: KubeObject | undefined): Fields {
  return fieldsOf(object?.spec);
}
