/**
 * The verbs a release needs, over any transport. Transient errors are retried (asking.ts); a refused
 * precondition is no error but an answer, since the release then looks again.
 */

import { foreignText, kindOf } from '../../core/base/foreign-text.ts';
import { jsonOf } from '../../core/base/json.ts';
import type { PatchOperation, Target } from '../../core/cluster/action.ts';
import { OWN_MANAGER } from '../../core/kubernetes/field-managers.ts';
import type { KubernetesObject } from '../../core/kubernetes/objects.ts';
import type { Rehearsed } from '../../core/preflight/rehearsal.ts';
import type { Clock } from '../base/clock.ts';
import { StageFailure } from '../base/failure.ts';
import { objectIn, pageIn } from './answers.ts';
import { type Ask, createAsking, PATIENCE_MS } from './asking.ts';
import { listInPages } from './pages.ts';
import { collectionPath, objectPath, type Query, type ResourceKind } from './resources.ts';
import type { ApiAnswer, ApiRequest, Transport } from './transport.ts';

export interface Listed<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

/** `conflict`: the object is not, or no longer, what the writer thought it was. */
export type WriteResult =
  | { readonly kind: 'done'; readonly object: KubernetesObject | undefined }
  | { readonly kind: 'conflict'; readonly why: string };

export interface Kube {
  readonly transport: Transport;
  /** Undefined where there is no such object. */
  get<T extends KubernetesObject>(target: Target): Promise<T | undefined>;
  /** In pages. `keep` leaves of each object what is needed, or nothing. */
  list<T extends KubernetesObject>(
    query: Query,
    keep?: (item: T) => T | undefined,
  ): Promise<Listed<T>>;
  create(object: KubernetesObject): Promise<WriteResult>;
  /** Asks whether an object would be made, without making it. */
  rehearse(object: KubernetesObject): Promise<Rehearsed>;
  /** Replaces the object; its resourceVersion is the precondition. */
  replace(object: KubernetesObject): Promise<WriteResult>;
  patch(target: Target, operations: readonly PatchOperation[]): Promise<WriteResult>;
  /** Server-side apply, as the one owner of the fields given; a resourceVersion is the precondition. */
  apply(object: KubernetesObject): Promise<WriteResult>;
  /** Done also where the object is gone already. `resourceVersion`: only if it is still this one. */
  remove(target: Target, uid: string, resourceVersion?: string): Promise<WriteResult>;
  /** A path that answers text: a log, a health check. */
  text(path: string): Promise<string>;
  /** The same API, asked for so long where it does not answer; `onSilence` is told when that takes long. */
  within(patienceMs: number, onSilence?: OnSilence): Kube;
}

/** What was asked, and what came instead of an answer. */
type OnSilence = (why: string) => void;

/** An answer that is neither success nor a conflict. One that did not come because of a hurry is a stop. */
export class KubeError extends StageFailure {
  readonly status: number;

  constructor(status: number, message: string, exitCode: 3 | 143) {
    const advice =
      status === 403
        ? 'grant it: docs/permissions.md lists what each stage needs, `make grant NAMESPACE=…` prints the binding'
        : undefined;
    super(exitCode, message, advice);
    this.status = status;
  }
}

/** A refusal may list every field that is wrong. */
const MOST_CHARACTERS = 1_000;

/** The API server does not know any more what a list was of. */
const EXPIRED = 410;

/** `hurry` is aborted once the process has to end: from then on nothing is tried for long. */
export function createKube(transport: Transport, clock: Clock, hurry: AbortSignal): Kube {
  return kubeOver(transport, createAsking(transport, clock, hurry), hurry, PATIENCE_MS);
}

function kubeOver(
  transport: Transport,
  asking: Ask,
  hurry: AbortSignal,
  patienceMs: number,
  onSilence?: OnSilence,
): Kube {
  const ask = (request: ApiRequest): Promise<ApiAnswer> =>
    asking(request, patienceMs, (last) => onSilence?.(refusalText(request, last)));
  const refused = (request: ApiRequest, answer: ApiAnswer): KubeError =>
    refusal(request, answer, hurry.aborted && answer.status === 0 ? 143 : 3);

  const write = async (request: ApiRequest, target: Target): Promise<WriteResult> => {
    const answer = await ask(request);
    if (answer.status === 409) return { kind: 'conflict', why: statusMessage(answer) };
    if (answer.status === 404 && (request.method === 'PATCH' || request.method === 'PUT')) {
      return { kind: 'conflict', why: statusMessage(answer) };
    }
    if (!isSuccess(answer)) throw refused(request, answer);
    return { kind: 'done', object: objectOf(request, answer, target) };
  };

  return {
    transport,
    get: async <T extends KubernetesObject>(target: Target) => {
      const request = { method: 'GET', path: objectPath(target) } as const;
      const answer = await ask(request);
      if (answer.status === 404) return undefined;
      if (!isSuccess(answer)) throw refused(request, answer);
      return objectOf(request, answer, target) as T; // the API answers with the kind it was asked for
    },
    list: async <T extends KubernetesObject>(
      query: Query,
      keep: (item: T) => T | undefined = (item) => item,
    ) => {
      const type = typeOf(query.kind);
      return listInPages(
        async (parameters) => {
          const request = { method: 'GET', path: collectionPath(query, parameters) } as const;
          const answer = await ask(request);
          if (answer.status === EXPIRED && 'continue' in parameters) return undefined;
          if (!isSuccess(answer)) throw refused(request, answer);
          const page = pageIn<Omit<T, 'apiVersion' | 'kind'>>(answer.text);
          if (!page) throw strange(request, answer);
          return page;
        },
        // A list's items come without their type; the API answers with the kind it was asked for.
        (item) => keep({ ...item, ...type } as unknown as T),
      );
    },
    create: (object) => {
      const target = targetIn(object);
      const path = objectPath(target).replace(/\/[^/]+$/, '');
      return write(json('POST', `${path}?fieldManager=${OWN_MANAGER}`, object), target);
    },
    rehearse: async (object) => {
      const target = targetIn(object);
      const path = `${objectPath(target).replace(/\/[^/]+$/, '')}?dryRun=All`;
      const request = json('POST', path, object);
      const answer = await ask(request);
      if (isSuccess(answer)) {
        return { kind: 'admitted', object: objectOf(request, answer, target) };
      }
      const why = statusMessage(answer);
      return { kind: isNoAnswer(answer.status, why) ? 'unsure' : 'refused', why };
    },
    replace: (object) => {
      const target = targetIn(object);
      const path = `${objectPath(target)}?fieldManager=${OWN_MANAGER}`;
      return write(json('PUT', path, object), target);
    },
    patch: (target, operations) =>
      write(
        {
          method: 'PATCH',
          // Under the release's own name, so that what others write can be told from it.
          path: `${objectPath(target)}?fieldManager=${OWN_MANAGER}`,
          body: JSON.stringify(operations),
          contentType: 'application/json-patch+json',
        },
        target,
      ),
    apply: (object) => {
      const target = targetIn(object);
      const owner = new URLSearchParams({ fieldManager: OWN_MANAGER, force: 'true' });
      const request = {
        method: 'PATCH',
        path: `${objectPath(target)}?${owner}`,
        body: JSON.stringify(object),
        contentType: 'application/apply-patch+yaml',
      } as const;
      return write(request, target);
    },
    remove: async (target, uid, resourceVersion) => {
      const preconditions = { uid, resourceVersion };
      const options = { propagationPolicy: 'Background', preconditions };
      const request = json('DELETE', objectPath(target), options);
      const answer = await ask(request);
      if (answer.status === 409) return { kind: 'conflict', why: statusMessage(answer) };
      if (!isSuccess(answer) && answer.status !== 404) throw refused(request, answer);
      return { kind: 'done', object: undefined };
    },
    text: async (path) => {
      const request = { method: 'GET', path } as const;
      const answer = await ask(request);
      if (!isSuccess(answer)) throw refused(request, answer);
      return answer.text;
    },
    within: (ms, tell) => kubeOver(transport, asking, hurry, ms, tell),
  };
}

/** Who may not ask, and whom a webhook that has side effects keeps from asking, learns nothing of the object. */
const NOT_ASKED = /cannot create resource|does not support dry.?run/i;

function isNoAnswer(status: number, why: string): boolean {
  return status === 0 || status === 401 || status === 429 || status >= 500 || NOT_ASKED.test(why);
}

function isSuccess({ status }: ApiAnswer): boolean {
  return status >= 200 && status < 300;
}

function json(method: 'POST' | 'PUT' | 'DELETE', path: string, body: unknown): ApiRequest {
  return { method, path, body: JSON.stringify(body), contentType: 'application/json' };
}

function targetIn({ apiVersion, kind, metadata }: KubernetesObject): Target {
  return { apiVersion, kind, namespace: metadata.namespace ?? 'default', name: metadata.name };
}

function typeOf(kind: ResourceKind): { apiVersion: string; kind: string } {
  const slash = kind.lastIndexOf('/');
  return { apiVersion: kind.slice(0, slash), kind: kind.slice(slash + 1) };
}

function objectOf(
  request: ApiRequest,
  answer: ApiAnswer,
  { apiVersion, kind }: Target,
): KubernetesObject {
  const object = objectIn(answer.text);
  if (!object) throw strange(request, answer);
  return { ...object, apiVersion, kind };
}

/** Whatever answers so is not the API server: what it says is not repeated. */
function strange({ method, path }: ApiRequest, { status, text }: ApiAnswer): KubeError {
  const what = `${method} ${path.split('?')[0]}`;
  const seen = `status ${status} with ${kindOf(text)} that is nothing of the API's`;
  return new KubeError(status, `${what}: ${seen}: is a proxy in between?`, 3);
}

/** The API's own message, which may quote webhooks and the object that was written. */
function statusMessage(answer: ApiAnswer): string {
  // Ours, where no answer came.
  const message = answer.status === 0 ? answer.text : messageIn(answer);
  return foreignText(message, MOST_CHARACTERS);
}

/** What is no Status is not the API server's: a proxy may repeat what it was asked, with the token. */
function messageIn({ text }: ApiAnswer): string {
  const { kind, message } = Object(jsonOf(text));
  if (kind === 'Status' && typeof message === 'string') return message;
  return `the answer is no Status of the API server, but ${text.length} characters of something else`;
}

function refusal(request: ApiRequest, answer: ApiAnswer, exitCode: 3 | 143): KubeError {
  return new KubeError(answer.status, refusalText(request, answer), exitCode);
}

function refusalText({ method, path }: ApiRequest, answer: ApiAnswer): string {
  const what = `${method} ${path.split('?')[0]}`;
  const seen = answer.status === 0 ? 'no answer' : `status ${answer.status}`;
  return `${what}: ${seen}: ${statusMessage(answer)}`;
}
