/**
 * Kubernetes' strategic merge patch: a merge patch that merges lists by the identity of their items,
 * with directives for what a merge cannot say.
 */
import { ApiFailure } from '../../definitions/failure.ts';
import { isObject } from '../../definitions/json.ts';
import {
  ANY,
  type ItemIdentity,
  type ListShape,
  type Shape,
} from '../../definitions/schema/shape.ts';

type Fields = Record<string, unknown>;

const DIRECTIVE = '$patch';
const RETAIN = '$retainKeys';
const ORDER = '$setElementOrder/';
const DROP = '$deleteFromPrimitiveList/';

export function strategicMerge(target: unknown, patch: unknown, shape: Shape): unknown {
  if (Array.isArray(patch)) return mergeList(target, patch, shape);
  if (!isObject(patch)) return patch;
  return mergeFields(isObject(target) ? target : {}, patch, shape);
}

function mergeFields(target: Fields, patch: Fields, shape: Shape): Fields {
  const { [DIRECTIVE]: directive, [RETAIN]: retained, ...rest } = patch;
  if (directive === 'replace') return withoutDirectives(rest);
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') throw unknownDirective(directive);
  const result = Array.isArray(retained) ? only(target, retained) : { ...target };
  for (const [name, value] of Object.entries(rest)) {
    if (name.startsWith(ORDER) || name.startsWith(DROP)) continue;
    if (value === null) delete result[name];
    else result[name] = strategicMerge(result[name], value, shapeAt(shape, name));
  }
  for (const [name, value] of Object.entries(rest)) {
    if (!Array.isArray(value)) continue;
    if (name.startsWith(DROP)) {
      const list = name.slice(DROP.length);
      result[list] = itemsOf(result[list]).filter((item) => !value.includes(item));
    } else if (name.startsWith(ORDER)) {
      const list = name.slice(ORDER.length);
      if (result[list] === undefined) continue;
      result[list] = ordered(itemsOf(result[list]), value, shapeAt(shape, list));
    }
  }
  return result;
}

function mergeList(target: unknown, patch: readonly unknown[], shape: Shape): unknown[] {
  const list: ListShape =
    shape.type === 'list' ? shape : { type: 'list', items: ANY, identity: { by: 'position' } };
  const replaces = patch.some(
    (item) => isObject(item) && item[DIRECTIVE] === 'replace' && Object.keys(item).length === 1,
  );
  if (list.identity.by === 'position' || replaces) {
    return patch
      .filter((item) => !(isObject(item) && item[DIRECTIVE] !== undefined))
      .map(withoutDirectivesIn);
  }
  const { identity } = list;
  return patch.reduce(
    (items: unknown[], item) => mergeItem(items, item, list, identity),
    [...itemsOf(target)],
  );
}

function mergeItem(
  items: readonly unknown[],
  item: unknown,
  list: ListShape,
  identity: ItemIdentity,
): unknown[] {
  const at = items.findIndex((other) => mergeKey(identity, other) === mergeKey(identity, item));
  if (!isObject(item)) return at < 0 ? [...items, item] : [...items];
  if (mergeKey(identity, item) === undefined) {
    const key = identity.by === 'keys' ? identity.keys[0] : '';
    throw new ApiFailure('BadRequest', `map does not contain key: ${key}`);
  }
  const { [DIRECTIVE]: directive, ...fields } = item;
  switch (directive) {
    case 'delete':
      return items.filter((_, index) => index !== at);
    case 'replace':
      return at < 0 ? [...items, fields] : items.with(at, fields);
    case 'merge':
    case undefined: {
      const merged = strategicMerge(at < 0 ? {} : items[at], fields, list.items);
      return at < 0 ? [...items, merged] : items.with(at, merged);
    }
    default:
      throw unknownDirective(directive);
  }
}

/** Unlike ownership, a strategic merge tells items apart by the first of their keys alone. */
function mergeKey(identity: ItemIdentity, item: unknown): string | undefined {
  switch (identity.by) {
    case 'position':
      return undefined;
    case 'value':
      return JSON.stringify(item);
    case 'keys': {
      const key = isObject(item) ? item[identity.keys[0] ?? ''] : undefined;
      return key === undefined ? undefined : JSON.stringify(key);
    }
  }
}

/** The items that `order` names take, among themselves, the places they hold, in its order. */
function ordered(items: readonly unknown[], order: readonly unknown[], shape: Shape): unknown[] {
  if (shape.type !== 'list') return [...items];
  const { identity } = shape;
  const rank = new Map(order.map((item, at) => [mergeKey(identity, item), at]));
  const rankOf = (item: unknown): number | undefined => rank.get(mergeKey(identity, item));
  const named = items
    .filter((item) => rankOf(item) !== undefined)
    .sort((a, b) => (rankOf(a) ?? 0) - (rankOf(b) ?? 0));
  return items.map((item) => (rankOf(item) === undefined ? item : named.shift()));
}

function shapeAt(shape: Shape, name: string): Shape {
  switch (shape.type) {
    case 'struct':
      return shape.fields.get(name)?.shape ?? ANY;
    case 'map':
      return shape.values;
    default:
      return ANY;
  }
}

function only(target: Fields, names: readonly unknown[]): Fields {
  return Object.fromEntries(Object.entries(target).filter(([name]) => names.includes(name)));
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function withoutDirectivesIn(value: unknown): unknown {
  return isObject(value) ? withoutDirectives(value) : value;
}

function withoutDirectives(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => !name.startsWith('$') && value !== null),
  );
}

function unknownDirective(directive: unknown): ApiFailure {
  return new ApiFailure('BadRequest', `Unknown patch type: ${String(directive)}`);
}
