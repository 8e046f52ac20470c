/** Tokens of ServiceAccounts: signed, so that they need not be kept, and bound to what they name. */
import { Buffer } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { SECRETS, SERVICE_ACCOUNTS } from '../../kinds/core.ts';
import { randomUid } from '../../random.ts';
import type { KubeObject } from '../../store/object.ts';
import { collectionOf } from '../kind.ts';
import type { ObjectsWorld } from '../objects.ts';
import { serviceAccountUser, type User } from './user.ts';

export interface Tokens {
  /** A token that ends. */
  issue(account: KubeObject, lifetimeSeconds: number): IssuedToken;
  /** A token that is good for as long as the Secret it lies in. */
  issueFor(secret: KubeObject, account: KubeObject): string;
  /** Whose token it is; undefined if it is nobody's, or no longer. */
  userOf(token: string): User | undefined;
}

interface IssuedToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly exp?: number;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly serviceaccount: { readonly name: string; readonly uid: string };
    readonly secret?: { readonly name: string; readonly uid: string };
  };
}

const HEADER = encoded({ alg: 'HS256', typ: 'JWT' });

export function createTokens({ store, clock, random }: ObjectsWorld): Tokens {
  const key = randomUid(random);
  const signatureOf = (text: string): string =>
    createHmac('sha256', key).update(text).digest('base64url');
  const signed = (claims: Claims): string => {
    const text = `${HEADER}.${encoded(claims)}`;
    return `${text}.${signatureOf(text)}`;
  };
  const stillThere = (collection: string, namespace: string, ref: { name: string; uid: string }) =>
    store.get(collection, namespace, ref.name)?.metadata.uid === ref.uid;

  return {
    issue: (account, lifetimeSeconds) => {
      const exp = Math.floor(clock.now() / 1000) + lifetimeSeconds;
      return { token: signed({ ...claimsFor(account), exp }), expiresAtMs: exp * 1000 };
    },
    issueFor: ({ metadata: { name, uid } }, account) => {
      const claims = claimsFor(account);
      return signed({
        ...claims,
        'kubernetes.io': { ...claims['kubernetes.io'], secret: { name, uid } },
      });
    },
    userOf: (token) => {
      const [header, payload = '', signature = ''] = token.split('.');
      const expected = Buffer.from(signatureOf(`${header}.${payload}`));
      const given = Buffer.from(signature);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      // Signed by us, so it is what we wrote.
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
      const { namespace, serviceaccount, secret } = claims['kubernetes.io'];
      const valid =
        (claims.exp === undefined || claims.exp * 1000 > clock.now()) &&
        stillThere(collectionOf(SERVICE_ACCOUNTS), namespace, serviceaccount) &&
        (secret === undefined || stillThere(collectionOf(SECRETS), namespace, secret));
      return valid ? serviceAccountUser(namespace, serviceaccount.name) : undefined;
    },
  };
}

function claimsFor({ metadata: { namespace = '', name, uid } }: KubeObject): Claims {
  return {
    iss: 'kubernetes/serviceaccount',
    sub: `system:serviceaccount:${namespace}:${name}`,
    'kubernetes.io': { namespace, serviceaccount: { name, uid } },
  };
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
