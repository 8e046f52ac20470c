/**
 * Whether a JSON value has the shape that it should have. Anyone may have written it: what is acted on
 * is looked at first. Texts say what is wrong, and where.
 */

/** Undefined: fine. Otherwise the path from where it was looked at, and what is wrong there. */
export type JsonShape = (value: unknown) => string | undefined;

type Json = Readonly<Record<string, unknown>>;

/** As Kubernetes has names; a release's own may be longer, and never leads anywhere. */
const NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

export const name: JsonShape = (value) =>
  typeof value === 'string' && NAME.test(value) ? undefined : ' is no name';
export const text: JsonShape = (value) => (typeof value === 'string' ? undefined : ' is no text');
export const number: JsonShape = (value) =>
  Number.isFinite(value) ? undefined : ' is not a number';
/** More pods than a cluster of Kubernetes holds: to scale to it is to take every node. */
const MOST_COUNT = 200_000;
export const count: JsonShape = (value) =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MOST_COUNT
    ? undefined
    : ' is no count';
export const object: JsonShape = (value) => (isObject(value) ? undefined : ' is not an object');
export const oneOf =
  (values: readonly unknown[]): JsonShape =>
  (value) =>
    values.includes(value) ? undefined : ` must be one of ${values.join(', ')}`;
export const maybe =
  (shape: JsonShape): JsonShape =>
  (value) =>
    value === undefined ? undefined : shape(value);
export const each =
  (shape: JsonShape): JsonShape =>
  (value) => {
    if (!Array.isArray(value)) return ' is no list';
    for (const [index, item] of value.entries()) {
      const fault = shape(item);
      if (fault !== undefined) return `/${index}${fault}`;
    }
    return undefined;
  };
export const labels: JsonShape = (value) => {
  if (!isObject(value)) return ' is not an object';
  const isOdd = Object.values(value).some((item) => typeof item !== 'string');
  return isOdd ? ' has a value that is no text' : undefined;
};
export const fields =
  (shapes: Readonly<Record<string, JsonShape>>): JsonShape =>
  (value) => {
    if (!isObject(value)) return ' is not an object';
    for (const [key, shape] of Object.entries(shapes)) {
      const fault = shape(value[key]);
      if (fault !== undefined) return `/${key}${fault}`;
    }
    return undefined;
  };

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
