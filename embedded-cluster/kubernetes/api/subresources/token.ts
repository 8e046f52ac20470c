/** Tokens for ServiceAccounts, asked for one at a time. */
import { timestamp } from '../../../base/clock.ts';
import { ApiFailure } from '../../definitions/failure.ts';
import { isObject } from '../../definitions/json.ts';
import { PODS } from '../../kinds/core/core.ts';
import type { KubeObject } from '../../store/object.ts';
import { API_AUDIENCE } from '../access/tokens.ts';
import type { Call } from '../call.ts';
import { draftFrom, parseBody } from '../request/body.ts';
import { type ApiResponse, json } from '../request/http.ts';
import { namespaceOf } from '../verbs/write.ts';

const SHORTEST_TOKEN_SECONDS = 600;
const DEFAULT_TOKEN_SECONDS = 3600;

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
  const audiences =
    Array.isArray(spec.audiences) && spec.audiences.length > 0
      ? spec.audiences.map(String)
      : [API_AUDIENCE];
  const account = world.objects.get(kind, namespaceOf(call), target.name ?? '');
  const boundTo = boundPod(call, account, spec.boundObjectRef);
  const issued = options.tokens.issue(account, {
    lifetimeSeconds: expirationSeconds,
    audiences,
    boundTo,
  });
  return json(201, {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name: target.name, namespace: target.namespace },
    spec: { ...spec, audiences, expirationSeconds },
    status: { token: issued.token, expirationTimestamp: timestamp(issued.expiresAtMs) },
  });
}

/** The pod that the token is to end with, which must run as the account. */
function boundPod(call: Call, account: KubeObject, reference: unknown): KubeObject | undefined {
  if (!isObject(reference)) return undefined;
  if (reference.kind !== 'Pod') {
    throw new ApiFailure('BadRequest', `cannot bind token to object of type ${reference.kind}`);
  }
  const pod = call.world.objects.get(PODS, namespaceOf(call), String(reference.name ?? ''));
  const { name } = account.metadata;
  if (!isObject(pod.spec) || pod.spec.serviceAccountName !== name) {
    throw new ApiFailure(
      'BadRequest',
      `cannot bind token for serviceaccount "${name}" to pod running with different serviceaccount name.`,
    );
  }
  if (reference.uid !== undefined && reference.uid !== pod.metadata.uid) {
    throw new ApiFailure(
      'Conflict',
      `the UID in the bound object reference (${reference.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  return pod;
}
