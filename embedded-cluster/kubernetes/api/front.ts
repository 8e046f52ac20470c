/**
 * The Kubernetes API as a function from request to response. It holds no socket and asks no clock
 * but the world's, so that a simulation calls it just as the HTTPS server does.
 */

import { ApiFailure, methodNotAllowed, unknownResource } from '../definitions/failure.ts';
import type { Subresource } from '../definitions/kind.ts';
import type { World } from '../world.ts';
import { actingUser, authenticate } from './access/authentication.ts';
import { type Authorizer, createAuthorizer, forbidden } from './access/authorization.ts';
import { answerReview } from './access/reviews.ts';
import { podOf, type User } from './access/user.ts';
import { type Call, type FrontOptions, representationOf } from './call.ts';
import { answerPath } from './discovery/paths.ts';
import { SUBRESOURCES } from './discovery/verbs.ts';
import { type ApiRequest, type ApiResponse, jsonText, refusal, streamed } from './request/http.ts';
import { parseTarget, type Target } from './request/target.ts';
import { bindPod } from './subresources/binding.ts';
import { evictPod } from './subresources/eviction.ts';
import { finalizeNamespace } from './subresources/finalize.ts';
import { answerLog } from './subresources/log.ts';
import { answerScale } from './subresources/scale.ts';
import { requestToken } from './subresources/token.ts';
import { deleteCollection, deleteObject } from './verbs/delete.ts';
import { listPage } from './verbs/list.ts';
import { patchObject } from './verbs/patch.ts';
import { watchStream } from './verbs/watch.ts';
import { answer, createObject, namespaceOf, replaceObject } from './verbs/write.ts';

export type Front = (request: ApiRequest) => ApiResponse;

export function createFront(world: World, options: FrontOptions): Front {
  const authorizer = createAuthorizer(world.store);
  return (request) => {
    try {
      const target = parseTarget(request);
      const caller = authenticate(request.headers, options);
      const user = actingUser(request.headers, caller, authorizer);
      authorize(authorizer, options, user, target);
      if (target.type === 'path') return answerPath(world.store, options, request, target);
      const kind = options.catalog.find(target.group, target.version, target.resource);
      if (!kind) throw unknownResource();
      const warnings: string[] = [];
      const call: Call = { world, options, request, target, kind, user, warnings };
      return withWarnings(answerCall(call, authorizer), warnings);
    } catch (error) {
      if (error instanceof ApiFailure) return refusal(error);
      throw error;
    }
  };
}

function withWarnings(response: ApiResponse, warnings: readonly string[]): ApiResponse {
  if (warnings.length === 0) return response;
  const warning = warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ');
  return { ...response, headers: { ...response.headers, warning } };
}

function authorize(
  authorizer: Authorizer,
  { onCall }: FrontOptions,
  user: User,
  attributes: Target,
): void {
  const decision = authorizer.decide(user, attributes);
  const granted = decision.allowed ? decision.by : undefined;
  onCall?.({ user: user.name, pod: podOf(user), attributes, granted });
  if (!decision.allowed) throw forbidden(user, attributes, decision.reason);
}

function answerCall(call: Call, authorizer: Authorizer): ApiResponse {
  const { kind, target } = call;
  if (kind.storage === 'none') {
    if (target.verb !== 'create') throw methodNotAllowed();
    return answerReview(call, authorizer);
  }
  if (kind.scope === 'Namespaced' && target.verb === 'create' && !target.namespace) {
    throw methodNotAllowed();
  }
  if (target.subresource === undefined) return answerVerb(call);
  const served = kind.subresources?.find((name) => name === target.subresource);
  if (!served) throw unknownResource();
  if (!SUBRESOURCES[served].verbs.includes(target.verb)) throw methodNotAllowed();
  return answerSubresource(call, served);
}

function answerSubresource(call: Call, subresource: Subresource): ApiResponse {
  switch (subresource) {
    case 'status':
      return answerVerb(call);
    case 'scale':
      return answerScale(call);
    case 'log':
      return answerLog(call);
    case 'eviction':
      return evictPod(call);
    case 'binding':
      return bindPod(call);
    case 'token':
      return requestToken(call);
    case 'finalize':
      return finalizeNamespace(call);
  }
}

function answerVerb(call: Call): ApiResponse {
  const { world, kind, target } = call;
  switch (target.verb) {
    case 'get':
      return answer(call, 200, world.objects.get(kind, namespaceOf(call), target.name ?? ''));
    case 'list': {
      const { objects, meta } = listPage(world.store, kind, namespaceOf(call), target.query);
      return jsonText(200, representationOf(call).list(objects, meta));
    }
    case 'watch':
      return streamed(watchStream(world, { kind, target, representation: representationOf(call) }));
    case 'create':
      return createObject(call);
    case 'update':
      return replaceObject(call);
    case 'patch':
      return patchObject(call);
    case 'delete':
      return deleteObject(call);
    case 'deletecollection':
      return deleteCollection(call);
  }
}
