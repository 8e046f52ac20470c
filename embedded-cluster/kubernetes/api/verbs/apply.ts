/** Server-side apply, as a PATCH of its own. */

import { ApiFailure } from '../../definitions/failure.ts';
import { collectionOf } from '../../definitions/kind.ts';
import type { DraftObject, KubeObject, ObjectMeta } from '../../store/object.ts';
import { admit } from '../admission/admit.ts';
import type { Call } from '../call.ts';
import { type Applied, applyConfig } from '../fields/apply.ts';
import { fieldsIn } from '../fields/compare.ts';
import { type ManagedSet, ownedPart, readManagers } from '../fields/managers.ts';
import { inStorageVersion } from '../representation/versions.ts';
import { draftFrom, parseBody } from '../request/body.ts';
import type { ApiResponse } from '../request/http.ts';
import { isTrue } from '../request/target.ts';
import { validated } from './field-validation.ts';
import { nowText, ownedShape, withManagers, writerOf } from './ownership.ts';
import { answer, namespaceOf, persistenceOf, placed } from './write.ts';

export function applyObject(call: Call): ApiResponse {
  const { world, kind, target } = call;
  if (!target.query.get('fieldManager')) {
    throw new ApiFailure(
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
  }
  const config = appliedConfig(call);
  const live = world.store.get(collectionOf(kind), namespaceOf(call), target.name ?? '');
  if (!live) return answer(call, 201, createApplied(call, config));
  return answer(call, 200, updateApplied(call, config, live));
}

function appliedConfig(call: Call): DraftObject {
  const { kind, target } = call;
  const sent = validated(call, placed(call, draftFrom(parseBody(call.request))));
  if (sent.metadata.managedFields?.length) {
    throw new ApiFailure('BadRequest', 'metadata.managedFields must be nil');
  }
  const config = inStorageVersion(kind, sent, target.version);
  if (target.subresource === 'status') {
    const { apiVersion, metadata, status } = config;
    return { apiVersion, kind: kind.kind, metadata, ...(status ? { status } : {}) };
  }
  if (!kind.subresources?.includes('status')) return config;
  const { status: _separate, ...rest } = config;
  return rest as DraftObject; // a status of its own is not part of what is applied
}

function createApplied(call: Call, config: DraftObject): KubeObject {
  const { world, kind, target } = call;
  const named = { ...config, metadata: { ...config.metadata, name: target.name ?? '' } };
  admit(call, named, undefined);
  const applier = { ...writerOf(call, 'Apply'), time: nowText(call) };
  const fields = fieldsIn(ownedPart(asObject(named)), ownedShape(call));
  return world.objects.create(kind, named, persistenceOf(call), (object) =>
    withManagers(object, [{ ...applier, fields }]),
  );
}

function updateApplied(call: Call, config: DraftObject, live: KubeObject): KubeObject {
  const { world, kind, target } = call;
  const { object, managers } = applied(call, config, live);
  const { metadata = {}, ...rest } = object as { metadata?: Partial<ObjectMeta> }; // an owned part
  const {
    labels: _l,
    annotations: _a,
    finalizers: _f,
    ownerReferences: _o,
    ...identity
  } = live.metadata;
  const draft: DraftObject = {
    ...rest,
    apiVersion: live.apiVersion,
    kind: kind.kind,
    metadata: {
      ...identity,
      ...metadata,
      // What the config says of these is a precondition.
      resourceVersion: config.metadata.resourceVersion ?? live.metadata.resourceVersion,
      uid: config.metadata.uid ?? live.metadata.uid,
    },
  };
  if (target.subresource === 'status') {
    return world.objects.updateStatus(kind, draft, persistenceOf(call), (result) =>
      withManagers(result, managers),
    );
  }
  admit(call, draft, live);
  return world.objects.update(kind, draft, persistenceOf(call), (result) =>
    withManagers(result, managers),
  );
}

function applied(call: Call, config: DraftObject, live: KubeObject): Applied {
  return applyConfig({
    live: ownedPart(live),
    config: ownedPart(asObject(config)),
    shape: ownedShape(call),
    managers: managersOf(call, live),
    applier: writerOf(call, 'Apply'),
    time: nowText(call),
    conflicts: isTrue(call.target.query.get('force') ?? 'false') ? 'forced' : 'refused',
  });
}

/** What nobody is known to own, whoever made it does: an apply must not take it without a word. */
function managersOf(call: Call, live: KubeObject): readonly ManagedSet[] {
  const known = readManagers(live.metadata.managedFields);
  if (known.length > 0) return known;
  const fields = fieldsIn(ownedPart(live), ownedShape(call));
  const { apiVersion } = live;
  return [{ manager: 'before-first-apply', operation: 'Update', apiVersion, fields }];
}

function asObject(draft: DraftObject): KubeObject {
  // Only its fields are looked at, not the identity that it does not have yet.
  return draft as KubeObject;
}
