/**
 * What a release does, as data. An action has a stable id, carries the exact request it stands for,
 * and may be carried out twice without harm: every write names the version of the object it was
 * decided on, so a second one, or one that comes too late, is refused by the API.
 */

import type { ReleaseId } from '../base/vocabulary.ts';
import type { KubernetesObject, Metadata } from '../kubernetes/objects.ts';
import type { Trouble } from '../kubernetes/pods/pods.ts';

/** RFC 6902. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

export interface Target {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export type Effect =
  | { readonly kind: 'create'; readonly object: KubernetesObject }
  | {
      readonly kind: 'patch';
      readonly target: Target;
      readonly operations: readonly PatchOperation[];
      /** Nothing of the release rests on it: refused, it is told and left. */
      readonly optional?: boolean;
    }
  /** Server-side apply: the object holds only the fields that are the release's to decide. */
  | { readonly kind: 'apply'; readonly object: KubernetesObject }
  | {
      readonly kind: 'delete';
      readonly target: Target;
      readonly uid: string;
      /** Of what goes because of how it was seen: refused where it has changed since. */
      readonly resourceVersion?: string | undefined;
    }
  /** The drain hook of one pod. */
  | {
      readonly kind: 'call';
      readonly pod: string;
      readonly method: string;
      readonly url: string;
      readonly unverified?: boolean;
      readonly http2?: boolean;
    }
  /** The last log lines of a container that failed, for the person who reads the release's log. */
  | { readonly kind: 'show-log'; readonly pod: string; readonly container: string };

export interface Action {
  readonly id: string;
  /** One line for people: `scale payment-service-blue to 0`. */
  readonly text: string;
  readonly effect: Effect;
}

/** `<release>/<what>/<to what>`: the same action of the same release has the same id, always. */
export function actionId(release: ReleaseId, what: string, target: string): string {
  return `${release}/${what}/${target}`;
}

export function targetOf(object: KubernetesObject): Target {
  const { apiVersion, kind, metadata } = object;
  return { apiVersion, kind, namespace: metadata.namespace ?? 'default', name: metadata.name };
}

/** A patch that is refused (409) if the object is no longer the one that was looked at. */
export function patchOf(
  object: KubernetesObject,
  operations: readonly PatchOperation[],
): Extract<Effect, { kind: 'patch' }> {
  return {
    kind: 'patch',
    target: targetOf(object),
    operations: [unchanged(object.metadata), ...operations],
  };
}

function unchanged({ resourceVersion }: Metadata): PatchOperation {
  return { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion };
}

/** The words of a container that failed, for the release's log. */
export function showTrouble(release: ReleaseId, { pod, container }: Trouble): Action[] {
  if (container === undefined) return [];
  const effect = { kind: 'show-log', pod, container } as const;
  return [{ id: actionId(release, 'show-log', pod), text: `last words of ${pod}`, effect }];
}
