/** Notes in `metadata.managedFields` who has written what. */
import { timestamp } from '../../../base/clock.ts';
import { apiVersionOf } from '../../definitions/kind.ts';
import { ANY, type Shape } from '../../definitions/schema/shape.ts';
import { shapeOf } from '../../kinds/types/shapes.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Call } from '../call.ts';
import {
  afterUpdate,
  type ManagedSet,
  type Manager,
  ownedPart,
  readManagers,
  writeManagers,
} from '../fields/managers.ts';
import type { Finish } from '../objects/objects.ts';

const LONGEST_NAME = 128;

export function ownedShape({ world, kind }: Call): Shape {
  return shapeOf(world.store, kind, kind.versions[0]) ?? ANY;
}

export function nowText({ world }: Call): string {
  return timestamp(world.clock.now());
}

/** Who writes, by its own word or by the name of its program. */
export function writerOf(call: Call, operation: Manager['operation']): Manager {
  const { request, target, kind } = call;
  const program = (request.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown';
  return {
    manager: (target.query.get('fieldManager') || program).slice(0, LONGEST_NAME),
    operation,
    apiVersion: apiVersionOf(kind, target.version),
    ...(target.subresource === undefined ? {} : { subresource: target.subresource }),
  };
}

/** Gives the writer what it has changed, and takes that from whoever had it. */
export function notesWriter(call: Call): Finish {
  return (object, previous) => {
    const sent = object.metadata.managedFields;
    // An empty list is how a client asks for all that is known of owners to be forgotten.
    if (previous && sent?.length === 0) return object;
    const managers = afterUpdate(
      readManagers(sent ?? previous?.metadata.managedFields),
      writerOf(call, 'Update'),
      nowText(call),
      previous ? ownedPart(previous) : {},
      ownedPart(object),
      ownedShape(call),
    );
    return withManagers(object, managers);
  };
}

export function withManagers(object: KubeObject, managers: readonly ManagedSet[]): KubeObject {
  const managedFields = writeManagers(managers);
  const { managedFields: _before, ...metadata } = object.metadata;
  return {
    ...object,
    metadata: managedFields.length > 0 ? { ...metadata, managedFields } : metadata,
  };
}
