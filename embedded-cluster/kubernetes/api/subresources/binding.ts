/** Which node a pod goes to. */

import { ApiFailure } from '../../definitions/failure.ts';
import { isObject } from '../../definitions/json.ts';
import type { Call } from '../call.ts';
import { draftFrom, parseBody } from '../request/body.ts';
import { type ApiResponse, json } from '../request/http.ts';
import { namespaceOf, persistenceOf } from '../verbs/write.ts';

export function bindPod(call: Call): ApiResponse {
  const { world, kind, target } = call;
  const sent = draftFrom(parseBody(call.request));
  const { name: node } = isObject(sent.target) ? sent.target : {};
  const pod = world.objects.get(kind, namespaceOf(call), target.name ?? '');
  const spec = isObject(pod.spec) ? pod.spec : {};
  if (typeof node !== 'string' || node === '') {
    throw new ApiFailure('BadRequest', 'target.name: Required value');
  }
  if (spec.nodeName) {
    throw new ApiFailure(
      'Conflict',
      `Operation cannot be fulfilled on pods/binding "${target.name}": pod ${target.name} is already assigned to node "${spec.nodeName}"`,
      { name: target.name ?? '', kind: 'pods/binding' },
    );
  }
  const bound = { ...pod, spec: { ...spec, nodeName: node } };
  world.objects.update(kind, bound, persistenceOf(call));
  return json(201, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    code: 201,
  });
}
