/** Reads documents of others, key by key: what is not there, or of another kind, is undefined. */

export type Fields = Readonly<Record<string, unknown>>;

/** A key that is not there, or of a value that has none, is undefined. */
export function fieldsOf(value: unknown): Fields {
  return Object(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function textsOf(value: unknown): string[] {
  return listOf(value).filter((each) => typeof each === 'string');
}
