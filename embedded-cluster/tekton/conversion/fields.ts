/** Fields that only changed their name between v1beta1 and v1. */

export type Version = 'v1' | 'v1beta1';

export type Fields = Readonly<Record<string, unknown>>;

/** What a field is called: in v1beta1, in v1. */
export type Names = readonly (readonly [beta: string, stable: string])[];

/** What is unknown stays where it is, for admission to find. */
export function renamed(fields: Fields, names: Names, to: Version): Fields {
  const targets = new Map(
    names.map(([beta, stable]) => (to === 'v1' ? [beta, stable] : [stable, beta])),
  );
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [targets.get(name) ?? name, value]),
  );
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `convert` on the fields of an object, or on those of each object in a list. */
export function convertedIn(
  fields: Fields,
  name: string,
  convert: (inner: Fields) => Fields,
): Fields {
  const value = fields[name];
  if (isFields(value)) return { ...fields, [name]: convert(value) };
  if (!Array.isArray(value)) return fields;
  return { ...fields, [name]: value.map((one) => (isFields(one) ? convert(one) : one)) };
}

/** All of `steps`, one after the other. */
export function inTurn(fields: Fields, ...steps: readonly ((fields: Fields) => Fields)[]): Fields {
  return steps.reduce((before, step) => step(before), fields);
}
