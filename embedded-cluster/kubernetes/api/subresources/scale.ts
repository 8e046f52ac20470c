/** How many replicas a workload has and is to have, whatever its kind. */

import { ApiFailure, methodNotAllowed } from '../../definitions/failure.ts';
import { isObject } from '../../definitions/json.ts';
import { type LabelSelector, selectorText } from '../../definitions/selectors.ts';
import type { DraftObject, KubeObject } from '../../store/object.ts';
import type { Call } from '../call.ts';
import { draftFrom, parseBody } from '../request/body.ts';
import { type ApiResponse, json } from '../request/http.ts';
import { notesWriter } from '../verbs/ownership.ts';
import { patchedWith } from '../verbs/patch.ts';
import { namespaceOf, persistenceOf } from '../verbs/write.ts';

export function answerScale(call: Call): ApiResponse {
  const { world, kind, target } = call;
  const object = world.objects.get(kind, namespaceOf(call), target.name ?? '');
  const scale = scaleOf(object);
  switch (target.verb) {
    case 'get':
      return json(200, scale);
    case 'update':
      return json(200, scaleOf(scaled(call, object, draftFrom(parseBody(call.request)))));
    case 'patch':
      return json(200, scaleOf(scaled(call, object, draftFrom(patchedWith(call, scale)))));
    default:
      throw methodNotAllowed();
  }
}

function scaled(call: Call, object: KubeObject, scale: DraftObject): KubeObject {
  const { world, kind } = call;
  const { replicas = 0 } = isObject(scale.spec) ? scale.spec : {};
  if (typeof replicas !== 'number' || replicas < 0) {
    throw new ApiFailure(
      'Invalid',
      `Scale.autoscaling "${object.metadata.name}" is invalid: spec.replicas: Invalid value: ${JSON.stringify(replicas)}: must be greater than or equal to 0`,
    );
  }
  const { resourceVersion = object.metadata.resourceVersion } = scale.metadata;
  const draft = {
    ...object,
    metadata: { ...object.metadata, resourceVersion },
    spec: { ...(isObject(object.spec) ? object.spec : {}), replicas },
  };
  return world.objects.update(kind, draft, persistenceOf(call), notesWriter(call));
}

function scaleOf({ metadata, spec, status }: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  const { replicas = 0, selector } = isObject(spec) ? spec : {};
  const { replicas: running = 0 } = isObject(status) ? status : {};
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      uid,
      resourceVersion,
      creationTimestamp,
    },
    // As Go leaves out what is zero.
    spec: replicas === 0 ? {} : { replicas },
    // The kinds that scale have a selector of this form.
    status: { replicas: running, selector: selectorText(selector as LabelSelector | undefined) },
  };
}
