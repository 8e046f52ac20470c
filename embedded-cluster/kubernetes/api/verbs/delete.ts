/** DELETE, of one object or of what a selector matches. */

import { ApiFailure } from '../../definitions/failure.ts';
import { isObject } from '../../definitions/json.ts';
import { collectionOf } from '../../definitions/kind.ts';
import { decode } from '../../definitions/schema/decode.ts';
import { typeShape } from '../../kinds/types/shapes.ts';
import { type Call, representationOf } from '../call.ts';
import type { DeleteOptions, Propagation } from '../objects/deletion.ts';
import type { Persistence } from '../objects/objects.ts';
import { persistenceFrom } from '../objects/persistence.ts';
import { parseBody } from '../request/body.ts';
import { type ApiResponse, json, jsonText } from '../request/http.ts';
import { isTrue } from '../request/target.ts';
import { predicateOf } from './list.ts';
import { answer, namespaceOf } from './write.ts';

// These are answered with themselves, other kinds with a Status, once they are gone.
const ANSWERED_WITH_THE_OBJECT = new Set([
  'persistentvolumeclaims',
  'pods',
  'resourcequotas',
  'serviceaccounts',
  'services',
]);

export function deleteObject(call: Call): ApiResponse {
  const { world, kind, target } = call;
  const namespace = namespaceOf(call);
  const { name = '' } = target;
  const { options, persistence } = requestOf(call);
  const left = world.objects.delete(kind, namespace, name, options, persistence);
  const remains = world.store.get(collectionOf(kind), namespace, name) !== undefined;
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
  const { options, persistence } = requestOf(call);
  const left = world.objects
    .list(kind, namespaceOf(call), predicateOf(kind, target.query))
    .map(({ metadata: { namespace, name } }) =>
      world.objects.delete(kind, namespace, name, options, persistence),
    );
  const resourceVersion = String(world.store.revision());
  return jsonText(200, representationOf(call).list(left, { resourceVersion }));
}

interface DeleteRequest {
  readonly options: DeleteOptions;
  readonly persistence: Persistence;
}

/** From the body or, where there is none, from the query. */
function requestOf(call: Call): DeleteRequest {
  const { request, target } = call;
  const sent = request.body?.length ? parseBody(request) : fromQuery(target.query);
  if (!isObject(sent)) throw new ApiFailure('BadRequest', 'DeleteOptions must be an object');
  const { value } = decode(sent, typeShape('DeleteOptions'));
  const { dryRun, orphanDependents, propagationPolicy, ...rest } = value;
  const orphaned = orphanDependents === true ? 'Orphan' : 'Background';
  const policy = propagationPolicy ?? (orphanDependents === undefined ? undefined : orphaned);
  const trial = [...target.query.getAll('dryRun'), ...(Array.isArray(dryRun) ? dryRun : [])];
  return {
    // Its fields were just held against their types.
    options: { ...rest, ...(policy === undefined ? {} : { propagationPolicy: known(policy) }) },
    persistence: persistenceFrom(trial),
  };
}

function fromQuery(query: URLSearchParams): object {
  const grace = query.get('gracePeriodSeconds');
  const policy = query.get('propagationPolicy');
  const orphan = query.get('orphanDependents');
  return {
    ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(policy === null ? {} : { propagationPolicy: policy }),
    ...(orphan === null ? {} : { orphanDependents: isTrue(orphan) }),
  };
}

function known(policy: unknown): Propagation {
  switch (policy) {
    case 'Background':
    case 'Foreground':
    case 'Orphan':
      return policy;
    default:
      throw new ApiFailure(
        'Invalid',
        `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: ${JSON.stringify(policy)}: supported values: "Background", "Foreground", "Orphan"`,
      );
  }
}
