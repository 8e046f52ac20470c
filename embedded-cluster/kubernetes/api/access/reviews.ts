/** Questions about who may do what, which the API answers and does not keep. */

import { unknownResource } from '../../definitions/failure.ts';
import { isObject } from '../../definitions/json.ts';
import type { DraftObject } from '../../store/object.ts';
import type { Call } from '../call.ts';
import { draftFrom, parseBody } from '../request/body.ts';
import { type ApiResponse, json } from '../request/http.ts';
import type { Authorizer } from './authorization.ts';
import type { Attributes } from './rules.ts';
import type { User } from './user.ts';

export function answerReview(call: Call, authorizer: Authorizer): ApiResponse {
  const review = draftFrom(parseBody(call.request));
  const spec = isObject(review.spec) ? review.spec : {};
  switch (call.kind.plural) {
    case 'selfsubjectaccessreviews':
      return reviewed(review, accessStatus(authorizer, call.user, spec));
    case 'subjectaccessreviews':
    case 'localsubjectaccessreviews':
      return reviewed(review, accessStatus(authorizer, subjectIn(spec), spec));
    case 'selfsubjectrulesreviews':
      return reviewed(review, rulesStatus(authorizer, call.user, String(spec.namespace ?? '')));
    case 'selfsubjectreviews':
      return reviewed(review, { userInfo: userInfo(call.user) });
    case 'tokenreviews': {
      const audiences = Array.isArray(spec.audiences) ? spec.audiences.map(String) : undefined;
      const user = call.options.tokens.userOf(String(spec.token ?? ''), audiences);
      return reviewed(review, user ? authenticated(user, audiences) : {});
    }
    default:
      throw unknownResource();
  }
}

function reviewed({ apiVersion, kind, spec }: DraftObject, status: object): ApiResponse {
  return json(201, { kind, apiVersion, metadata: {}, spec, status });
}

function subjectIn({ user, groups }: Record<string, unknown>): User {
  return {
    name: String(user ?? ''),
    groups: Array.isArray(groups) ? groups.map(String) : [],
  };
}

function authenticated(user: User, audiences: readonly string[] | undefined): object {
  return { authenticated: true, user: userInfo(user), ...(audiences && { audiences }) };
}

function userInfo({ name, uid, groups, extra }: User): object {
  return { username: name, ...(uid && { uid }), groups, ...(extra && { extra }) };
}

function accessStatus(authorizer: Authorizer, user: User, spec: Record<string, unknown>): object {
  const decision = authorizer.decide(user, attributesIn(spec));
  if (decision.allowed) return { allowed: true, reason: `RBAC: allowed by ${decision.by.role}` };
  return decision.reason === '' ? { allowed: false } : { allowed: false, reason: decision.reason };
}

function attributesIn({
  resourceAttributes: resource,
  nonResourceAttributes: path,
}: Record<string, unknown>): Attributes {
  if (isObject(path)) {
    return { type: 'path', verb: String(path.verb ?? ''), path: String(path.path ?? '') };
  }
  const wanted = isObject(resource) ? resource : {};
  const text = (name: string): string | undefined =>
    wanted[name] === undefined || wanted[name] === '' ? undefined : String(wanted[name]);
  return {
    type: 'resource',
    verb: text('verb') ?? '',
    group: text('group') ?? '',
    resource: text('resource') ?? '',
    subresource: text('subresource'),
    namespace: text('namespace'),
    name: text('name'),
  };
}

function rulesStatus(authorizer: Authorizer, user: User, namespace: string): object {
  const rules = authorizer.rulesOf(user, namespace).map(({ rule }) => rule);
  return {
    resourceRules: rules
      .filter(({ resources }) => resources?.length)
      .map(({ nonResourceURLs: _paths, ...rule }) => rule),
    nonResourceRules: rules
      .filter(({ nonResourceURLs }) => nonResourceURLs?.length)
      .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete: false,
  };
}
