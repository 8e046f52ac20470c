/** How an object goes: at once, after a grace, or when its last finalizer is gone. */
import { timestamp } from '../../../base/clock.ts';
import type { KubeObject } from '../../store/object.ts';

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: Propagation;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';

/** Nothing holds a terminating object back any more. */
export function isGone({ metadata, kind, spec }: KubeObject): boolean {
  const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds = 0 } = metadata;
  // A Namespace is also held by the finalizers of its spec, until its contents are gone.
  const held = kind === 'Namespace' ? ((spec ?? {}) as { finalizers?: string[] }).finalizers : [];
  return (
    deletionTimestamp !== undefined &&
    deletionGracePeriodSeconds === 0 &&
    finalizers.length + (held?.length ?? 0) === 0
  );
}

export function finalizersAfter(object: KubeObject, policy: Propagation | undefined): string[] {
  const kept = (object.metadata.finalizers ?? []).filter(
    (name) => name !== FOREGROUND && name !== ORPHAN,
  );
  switch (policy) {
    case 'Foreground':
      return [...kept, FOREGROUND];
    case 'Orphan':
      return [...kept, ORPHAN];
    case 'Background':
      return kept;
    case undefined:
      return [...(object.metadata.finalizers ?? [])];
  }
}

export function podGraceSeconds(pod: KubeObject, options: DeleteOptions): number {
  const spec = (pod.spec ?? {}) as { nodeName?: string; terminationGracePeriodSeconds?: number };
  const phase = ((pod.status ?? {}) as { phase?: string }).phase;
  if (!spec.nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  const wanted = options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
  const left = pod.metadata.deletionGracePeriodSeconds;
  return left === undefined ? wanted : Math.min(wanted, left);
}

/** A second deletion may shorten the grace of the first, never lengthen it. */
export function terminating(
  object: KubeObject,
  finalizers: string[],
  graceSeconds: number,
  nowMs: number,
): KubeObject {
  const { metadata } = object;
  const shortened =
    graceSeconds < (metadata.deletionGracePeriodSeconds ?? Number.POSITIVE_INFINITY);
  const fresh = !metadata.deletionTimestamp;
  return {
    ...object,
    ...(object.kind === 'Namespace' ? { status: { phase: 'Terminating' } } : {}),
    metadata: {
      ...metadata,
      ...(finalizers.length > 0 ? { finalizers } : {}),
      ...(fresh || shortened
        ? {
            deletionTimestamp: timestamp(nowMs + graceSeconds * 1000),
            deletionGracePeriodSeconds: graceSeconds,
          }
        : {}),
      ...(fresh && metadata.generation ? { generation: metadata.generation + 1 } : {}),
    },
  };
}
