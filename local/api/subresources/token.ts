/** Tokens for ServiceAccounts, asked for one at a time. */
import { timestamp } from '../../clock.ts';
import { draftFrom, parseBody } from '../body.ts';
import type { Call } from '../call.ts';
import { ApiFailure } from '../failure.ts';
import { type ApiResponse, json } from '../http.ts';
import { isObject } from '../json.ts';
import { namespaceOf } from '../write.ts';

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
