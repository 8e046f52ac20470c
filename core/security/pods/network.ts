/** Whether any network policy of the namespace says who may ask the pods, and whom they may ask. */
import { type Labels, matches } from '../../kubernetes/labels.ts';
import type { KubernetesObject, LabelSelector } from '../../kubernetes/objects.ts';
import { type Finding, found } from '../finding.ts';

export interface NetworkPolicy extends KubernetesObject {
  spec?: {
    podSelector?: LabelSelector;
    policyTypes?: string[];
    egress?: unknown[];
  };
}

export function networkFindings(
  labels: Labels,
  policies: readonly NetworkPolicy[],
  workload: string,
): Finding[] {
  const about = policies.filter(({ spec }) => matches(spec?.podSelector ?? {}, labels));
  const has = (type: string): boolean => about.some((policy) => typesOf(policy).includes(type));
  const place = { path: 'metadata.labels', workload };
  return [
    ...(has('Ingress') ? [] : [found('K8S010', `none selects the pods of ${workload}`, place)]),
    ...(has('Egress') ? [] : [found('K8S011', `none selects the pods of ${workload}`, place)]),
  ];
}

/** Where none are written it is Ingress, and Egress where there are rules for it. */
function typesOf({ spec }: NetworkPolicy): readonly string[] {
  return spec?.policyTypes ?? (spec?.egress ? ['Ingress', 'Egress'] : ['Ingress']);
}
