/** Whether the params that are given fit the params that are declared, in Tekton's words. */
import type { Param, ParamSpec, ParamType, ParamValue } from './model/task.ts';
import { referencesIn } from './substitution/substitute.ts';
import { isListValue, isObjectValue, lookUp, type Variables } from './substitution/variables.ts';

export function typeOfValue(value: ParamValue): ParamType {
  if (typeof value === 'string') return 'string';
  return isListValue(value) ? 'array' : 'object';
}

/** What a declaration means when it does not say its type. */
export function declaredType({ type, default: value, properties }: ParamSpec): ParamType {
  if (type) return type;
  if (value !== undefined) return typeOfValue(value);
  return properties ? 'object' : 'string';
}

export function missingParams(
  declared: readonly ParamSpec[] = [],
  given: readonly Param[] = [],
): string[] {
  const names = new Set(given.map(({ name }) => name));
  return declared
    .filter((spec) => spec.default === undefined && !names.has(spec.name))
    .map(({ name }) => name);
}

export function mistypedParams(
  declared: readonly ParamSpec[] = [],
  given: readonly Param[] = [],
): string[] {
  const types = new Map(declared.map((spec) => [spec.name, declaredType(spec)]));
  return given
    .filter(({ name, value }) => {
      const type = types.get(name);
      if (type === undefined || type === typeOfValue(value)) return false;
      // A text that refers to a result may yet become a list or an object.
      return type === 'string' || referencesIn(value).length === 0;
    })
    .map(({ name }) => name);
}

/** Keys that an object param needs and that neither its value nor its default has. */
export function missingKeys(
  declared: readonly ParamSpec[] = [],
  variables: Variables,
): ReadonlyMap<string, readonly string[]> {
  const missing = new Map<string, readonly string[]>();
  for (const { name, properties = {} } of declared) {
    const value = variables.get(`params.${name}`);
    if (!isObjectValue(value)) continue;
    const keys = Object.keys(properties).filter((key) => !(key in value));
    if (keys.length > 0) missing.set(name, keys);
  }
  return missing;
}

/** References such as `params.list[7]` in `node` where the list has no such element. */
export function indexesOutOfRange(node: unknown, variables: Variables): string[] {
  const outside = referencesIn(node).filter((reference) => {
    const list = /^(params\b.*)\[\d+\]$/.exec(reference)?.[1];
    if (list === undefined || !isListValue(lookUp(variables, list))) return false;
    return lookUp(variables, reference) === undefined;
  });
  return [...new Set(outside)].map((reference) => `$(${reference})`);
}

/** Go's way of printing a list: `[a b]`. */
export function listed(names: Iterable<string>): string {
  return `[${[...names].join(' ')}]`;
}

/** Go's way of printing a map of lists: `map[a:[x y] b:[z]]`. */
export function listedByName(names: ReadonlyMap<string, readonly string[]>): string {
  const entries = [...names].sort(([a], [b]) => (a < b ? -1 : 1));
  return `map${listed(entries.map(([name, keys]) => `${name}:${listed(keys)}`))}`;
}

/** What keeps a Task from being run with these params; undefined when nothing does. */
export function taskParamsFault(
  declared: readonly ParamSpec[] = [],
  given: readonly Param[] = [],
  variables: Variables,
): string | undefined {
  const missing = missingParams(declared, given);
  if (missing.length > 0) {
    return `missing values for these params which have no default values: ${listed(missing)}`;
  }
  const mistyped = mistypedParams(declared, given);
  if (mistyped.length > 0) {
    return `param types don't match the user-specified type: ${listed(mistyped)}`;
  }
  const keys = missingKeys(declared, variables);
  if (keys.size > 0) {
    return `missing keys for these params which are required in ParamSpec's properties ${listedByName(keys)}`;
  }
  return undefined;
}
