/** Which nodes the scheduler would consider for a pod, whatever room they have. */
import { holds } from '../../kubernetes/labels.ts';
import type { Condition, KubernetesObject, PodSpec } from '../../kubernetes/objects.ts';
import { condition } from '../../kubernetes/pods/pods.ts';
import { affinityOf, type NodeTerm, type Taint } from '../../kubernetes/pods/scheduling.ts';

export interface Node extends KubernetesObject {
  spec?: { unschedulable?: boolean; taints?: Taint[] };
  status?: { allocatable?: Record<string, string>; conditions?: Condition[] };
}

const CORDONED: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

/** Why no pod like this comes to the node, in a few words; undefined where one may. */
export function ruledOut(node: Node, spec: PodSpec): string | undefined {
  if (spec.nodeName !== undefined && spec.nodeName !== node.metadata.name)
    return 'another node is named';
  const ready = condition(node.status?.conditions, 'Ready');
  if (ready && ready.status !== 'True') return 'not ready';
  const taints = [...(node.spec?.taints ?? []), ...(node.spec?.unschedulable ? [CORDONED] : [])];
  const taint = taints.find((each) => !tolerates(spec, each));
  if (taint === CORDONED || taint?.key === CORDONED.key) return 'cordoned';
  if (taint) return `taint ${taintText(taint)}`;
  return isWanted(node, spec) ? undefined : 'nodeSelector or affinity';
}

/** By nodeSelector and by the affinity that is required. */
export function isWanted({ metadata }: Node, spec: PodSpec): boolean {
  const { labels = {}, name } = metadata;
  const { nodeSelector = {} } = spec;
  if (Object.entries(nodeSelector).some(([key, value]) => labels[key] !== value)) return false;
  const terms = affinityOf(spec).nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (!terms) return true;
  return terms.nodeSelectorTerms.some((term) => takes(term, labels, name));
}

/** An empty term takes no node. */
function takes(term: NodeTerm, labels: Readonly<Record<string, string>>, name: string): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((wanted) => isMet(wanted, labels[wanted.key])) &&
    matchFields.every((wanted) => isMet(wanted, wanted.key === 'metadata.name' ? name : undefined))
  );
}

/** Nodes are compared by number as well. */
function isMet(
  { operator, values = [] }: NonNullable<NodeTerm['matchExpressions']>[number],
  value: string | undefined,
): boolean {
  switch (operator) {
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return holds({ operator, values }, value);
  }
}

/** A toleration without a key tolerates every taint, one without an effect every effect. */
function tolerates({ tolerations = [] }: PodSpec, taint: Taint): boolean {
  if (taint.effect === 'PreferNoSchedule') return true;
  return tolerations.some(({ key, operator = 'Equal', value = '', effect }) => {
    if (effect && effect !== taint.effect) return false;
    if (!key) return operator === 'Exists';
    if (key !== taint.key) return false;
    return operator === 'Exists' || value === (taint.value ?? '');
  });
}

function taintText({ key, value, effect }: Taint): string {
  return `${key}${value ? `=${value}` : ''}:${effect}`;
}
