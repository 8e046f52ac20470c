/** Tokens of ServiceAccounts: signed, so that they need not be kept, and bound to what they name. */
import { Buffer } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { randomUid } from '../../../base/random.ts';
import { collectionOf } from '../../definitions/kind.ts';
import { PODS, SECRETS, SERVICE_ACCOUNTS } from '../../kinds/core/core.ts';
import type { KubeObject } from '../../store/object.ts';
import type { ObjectsWorld } from '../objects/objects.ts';
import { serviceAccountUser, type User } from './user.ts';

export interface Tokens {
  /** A token that ends. */
  issue(account: KubeObject, request: TokenWish): IssuedToken;
  /** A token that is good for as long as the Secret it lies in. */
  issueFor(secret: KubeObject, account: KubeObject): string;
  /** Whose token it is; undefined if it is nobody's, no longer, or meant for somebody else. */
  userOf(token: string, audiences?: readonly string[]): User | undefined;
}

export interface TokenWish {
  readonly lifetimeSeconds: number;
  /** Whom it is to be shown to; the API server if left out. */
  readonly audiences?: readonly string[] | undefined;
  /** The object that it ends with. */
  readonly boundTo?: KubeObject | undefined;
}

export interface IssuedToken {
  readonly token: string;
  readonly expiresAtMs: number;
}

interface Reference {
  readonly name: string;
  readonly uid: string;
}

interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud?: readonly string[];
  readonly iat?: number;
  readonly nbf?: number;
  readonly exp?: number;
  readonly jti?: string;
  readonly 'kubernetes.io': {
    readonly namespace: string;
    readonly serviceaccount: Reference;
    readonly secret?: Reference;
    readonly pod?: Reference;
  };
}

/** Who the API server is to whoever shows it a token. */
export const API_AUDIENCE = 'https://kubernetes.default.svc.cluster.local';
/** A pod that is being deleted may use its token so long after it should be gone. */
const LEEWAY_MS = 60_000;

const HEADER = encoded({ alg: 'HS256', typ: 'JWT' });

export function createTokens({ store, clock, random }: ObjectsWorld): Tokens {
  const key = randomUid(random);
  const signatureOf = (text: string): string =>
    createHmac('sha256', key).update(text).digest('base64url');
  const signed = (claims: Claims): string => {
    const text = `${HEADER}.${encoded(claims)}`;
    return `${text}.${signatureOf(text)}`;
  };
  const isThere = (collection: string, namespace: string, reference: Reference): boolean => {
    const metadata = store.get(collection, namespace, reference.name)?.metadata;
    if (metadata?.uid !== reference.uid) return false;
    const { deletionTimestamp } = metadata;
    return !deletionTimestamp || Date.parse(deletionTimestamp) + LEEWAY_MS > clock.now();
  };
  const isGood = (claims: Claims, audiences: readonly string[]): boolean => {
    const { namespace, serviceaccount, secret, pod } = claims['kubernetes.io'];
    return (
      (claims.exp === undefined || claims.exp * 1000 > clock.now()) &&
      (claims.aud === undefined || claims.aud.some((one) => audiences.includes(one))) &&
      isThere(collectionOf(SERVICE_ACCOUNTS), namespace, serviceaccount) &&
      (secret === undefined || isThere(collectionOf(SECRETS), namespace, secret)) &&
      (pod === undefined || isThere(collectionOf(PODS), namespace, pod))
    );
  };

  return {
    issue: (account, { lifetimeSeconds, audiences = [API_AUDIENCE], boundTo }) => {
      const iat = Math.floor(clock.now() / 1000);
      const exp = iat + lifetimeSeconds;
      const claims = claimsFor(account, API_AUDIENCE);
      const bound = boundTo && { [boundTo.kind.toLowerCase()]: referenceTo(boundTo) };
      const times = { aud: audiences, iat, nbf: iat, exp, jti: randomUid(random) };
      const own = { ...claims['kubernetes.io'], ...bound };
      return {
        token: signed({ ...claims, ...times, 'kubernetes.io': own }),
        expiresAtMs: exp * 1000,
      };
    },
    issueFor: (secret, account) => {
      const claims = claimsFor(account, 'kubernetes/serviceaccount');
      const own = { ...claims['kubernetes.io'], secret: referenceTo(secret) };
      return signed({ ...claims, 'kubernetes.io': own });
    },
    userOf: (token, audiences = [API_AUDIENCE]) => {
      const [header, payload = '', signature = ''] = token.split('.');
      const expected = Buffer.from(signatureOf(`${header}.${payload}`));
      const given = Buffer.from(signature);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      // Signed by us, so it is what we wrote.
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims;
      return isGood(claims, audiences) ? userIn(claims) : undefined;
    },
  };
}

/** What a token says of where it is used goes along with the name. */
function userIn({ jti, 'kubernetes.io': { namespace, serviceaccount, pod } }: Claims): User {
  const extra = {
    ...(jti === undefined ? {} : { 'authentication.kubernetes.io/credential-id': [`JTI=${jti}`] }),
    ...(pod && {
      'authentication.kubernetes.io/pod-name': [pod.name],
      'authentication.kubernetes.io/pod-uid': [pod.uid],
    }),
  };
  const user = { ...serviceAccountUser(namespace, serviceaccount.name), uid: serviceaccount.uid };
  return Object.keys(extra).length === 0 ? user : { ...user, extra };
}

function claimsFor({ metadata: { namespace = '', name, uid } }: KubeObject, iss: string): Claims {
  return {
    iss,
    sub: `system:serviceaccount:${namespace}:${name}`,
    'kubernetes.io': { namespace, serviceaccount: { name, uid } },
  };
}

function referenceTo({ metadata: { name, uid } }: KubeObject): Reference {
  return { name, uid };
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
