/**
 * What the API server is asked to admit before a release begins, without keeping it: the objects that
 * would be made, and a pod as the candidate's ReplicaSet would make it.
 */

import type { KubernetesObject, Pod } from '../kubernetes/objects.ts';
import { TEMPLATE_HASH } from '../kubernetes/owners.ts';
import type { Plan } from '../plan/plan.ts';
import { makerOf } from '../plan/registry.ts';
import type { Finding } from './finding.ts';

/** `unsure`: the API could not say, since it may not be asked or a webhook takes no part. */
export type Rehearsed =
  | { readonly kind: 'admitted'; readonly object: KubernetesObject }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'unsure'; readonly why: string };

const NO_UID = '00000000-0000-0000-0000-000000000000';

/** Of a ReplicaSet that is not there yet: some policies admit no pod without a controller. */
export function candidatePod(plan: Plan): Pod {
  const { template, workload, controller } = makerOf(plan).candidate(plan);
  const { metadata = {}, spec } = template;
  const owner = {
    kind: controller,
    name: controller === 'StatefulSet' ? workload : `${workload}-0`,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      // As a ReplicaSet names them: no more than 63 characters.
      name: `${workload.slice(0, 45)}-dry-run`.replaceAll(/\.+/g, '-'),
      namespace: plan.namespace,
      labels: { ...metadata.labels, [TEMPLATE_HASH]: '0' },
      ownerReferences: [{ apiVersion: 'apps/v1', ...owner, uid: NO_UID, controller: true }],
    },
    spec,
  };
}

/** `extraPods`: how many there are at the most beside those that run now. */
export function rehearsalFindings(
  object: KubernetesObject,
  rehearsed: Rehearsed,
  extraPods: number,
): Finding[] {
  const what =
    object.kind === 'Pod' ? "a pod of the candidate's" : `${object.kind} ${object.metadata.name}`;
  switch (rehearsed.kind) {
    case 'admitted':
      return [];
    case 'refused':
      return [
        {
          check: 'not-admitted',
          severity: inItsPlace(object, rehearsed.why, extraPods) ? 'warn' : 'refuse',
          message: `the API server would not admit ${what}: ${rehearsed.why}`,
          advice:
            'nothing else would be admitted in the release either: change what is refused, or the quota, limit, policy or webhook that refuses it',
        },
      ];
    case 'unsure':
      return [
        {
          check: 'not-admitted',
          severity: 'warn',
          message: `it is not known whether the API server would admit ${what}: ${rehearsed.why}`,
          advice: 'the release goes by its own reckoning of nodes and quotas',
        },
      ];
  }
}

/** A quota that is full has room again once the pod has gone that this one is to replace. */
function inItsPlace({ kind }: KubernetesObject, why: string, extraPods: number): boolean {
  return kind === 'Pod' && extraPods === 0 && why.includes('exceeded quota');
}
