/**
 * What may stand in an object, said by example: checks for values, put together the way the values
 * are. What no check speaks of is refused with the path to it, never ignored.
 */

import { parseDuration } from '../../base/duration.ts';
import type { FailureCause } from '../../kubernetes/definitions/failure.ts';

export type Check = (value: unknown, path: string) => readonly FailureCause[];

export function fault(message: string, field: string): FailureCause {
  return { reason: 'FieldValueInvalid', message, field };
}

function must(holds: (value: unknown) => boolean, kind: string): Check {
  return (value, path) =>
    holds(value)
      ? []
      : [fault(`invalid value: must be ${kind}, is ${JSON.stringify(value)}`, path)];
}

export const text = must((value) => typeof value === 'string', 'a string');
export const flag = must((value) => typeof value === 'boolean', 'true or false');
export const whole = must((value) => Number.isInteger(value), 'a whole number');
export const texts = listOf(text);
export const textMap = mapOf(text);
/** Passed on to others, who check it themselves. */
export const anything: Check = () => [];

export const duration = must(
  (value) => typeof value === 'string' && (parseDuration(value) ?? -1) >= 0,
  'a duration such as 1h30m',
);

/** `cpu: 1`, `memory: 96Mi` */
export const quantities = mapOf(
  must((value) => /^[+-]?[0-9.]+([eE][-+]?\d+|[numkMGTPE]i?)?$/.test(String(value)), 'a quantity'),
);

export const paramValue = must(
  (value) =>
    typeof value === 'string' ||
    (typeof value === 'object' &&
      value !== null &&
      Object.values(value).every((one) => typeof one === 'string')),
  'a string, a list of strings or an object of strings',
);

export function oneOf(...values: readonly string[]): Check {
  return must((value) => values.some((one) => one === value), `one of ${values.join(', ')}`);
}

export function listOf(check: Check): Check {
  return (value, path) =>
    Array.isArray(value)
      ? value.flatMap((element, index) => check(element, `${path}[${index}]`))
      : [fault('invalid value: must be a list', path)];
}

export function mapOf(check: Check): Check {
  return (value, path) =>
    isObject(value)
      ? Object.entries(value).flatMap(([key, inner]) => check(inner, `${path}.${key}`))
      : [fault('invalid value: must be an object', path)];
}

/** A field whose name ends in `!` must be there. */
export function fields(checks: Readonly<Record<string, Check>>): Check {
  const known = new Map(
    Object.entries(checks).map(([name, check]) => [name.replace('!', ''), check]),
  );
  const required = Object.keys(checks).flatMap((name) =>
    name.endsWith('!') ? name.slice(0, -1) : [],
  );
  return (value, path) => {
    if (!isObject(value)) return [fault('invalid value: must be an object', path)];
    const within = (name: string): string => (path === '' ? name : `${path}.${name}`);
    const present = Object.entries(value).filter(
      ([, inner]) => inner !== undefined && inner !== null,
    );
    const names = new Set(present.map(([name]) => name));
    return [
      ...required
        .filter((name) => !names.has(name))
        .map((name) => fault('missing field(s)', within(name))),
      ...present.flatMap(([name, inner]) => (known.get(name) ?? unknownField)(inner, within(name))),
    ];
  };
}

const unknownField: Check = (_value, path) => [fault('unknown field', path)];

/** Where Tekton would go on and this runner cannot. */
export function unsupported(what: string): Check {
  return (_value, path) => [fault(`${what} not supported by the embedded cluster`, path)];
}

/** What a stock install of Tekton refuses. */
export function alpha(what: string): Check {
  const why = `${what} requires "enable-api-fields" feature gate to be "alpha" but it is "beta"`;
  return (_value, path) => [fault(why, path)];
}

export function flagged(featureFlag: string, what: string): Check {
  const why = `feature flag ${featureFlag} should be set to true to use ${what}`;
  return (_value, path) => [fault(why, path)];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
