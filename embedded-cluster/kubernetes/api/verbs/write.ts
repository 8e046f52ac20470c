/** Creating and replacing objects, and what every write has in common. */

import { ApiFailure } from '../../definitions/failure.ts';
import { apiVersionOf } from '../../definitions/kind.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import { admit } from '../admission/admit.ts';
import { type Call, representationOf } from '../call.ts';
import type { Persistence } from '../objects/objects.ts';
import { persistenceFrom } from '../objects/persistence.ts';
import { inStorageVersion } from '../representation/versions.ts';
import { draftFrom, parseBody } from '../request/body.ts';
import { type ApiResponse, jsonText } from '../request/http.ts';
import { validated } from './field-validation.ts';
import { notesWriter } from './ownership.ts';

/** A new object's URL names its collection only; others name the object. */
export function createObject(call: Call): ApiResponse {
  const { world, kind, target } = call;
  const stored = inStorageVersion(kind, sentDraft(call), target.version);
  admit(call, stored, undefined);
  const finish = notesWriter(call);
  const created = world.objects.create(kind, stored, persistenceOf(call), finish);
  return answer(call, 201, created);
}

export function replaceObject(call: Call): ApiResponse {
  const { kind, target } = call;
  const draft = sentDraft(call);
  if (kind.origin === 'custom' && !draft.metadata.resourceVersion) {
    throw new ApiFailure(
      'Invalid',
      `${kind.plural}.${kind.group} "${target.name}" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update`,
    );
  }
  return answer(call, 200, writeOver(call, inStorageVersion(kind, draft, target.version)));
}

/** Writes what an update or a patch has made of an object. */
export function writeOver(call: Call, draft: DraftObject): KubeObject {
  const { world, kind, target } = call;
  const named = { ...draft, metadata: { ...draft.metadata, name: target.name ?? '' } };
  if (target.subresource === 'status') {
    return world.objects.updateStatus(kind, named, persistenceOf(call), notesWriter(call));
  }
  const previous = world.objects.get(kind, namespaceOf(call), target.name ?? '');
  admit(call, named, previous);
  return world.objects.update(kind, named, persistenceOf(call), notesWriter(call));
}

export function namespaceOf({ kind, target }: Call): string | undefined {
  return kind.scope === 'Namespaced' ? target.namespace : undefined;
}

export function persistenceOf({ target }: Call): Persistence {
  return persistenceFrom(target.query.getAll('dryRun'));
}

export function answer(call: Call, status: number, object: KubeObject): ApiResponse {
  return jsonText(status, representationOf(call).one(object));
}

/** What the client sent, once it is clear that it speaks of what the URL names. */
function sentDraft(call: Call): DraftObject {
  return validated(call, placed(call, draftFrom(parseBody(call.request))));
}

export function placed({ kind, target }: Call, draft: DraftObject): DraftObject {
  const apiVersion = apiVersionOf(kind, target.version);
  const { kind: sentKind = kind.kind, apiVersion: sentVersion = apiVersion } = draft;
  if (sentKind !== kind.kind || sentVersion !== apiVersion) {
    throw new ApiFailure(
      'BadRequest',
      `the API version in the data (${sentVersion}, Kind=${sentKind}) does not match the expected API version (${apiVersion}, Kind=${kind.kind})`,
    );
  }
  const { name, namespace } = draft.metadata;
  if (target.name !== undefined && name !== undefined && name !== target.name) {
    throw new ApiFailure(
      'BadRequest',
      `the name of the object (${name}) does not match the name on the URL (${target.name})`,
    );
  }
  if (kind.scope === 'Cluster') {
    const { namespace: _none, ...metadata } = draft.metadata;
    return { ...draft, apiVersion, kind: kind.kind, metadata };
  }
  if (namespace && namespace !== target.namespace) {
    throw new ApiFailure(
      'BadRequest',
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  const metadata = { ...draft.metadata, namespace: target.namespace ?? 'default' };
  return { ...draft, apiVersion, kind: kind.kind, metadata };
}
