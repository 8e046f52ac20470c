/** Objects of several kinds in one map, each under its kind and name: `HTTPRoute/pay`. */
import type { KubernetesObject } from './objects.ts';

export type ByName = ReadonlyMap<string, KubernetesObject>;

export function keyOf(kind: string, name: string): string {
  return `${kind}/${name}`;
}

export function byName(objects: readonly KubernetesObject[]): ByName {
  return new Map(objects.map((object) => [keyOf(object.kind, object.metadata.name), object]));
}

/** `T` is the type of the objects of `kind`. */
export function named<T extends KubernetesObject>(
  objects: ByName,
  kind: string,
  name: string,
): T | undefined {
  return objects.get(keyOf(kind, name)) as T | undefined; // what stands there is of that kind
}
