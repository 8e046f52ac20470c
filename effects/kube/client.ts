/**
 * The verbs a release needs, over any transport. Transient errors are retried (asking.ts); a refused
 * precondition is no error but an answer, since the release then looks again.
 */

import type { PatchOperation, Target } from '../../core/cluster/action.ts';
import { OWN_MANAGER } from '../../core/kubernetes/field-managers.ts';
import type { KubernetesObject } from '../../core/kubernetes/objects.ts';
import type { Rehearsed } from '../../core/preflight/rehearsal.ts';
import type { Clock } from '../base/clock.ts';
import { objectIn, pageIn } from './answers.ts';
import { type Ask, createAsking, PATIENCE_MS } from './asking.ts';
import { listInPages } from './pages.ts';
import {
  isNoAnswer,
  isSuccess,
  type KubeError,
  refusal,
  refusalText,
  statusMessage,
  strange,
} from './refusal.ts';
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
  create(object: KubernetesObject, manager?: string): Promise<WriteResult>;
  /** Asks whether an object would be made, without making it. */
  rehearse(object: KubernetesObject): Promise<Rehearsed>;
  /** Replaces the object; its resourceVersion is the precondition. */
  replace(object: KubernetesObject): Promise<WriteResult>;
  patch(target: Target, operations: readonly PatchOperation[]): Promise<WriteResult>;
  /** Server-side apply, as the one owner of the fields given; a resourceVersion is the precondition. */
  apply(object: KubernetesObject, manager?: string): Promise<WriteResult>;
  /** Done also where the object is gone already. `resourceVersion`: only if it is still this one. */
  remove(target: Target, uid: string, resourceVersion?: string): Promise<WriteResult>;
  /** A path that answers text: a log, a health check. */
  text(path: string): Promise<string>;
  /** The same API, asked for so long where it does not answer; `onSilence` is told when that takes long. */
  within(patienceMs: number, onSilence?: OnSilence): Kube;
}

/** What was asked, and what came instead of an answer. */
type OnSilence = (why: string) => void;

/** The API server does not know any more what a list was of. */
const EXPIRED = 410;

/** `hurry` is aborted once the process has to end: from then on nothing is tried for long. */
export function createKube(transport: Transport, clock: Clock, hurry: AbortSignal): Kube {
  const asking = createAsking(transport, clock, hurry);
  return new KubeClient({ transport, asking, hurry, patienceMs: PATIENCE_MS });
}

interface Means {
  readonly transport: Transport;
  readonly asking: Ask;
  readonly hurry: AbortSignal;
  readonly patienceMs: number;
  readonly onSilence?: OnSilence | undefined;
}

class KubeClient implements Kube {
  readonly transport: Transport;
  readonly #means: Means;

  constructor(means: Means) {
    this.transport = means.transport;
    this.#means = means;
  }

  async get<T extends KubernetesObject>(target: Target): Promise<T | undefined> {
    const request = { method: 'GET', path: objectPath(target) } as const;
    const answer = await this.#ask(request);
    if (answer.status === 404) return undefined;
    if (!isSuccess(answer)) throw this.#refused(request, answer);
    return objectOf(request, answer, target) as T; // the API answers with the kind it was asked for
  }

  list<T extends KubernetesObject>(
    query: Query,
    keep: (item: T) => T | undefined = (item) => item,
  ): Promise<Listed<T>> {
    const type = typeOf(query.kind);
    return listInPages(
      async (parameters) => {
        const request = { method: 'GET', path: collectionPath(query, parameters) } as const;
        const answer = await this.#ask(request);
        if (answer.status === EXPIRED && 'continue' in parameters) return undefined;
        if (!isSuccess(answer)) throw this.#refused(request, answer);
        const page = pageIn<Omit<T, 'apiVersion' | 'kind'>>(answer.text);
        if (!page) throw strange(request, answer);
        return page;
      },
      // A list's items come without their type; the API answers with the kind it was asked for.
      (item) => keep({ ...item, ...type } as T),
    );
  }

  create(object: KubernetesObject, manager = OWN_MANAGER): Promise<WriteResult> {
    const target = targetIn(object);
    const path = objectPath(target).replace(/\/[^/]+$/, '');
    const owner = new URLSearchParams({ fieldManager: manager });
    return this.#write(json('POST', `${path}?${owner}`, object), target);
  }

  async rehearse(object: KubernetesObject): Promise<Rehearsed> {
    const target = targetIn(object);
    const path = `${objectPath(target).replace(/\/[^/]+$/, '')}?dryRun=All`;
    const request = json('POST', path, object);
    const answer = await this.#ask(request);
    if (isSuccess(answer)) return { kind: 'admitted', object: objectOf(request, answer, target) };
    const why = statusMessage(answer);
    return { kind: isNoAnswer(answer.status, why) ? 'unsure' : 'refused', why };
  }

  replace(object: KubernetesObject): Promise<WriteResult> {
    const target = targetIn(object);
    const path = `${objectPath(target)}?fieldManager=${OWN_MANAGER}`;
    return this.#write(json('PUT', path, object), target);
  }

  patch(target: Target, operations: readonly PatchOperation[]): Promise<WriteResult> {
    const request = {
      method: 'PATCH',
      // Under the release's own name, so that what others write can be told from it.
      path: `${objectPath(target)}?fieldManager=${OWN_MANAGER}`,
      body: JSON.stringify(operations),
      contentType: 'application/json-patch+json',
    } as const;
    return this.#write(request, target);
  }

  apply(object: KubernetesObject, manager = OWN_MANAGER): Promise<WriteResult> {
    const target = targetIn(object);
    const owner = new URLSearchParams({ fieldManager: manager, force: 'true' });
    const request = {
      method: 'PATCH',
      path: `${objectPath(target)}?${owner}`,
      body: JSON.stringify(object),
      contentType: 'application/apply-patch+yaml',
    } as const;
    return this.#write(request, target);
  }

  async remove(target: Target, uid: string, resourceVersion?: string): Promise<WriteResult> {
    const preconditions = { uid, resourceVersion };
    const options = { propagationPolicy: 'Background', preconditions };
    const request = json('DELETE', objectPath(target), options);
    const answer = await this.#ask(request);
    if (answer.status === 409) return { kind: 'conflict', why: statusMessage(answer) };
    if (!isSuccess(answer) && answer.status !== 404) throw this.#refused(request, answer);
    return { kind: 'done', object: undefined };
  }

  async text(path: string): Promise<string> {
    const request = { method: 'GET', path } as const;
    const answer = await this.#ask(request);
    if (!isSuccess(answer)) throw this.#refused(request, answer);
    return answer.text;
  }

  within(patienceMs: number, onSilence?: OnSilence): Kube {
    return new KubeClient({ ...this.#means, patienceMs, onSilence });
  }

  async #write(request: ApiRequest, target: Target): Promise<WriteResult> {
    const answer = await this.#ask(request);
    if (answer.status === 409) return { kind: 'conflict', why: statusMessage(answer) };
    if (answer.status === 404 && (request.method === 'PATCH' || request.method === 'PUT')) {
      return { kind: 'conflict', why: statusMessage(answer) };
    }
    if (!isSuccess(answer)) throw this.#refused(request, answer);
    return { kind: 'done', object: objectOf(request, answer, target) };
  }

  #ask(request: ApiRequest): Promise<ApiAnswer> {
    const { asking, patienceMs, onSilence } = this.#means;
    return asking(request, patienceMs, (last) => onSilence?.(refusalText(request, last)));
  }

  #refused(request: ApiRequest, answer: ApiAnswer): KubeError {
    const isStop = this.#means.hurry.aborted && answer.status === 0;
    return refusal(request, answer, isStop ? 143 : 3);
  }
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
