/**
 * The words in which a shape is written: each looks at a value, and says where and how it is not what it
 * should be. Nothing of the value itself is told: it is whatever somebody has written.
 */

/** Undefined: fine. Otherwise the path from where it was looked at, and what is wrong there. */
export type JsonShape = (value: unknown) => string | undefined;

/** Of a union, the one of that kind. */
export type One<T, Kind> = Extract<T, { readonly kind: Kind }>;
/** What stands under a key, where it is there. */
export type Part<T, Key extends keyof T> = NonNullable<T[Key]>;

export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const when =
  (isFine: (value: unknown) => boolean, fault: string): JsonShape =>
  (value) =>
    isFine(value) ? undefined : fault;

export const text = when((value) => typeof value === 'string', ' is no text');
export const flag = when((value) => typeof value === 'boolean', ' is neither true nor false');
export const number = when((value) => Number.isFinite(value), ' is not a number');
export const object = when(isObject, ' is not an object');
/** Passed on as it is, and never looked into. */
export const anything: JsonShape = () => undefined;

/** More pods than a cluster of Kubernetes holds: to scale to it is to take every node. */
const MOST_COUNT = 200_000;
export const count = when(
  (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_COUNT,
  ' is no count',
);

/** As Kubernetes has names; a release's own may be longer, and never leads anywhere. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;
export const name = when((value) => typeof value === 'string' && NAME.test(value), ' is no name');
const RELEASE = /^[A-Za-z0-9]([-A-Za-z0-9._]{0,251}[A-Za-z0-9])?$/;
export const releaseName = when(
  (value) => typeof value === 'string' && RELEASE.test(value),
  ' is no name of a release',
);

export function oneOf(values: readonly unknown[]): JsonShape {
  return when((value) => values.includes(value), ` must be one of ${values.join(', ')}`);
}

export function maybe(check: JsonShape): JsonShape {
  return (value) => (value === undefined ? undefined : check(value));
}

/** What suits one of them is fine; otherwise the last one says what is wrong. */
export function either(one: JsonShape, other: JsonShape): JsonShape {
  return (value) => (one(value) === undefined ? undefined : other(value));
}

export function each(check: JsonShape): JsonShape {
  return (value) => {
    if (!Array.isArray(value)) return ' is no list';
    for (const [index, item] of value.entries()) {
      const fault = check(item);
      if (fault !== undefined) return `/${index}${fault}`;
    }
    return undefined;
  };
}

/** By any key; the keys are not told: they are words of their writer. */
export function values(check: JsonShape): JsonShape {
  return (value) => {
    if (!isObject(value)) return ' is not an object';
    for (const item of Object.values(value)) {
      const fault = check(item);
      if (fault !== undefined) return `/*${fault}`;
    }
    return undefined;
  };
}

export const labels: JsonShape = (value) => {
  if (!isObject(value)) return ' is not an object';
  const isOdd = Object.values(value).some((item) => typeof item !== 'string');
  return isOdd ? ' has a value that is no text' : undefined;
};

/** A check for every key of a type: of a key that is new, the compiler says that it is missing. */
export function fields<T extends object>(
  checks: { readonly [Key in keyof T]-?: JsonShape },
): JsonShape {
  const all = Object.entries<JsonShape>(checks);
  return (value) => {
    if (!isObject(value)) return ' is not an object';
    for (const [key, check] of all) {
      const fault = check(value[key]);
      if (fault !== undefined) return `/${key}${fault}`;
    }
    return undefined;
  };
}

/** One of several shapes: which one it is, a key says. */
export function variants<Name extends string>(
  key: string,
  checks: { readonly [Each in Name]: JsonShape },
): JsonShape {
  const known: Readonly<Record<string, JsonShape>> = checks;
  return (value) => {
    if (!isObject(value)) return ' is not an object';
    const kind = value[key];
    const isKnown = typeof kind === 'string' && Object.hasOwn(known, kind);
    const check = isKnown ? known[kind] : undefined;
    return check ? check(value) : `/${key} must be one of ${Object.keys(known).join(', ')}`;
  };
}

/** By its keys the same kinds of values as an example has. What the example lacks is plain, or not there. */
export function alike(example: object): JsonShape {
  const kinds = Object.entries(example).map(([key, value]) => [key, kindOf(value)] as const);
  return fields<Json>(Object.fromEntries(kinds));
}

function kindOf(example: unknown): JsonShape {
  if (Array.isArray(example)) return each(anything);
  if (isObject(example)) return object;
  switch (typeof example) {
    case 'string':
      return text;
    case 'number':
      return number;
    case 'boolean':
      return flag;
    default:
      return maybe(either(flag, either(number, either(each(text), text))));
  }
}

export function both(one: JsonShape, other: JsonShape): JsonShape {
  return (value) => one(value) ?? other(value);
}
