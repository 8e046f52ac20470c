/** What must hold before an object is written, and the refusals where it does not. */

import { ApiFailure, type FailureCause } from '../../definitions/failure.ts';
import { tooLong, when } from '../../definitions/field-faults.ts';
import { collectionOf, type Kind } from '../../definitions/kind.ts';
import { keyFaults, labelFaults, nameFaults } from '../../definitions/names.ts';
import type { KubeObject } from '../../store/object.ts';
import type { Store } from '../../store/store.ts';

export function notFound(kind: Kind, name: string): ApiFailure {
  return new ApiFailure('NotFound', `${collectionOf(kind)} "${name}" not found`, {
    name,
    ...(kind.group ? { group: kind.group } : {}),
    kind: kind.plural,
  });
}

export function alreadyExists(kind: Kind, name: string): ApiFailure {
  return new ApiFailure('AlreadyExists', `${collectionOf(kind)} "${name}" already exists`, {
    name,
    ...(kind.group ? { group: kind.group } : {}),
    kind: kind.plural,
  });
}

/** What is wrong with an object, or with changing `previous` into it. */
export function faultsOf(
  kind: Kind,
  object: KubeObject,
  previous: KubeObject | undefined,
): FailureCause[] {
  return [...metadataFaults(kind, object), ...(kind.faults?.(object, previous) ?? [])];
}

const LARGEST_ANNOTATIONS_BYTES = 256 * 1024;

function metadataFaults(kind: Kind, { metadata }: KubeObject): FailureCause[] {
  const annotations = Object.entries(metadata.annotations ?? {});
  const bytes = annotations.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  return [
    ...nameFaults('metadata.name', metadata.name, kind.names),
    ...labelFaults('metadata.labels', metadata.labels),
    ...annotations.flatMap(([key]) => keyFaults('metadata.annotations', key.toLowerCase())),
    ...when(bytes > LARGEST_ANNOTATIONS_BYTES, () =>
      tooLong('metadata.annotations', LARGEST_ANNOTATIONS_BYTES),
    ),
  ];
}

export function requireNamespace(store: Store, kind: Kind, namespace: string | undefined): void {
  if (kind.scope === 'Cluster' || namespace === undefined) return;
  const found = store.get('namespaces', undefined, namespace);
  if (!found) {
    throw new ApiFailure('NotFound', `namespaces "${namespace}" not found`, {
      name: namespace,
      kind: 'namespaces',
    });
  }
  if (found.metadata.deletionTimestamp) {
    throw new ApiFailure(
      'Forbidden',
      `unable to create new content in namespace ${namespace} because it is being terminated`,
    );
  }
}

export function refuseFaults(kind: Kind, name: string, faults: FailureCause[] = []): void {
  if (faults.length === 0) return;
  const list = faults.map(({ field, message }) => `${field}: ${message}`);
  const text = list.length === 1 ? list[0] : `[${list.join(', ')}]`;
  const typeName = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
  throw new ApiFailure('Invalid', `${typeName} "${name}" is invalid: ${text}`, {
    name,
    group: kind.group,
    kind: kind.kind,
    causes: faults,
  });
}

export function refuseStale(
  kind: Kind,
  stored: KubeObject,
  wanted: { uid?: string; resourceVersion?: string },
): void {
  const { name, uid, resourceVersion } = stored.metadata;
  const refuse = (why: string): never => {
    throw new ApiFailure(
      'Conflict',
      `Operation cannot be fulfilled on ${collectionOf(kind)} "${name}": ${why}`,
      { name, ...(kind.group ? { group: kind.group } : {}), kind: kind.plural },
    );
  };
  if (wanted.uid && wanted.uid !== uid) {
    refuse(`Precondition failed: UID in precondition: ${wanted.uid}, UID in object meta: ${uid}`);
  }
  if (wanted.resourceVersion && wanted.resourceVersion !== resourceVersion) {
    refuse(
      'the object has been modified; please apply your changes to the latest version and try again',
    );
  }
}
