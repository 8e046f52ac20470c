/** What the API answers, looked at before it is read: a proxy in between may answer anything. */
import { jsonOf, MOST_OF_LARGE } from '../../core/base/json.ts';
import type { KubernetesObject } from '../../core/kubernetes/objects.ts';
import type { Page } from './pages.ts';

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

const CHANGES = ['ADDED', 'MODIFIED', 'DELETED'];

/** Undefined where the text is not an object of the API. */
export function objectIn(text: string): KubernetesObject | undefined {
  const value = jsonOf(text, MOST_OF_LARGE);
  return isNamed(value) ? value : undefined;
}

/** Undefined where the text is no list of the API, or no page of one. */
export function pageIn<T>(text: string): Page<T> | undefined {
  const { metadata, items } = Object(jsonOf(text, MOST_OF_LARGE));
  const { resourceVersion, continue: token } = Object(metadata);
  const isList = typeof resourceVersion === 'string' && [undefined, String(token)].includes(token);
  // Go writes a slice that was never made as null.
  const found: unknown = items ?? [];
  if (!isList || !Array.isArray(found) || !found.every(isNamed)) return undefined;
  return { metadata, items: found as unknown as readonly T[] }; // of the kind that was asked for
}

/** Undefined where the line is no event of a watch. */
export function eventIn<T>(line: string): WatchEvent<T> | undefined {
  const event = jsonOf(line, MOST_OF_LARGE);
  const { type, object } = Object(event);
  const isOne = CHANGES.includes(type) ? isNamed(object) : ['BOOKMARK', 'ERROR'].includes(type);
  return isOne ? (event as WatchEvent<T>) : undefined; // its object is of the kind that is watched
}

function isNamed(value: unknown): value is KubernetesObject {
  const { name } = Object(Object(value).metadata);
  return typeof name === 'string' && name !== '';
}
