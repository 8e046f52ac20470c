import type { Deployment } from '../workload-objects.ts';
import { condition } from './pods.ts';

export type Rollout =
  | { readonly kind: 'complete'; readonly ready: number }
  | { readonly kind: 'under-way'; readonly ready: number; readonly wanted: number }
  /** The API refuses to create its pods. */
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'stuck'; readonly why: string };

// The API's answer to a pod that it will never take as it is: a quota, a policy, a webhook, a field.
const REFUSAL = /\bforbidden\b|denied the request|is invalid/;

/** Complete only where the controller has seen the last change and no old pod is left. */
export function rolloutOf(deployment: Deployment): Rollout {
  const { metadata, spec, status = {} } = deployment;
  const wanted = spec.replicas ?? 1;
  const { readyReplicas: ready = 0, updatedReplicas = 0, replicas = 0 } = status;
  const seen = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
  if (!seen) return { kind: 'under-way', ready, wanted };
  const progressing = condition(status.conditions, 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    return { kind: 'stuck', why: progressing.message ?? 'its progress deadline is exceeded' };
  }
  const failure = condition(status.conditions, 'ReplicaFailure');
  if (failure?.status === 'True' && REFUSAL.test(failure.message ?? '')) {
    return { kind: 'refused', why: `${failure.reason}: ${failure.message}` };
  }
  const available = status.availableReplicas ?? 0;
  const complete = [updatedReplicas, replicas, ready, available].every((n) => n === wanted);
  return complete ? { kind: 'complete', ready } : { kind: 'under-way', ready, wanted };
}
