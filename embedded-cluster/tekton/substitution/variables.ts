/**
 * What `$(…)` may stand for. A layer (params, context, results, workspaces) is a map from canonical
 * names to values; `params['x']` and `params["x"]` are only other spellings of `params.x`.
 */
import type { Param, ParamSpec, ParamValue } from '../model/task.ts';

export type Variables = ReadonlyMap<string, ParamValue>;

const BRACKETED = /^(params|results|(?:tasks|finally)\.[^.]+\.results)\[(["'])(.*?)\2\]/;

function canonical(reference: string): string {
  return reference.replace(BRACKETED, '$1.$3');
}

/** The value of a reference as it stands between `$(` and `)`; undefined if it means nothing here. */
export function lookUp(variables: Variables, reference: string): ParamValue | undefined {
  const name = canonical(reference);
  const exact = variables.get(name);
  if (exact !== undefined) return exact;
  if (name.endsWith('[*]')) {
    const whole = variables.get(name.slice(0, -3));
    return typeof whole === 'string' ? undefined : whole;
  }
  const element = /^(.*)\[(\d+)\]$/.exec(name);
  if (element) {
    const [, list = '', index] = element;
    const values = variables.get(list);
    return isListValue(values) ? values[Number(index)] : undefined;
  }
  return keyOf(variables, name);
}

/** `params.database.port`: a key of the object `params.database`. */
function keyOf(variables: Variables, name: string): string | undefined {
  const dot = name.lastIndexOf('.');
  const object = dot === -1 ? undefined : variables.get(name.slice(0, dot));
  return isObjectValue(object) ? object[name.slice(dot + 1)] : undefined;
}

export function isListValue(value: ParamValue | undefined): value is readonly string[] {
  return Array.isArray(value);
}

export function isObjectValue(
  value: ParamValue | undefined,
): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && !Array.isArray(value);
}

/**
 * Params under `params.<name>`: the defaults that were declared, overridden by what was given. An
 * object that was given in part keeps the rest of its default.
 */
export function paramVariables(
  declared: readonly ParamSpec[] = [],
  given: readonly Param[] = [],
): Variables {
  const variables = new Map<string, ParamValue>();
  for (const { name, default: value } of declared) {
    if (value !== undefined) variables.set(`params.${name}`, value);
  }
  for (const { name, value } of given) {
    const initial = variables.get(`params.${name}`);
    const merged =
      isObjectValue(value) && isObjectValue(initial) ? { ...initial, ...value } : value;
    variables.set(`params.${name}`, merged);
  }
  return variables;
}

export function without(variables: Variables, names: Iterable<string>): Variables {
  const left = new Map(variables);
  for (const name of names) left.delete(name);
  return left;
}
