/** A schema that is put together from what each kind of one thing brings to it. */

/** All members of a union at once: what has the keys of each. */
export type Together<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;

/**
 * The keys of all parts, in their order. Throws where two parts mean different things by one key:
 * that is a mistake in the second, and nothing starts with it.
 */
export function together<Part extends object>(parts: readonly Part[]): Together<Part> {
  const known = new Map<string, unknown>();
  for (const [key, schema] of parts.flatMap((part) => Object.entries(part))) {
    if ((known.get(key) ?? schema) !== schema) throw new Error(`${key} is a key of two schemas`);
    known.set(key, schema);
  }
  return Object.assign({}, ...parts); // which answers `any`: what it was given, in one object
}

/** The schema with the rule that exactly one of these keys is written, which its type does not tell. */
export function withOneOf<Schema extends object>(schema: Schema, keys: readonly string[]): Schema {
  return { ...schema, oneOf: keys.map((key) => ({ required: [key] })) };
}
