// Writing objects of any kind into a world, as the API would store them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { KINDS_AT_BIRTH } from '../../../cluster/kinds.ts';
import { kindOf } from '../../../kubernetes/kinds/registry.ts';
import type { DraftObject, KubeObject } from '../../../kubernetes/store/object.ts';
import type { World } from '../../../kubernetes/world.ts';

export function create(world: World, namespace: string, draft: unknown): KubeObject {
  const object = draft as DraftObject; // what tests write down are objects
  const kind = kindOf(KINDS_AT_BIRTH, object);
  if (!kind) throw new Error(`no kind ${object.kind}`);
  const stored = object.apiVersion.endsWith(kind.versions[0])
    ? object
    : (kind.convert?.(object, kind.versions[0]) ?? object);
  return world.objects.create(kind, {
    ...stored,
    metadata: { namespace, ...stored.metadata },
  });
}

/** The objects in a YAML file beside the tests. */
export function documents(file: string): unknown[] {
  const text = readFileSync(join(import.meta.dirname, '..', file), 'utf8');
  return parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS());
}
