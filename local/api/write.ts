/** The verbs that change objects: create, update, patch, delete. */
import type { DraftObject, KubeObject } from '../store/object.ts';
import { admit } from './admission.ts';
import { draftFrom, parseBody } from './body.ts';
import { type Call, representationOf } from './call.ts';
import type { DeleteOptions, Propagation } from './deletion.ts';
import { ApiFailure } from './failure.ts';
import { validated } from './field-validation.ts';
import { type ApiResponse, json } from './http.ts';
import { isObject } from './json.ts';
import { apiVersionOf } from './kind.ts';
import { predicateOf } from './list.ts';
import type { Persistence } from './objects.ts';
import { notesWriter } from './ownership.ts';
import { inStorageVersion } from './versions.ts';

/** A new object's URL names its collection only; others name the object. */
export function createObject(call: Call): ApiResponse {
  const { world, kind, target } = call;
  const stored = inStorageVersion(kind, sentDraft(call), target.version);
  admit(call.options.admissions, kind, stored, undefined);
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
  const { world, kind, target, options } = call;
  const named = { ...draft, metadata: { ...draft.metadata, name: target.name ?? '' } };
  if (target.subresource === 'status') {
    return world.objects.updateStatus(kind, named, persistenceOf(call), notesWriter(call));
  }
  const previous = world.objects.get(kind, namespaceOf(call), target.name ?? '');
  admit(options.admissions, kind, named, previous);
  return world.objects.update(kind, named, persistenceOf(call), notesWriter(call));
}

export function deleteObject(call: Call): ApiResponse {
  const { world, kind, target } = call;
  const namespace = namespaceOf(call);
  const { name = '' } = target;
  const left = world.objects.delete(
    kind,
    namespace,
    name,
    deleteOptions(call),
    persistenceOf(call),
  );
  const remains = world.store.get(collection(call), namespace, name) !== undefined;
  if (remains || ANSWERED_WITH_THE_OBJECT.has(kind.plural)) return answer(call, 200, left);
  return json(200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name,
      ...(kind.group ? { group: kind.group } : {}),
      kind: kind.plural,
      uid: left.metadata.uid,
    },
  });
}

export function deleteCollection(call: Call): ApiResponse {
  const { world, kind, target } = call;
  const options = deleteOptions(call);
  const left = world.objects
    .list(kind, namespaceOf(call), predicateOf(target.query))
    .map(({ metadata: { namespace, name } }) =>
      world.objects.delete(kind, namespace, name, options, persistenceOf(call)),
    );
  const body = representationOf(call).list(left, {
    resourceVersion: String(world.store.revision()),
  });
  return { ...json(200, null), body };
}

const ANSWERED_WITH_THE_OBJECT = new Set([
  'persistentvolumeclaims',
  'pods',
  'resourcequotas',
  'serviceaccounts',
  'services',
]);

function collection({ kind }: Call): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`;
}

export function namespaceOf({ kind, target }: Call): string | undefined {
  return kind.scope === 'Namespaced' ? target.namespace : undefined;
}

export function persistenceOf({ target }: Call): Persistence {
  const dryRun = target.query.getAll('dryRun');
  if (dryRun.length === 0) return 'kept';
  if (dryRun.every((value) => value === 'All')) return 'dry-run';
  throw new ApiFailure(
    'BadRequest',
    `dryRun: Unsupported value: "${dryRun}": supported values: "All"`,
  );
}

export function answer(call: Call, status: number, object: KubeObject): ApiResponse {
  return { ...json(status, null), body: representationOf(call).one(object) };
}

/** What the client sent, once it is clear that it speaks of what the URL names. */
export function sentDraft(call: Call): DraftObject {
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

/** From the body or, as kubectl and older clients do, from the query. */
function deleteOptions({ request, target: { query } }: Call): DeleteOptions {
  const sent = request.body?.length ? parseBody(request) : {};
  if (!isObject(sent)) throw new ApiFailure('BadRequest', 'DeleteOptions must be an object');
  const grace = query.get('gracePeriodSeconds');
  const policy = query.get('propagationPolicy') ?? undefined;
  const orphan = query.get('orphanDependents') ?? sent.orphanDependents;
  const options: DeleteOptions = {
    ...(orphan === undefined || orphan === null
      ? {}
      : { propagationPolicy: String(orphan) === 'true' ? 'Orphan' : 'Background' }),
    ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === undefined ? {} : { propagationPolicy: policy as Propagation }),
    ...sent,
  };
  const { propagationPolicy } = options;
  if (propagationPolicy && !['Background', 'Foreground', 'Orphan'].includes(propagationPolicy)) {
    throw new ApiFailure(
      'Invalid',
      `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "${propagationPolicy}": supported values: "Background", "Foreground", "Orphan"`,
    );
  }
  return options;
}
