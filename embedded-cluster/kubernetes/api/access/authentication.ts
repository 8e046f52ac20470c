/** Finds out who calls: by bearer token, and by the headers of one user acting as another. */
import { ApiFailure } from '../../definitions/failure.ts';
import type { Headers } from '../request/http.ts';
import { type Authorizer, forbidden } from './authorization.ts';
import type { Tokens } from './tokens.ts';
import { ADMIN, impersonated, type User } from './user.ts';

export interface Credentials {
  readonly adminToken: string;
  readonly tokens: Tokens;
}

export function authenticate(headers: Headers, { adminToken, tokens }: Credentials): User {
  const [, token] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const user = token === adminToken ? ADMIN : token && tokens.userOf(token);
  if (!user) throw new ApiFailure('Unauthorized', 'Unauthorized');
  return user;
}

/** The user to act as; whoever asks for that must be granted `impersonate` on the user. */
export function actingUser(headers: Headers, user: User, authorizer: Authorizer): User {
  const name = headers['impersonate-user'];
  if (name === undefined) return user;
  const groups = headers['impersonate-group']?.split(',').map((group) => group.trim()) ?? [];
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  const asked = account
    ? { resource: 'serviceaccounts', namespace: account[1], name: account[2] }
    : { resource: 'users', namespace: undefined, name };
  const wanted = { type: 'resource', verb: 'impersonate', group: '', ...asked } as const;
  const attributes = { ...wanted, subresource: undefined };
  const decision = authorizer.decide(user, attributes);
  if (!decision.allowed) throw forbidden(user, attributes, decision.reason);
  return impersonated(name, groups);
}
