/** Subresources that one function answers: binding, token, finalize. */
import { timestamp } from '../../clock.ts';
import { draftFrom, parseBody } from '../body.ts';
import type { Call } from '../call.ts';
import { ApiFailure } from '../failure.ts';
import { type ApiResponse, json } from '../http.ts';
import { isObject } from '../json.ts';
import { answer, namespaceOf, persistenceOf } from '../write.ts';

/** Puts a pod on a node. */
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

const SHORTEST_TOKEN_SECONDS = 600;
const DEFAULT_TOKEN_SECONDS = 3600;

/** A token for a ServiceAccount. */
export function requestToken(call: Call): ApiResponse {
  const { world, kind, target, options } = call;
  const request = draftFrom(parseBody(call.request));
  const spec = isObject(request.spec) ? request.spec : {};
  const expirationSeconds = Number(spec.expirationSeconds ?? DEFAULT_TOKEN_SECONDS);
  if (!(expirationSeconds >= SHORTEST_TOKEN_SECONDS)) {
    throw new ApiFailure(
      'Invalid',
      `TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: ${expirationSeconds}: may not specify a duration less than 10 minutes`,
    );
  }
  const account = world.objects.get(kind, namespaceOf(call), target.name ?? '');
  const issued = options.tokens.issue(account, expirationSeconds);
  return json(201, {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: target.name, namespace: target.namespace },
    spec: { ...spec, expirationSeconds },
    status: { token: issued.token, expirationTimestamp: timestamp(issued.expiresAtMs) },
  });
}

/** Writes the finalizers of a Namespace's spec and nothing else. */
export function finalizeNamespace(call: Call): ApiResponse {
  const { world, kind, target } = call;
  const namespace = world.objects.get(kind, undefined, target.name ?? '');
  const { spec, metadata } = draftFrom(parseBody(call.request));
  const { resourceVersion = namespace.metadata.resourceVersion } = metadata;
  const draft = { ...namespace, metadata: { ...namespace.metadata, resourceVersion }, spec };
  return answer(call, 200, world.objects.update(kind, draft, persistenceOf(call)));
}
