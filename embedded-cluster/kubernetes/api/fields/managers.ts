/** Who owns which fields of an object: `metadata.managedFields`, read and written. */

import type { Shape } from '../../definitions/schema/shape.ts';
import type { KubeObject, ManagedFieldsEntry } from '../../store/object.ts';
import { compare } from './compare.ts';
import {
  difference,
  type FieldSet,
  fromFieldsV1,
  isEmpty,
  toFieldsV1,
  union,
  without,
} from './field-set.ts';

export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string;
}

export interface ManagedSet extends Manager {
  readonly time?: string;
  readonly fields: FieldSet;
}

export function isSameManager(a: Manager, b: Manager): boolean {
  return a.manager === b.manager && a.operation === b.operation && a.subresource === b.subresource;
}

export function readManagers(entries: readonly ManagedFieldsEntry[] = []): ManagedSet[] {
  return entries.map(({ fieldsV1, fieldsType: _always, ...entry }) => ({
    ...entry,
    fields: fromFieldsV1(fieldsV1),
  }));
}

export function writeManagers(managers: readonly ManagedSet[]): ManagedFieldsEntry[] {
  const order = (entry: ManagedSet): number => (entry.operation === 'Apply' ? 0 : 1);
  return managers
    .filter(({ fields }) => !isEmpty(fields))
    .sort((a, b) => order(a) - order(b))
    .map(({ fields, ...entry }) => ({
      ...entry,
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(fields),
    }));
}

/** The part of an object whose fields have owners: not its type, nor what is the server's. */
export function ownedPart({ apiVersion: _a, kind: _k, metadata, ...rest }: KubeObject): object {
  const { labels, annotations, finalizers, ownerReferences } = metadata;
  const owned = { labels, annotations, finalizers, ownerReferences };
  const present = Object.entries(owned).filter(([, value]) => value !== undefined);
  return { ...(present.length > 0 ? { metadata: Object.fromEntries(present) } : {}), ...rest };
}

/** After a write that is no apply: whoever writes a field owns it, alone. */
export function afterUpdate(
  managers: readonly ManagedSet[],
  writer: Manager,
  time: string,
  before: object,
  after: object,
  shape: Shape,
): readonly ManagedSet[] {
  const { changed, removed } = compare(before, after, shape);
  if (isEmpty(changed) && isEmpty(removed)) return managers;
  const others = managers
    .filter((entry) => !isSameManager(entry, writer))
    .map((entry) => ({ ...entry, fields: without(difference(entry.fields, changed), removed) }));
  const mine = managers.find((entry) => isSameManager(entry, writer));
  const kept = mine && without(mine.fields, removed);
  const fields = kept ? union(kept, changed) : changed;
  return [...others, { ...writer, time, fields }];
}
