/** Is there room on the nodes, and in the quotas, for the pods that a release runs beside the stable ones? */

import type { Pod, PodSpec, PodTemplate } from '../../kubernetes/objects.ts';
import { quantity } from '../../kubernetes/pods/quantity.ts';
import { type Amounts, requestsOf } from '../../kubernetes/pods/requests.ts';
import { affinityOf, spreadOf } from '../../kubernetes/pods/scheduling.ts';
import type { Finding } from '../finding.ts';
import type { Node } from './node.ts';
import { place } from './placement.ts';
import { counts, neededBy, type ResourceQuota } from './quotas.ts';

/** Whether nodes are known to be added when pods need them. */
export type Growth = 'fixed' | 'by-need';

/**
 * Fits the extra pods onto the nodes. Refuses only where it can be sure: not where nodes may be added,
 * nor where the scheduler knows more than this does.
 */
export function checkNodes(
  extraPods: number,
  template: PodTemplate,
  nodes: readonly Node[],
  pods: readonly Pod[],
  growth: Growth = 'fixed',
): Finding[] {
  const { placed, ruledOut } = place(extraPods, template, nodes, pods);
  if (placed >= extraPods) return [];
  const doubts = [
    ...(growth === 'by-need' || nodes.some(isAddedByNeed)
      ? ['nodes may be added when they are needed']
      : []),
    ...doubtsOf(template.spec),
  ];
  const out = [...ruledOut].map(([why, count]) => `${count} by ${why}`).join(', ');
  const left = out === '' ? '' : `; of ${nodes.length} nodes are ruled out ${out}`;
  const advice =
    'make room, lower the requests, or choose strategy rolling, which needs fewer extra pods; where an autoscaler adds nodes, let limits.schedulingTimeout wait for them';
  return [
    {
      check: 'capacity',
      severity: doubts.length === 0 ? 'refuse' : 'warn',
      message: `the nodes have room for ${placed} of the ${extraPods} extra pods (each asks for ${amountsText(requestsOf(template.spec))})${left}`,
      advice: doubts.length === 0 ? advice : `${doubts.join(', and ')}: if not, ${advice}`,
    },
  ];
}

/** Holds the extra pods against what the namespace may still use, of quotas that count them. */
export function checkQuotas(
  extraPods: number,
  { spec }: PodTemplate,
  quotas: readonly ResourceQuota[],
): Finding[] {
  const needed = neededBy(extraPods, spec);
  return quotas
    .filter((quota) => counts(quota, spec))
    .flatMap(({ metadata, spec: wanted, status }) => {
      const { hard = wanted?.hard ?? {}, used = {} } = status ?? {};
      return Object.entries(hard)
        .filter(([name, most]) => quantity(most) - quantity(used[name]) < (needed[name] ?? 0))
        .map(
          ([name, most]): Finding => ({
            check: 'capacity',
            severity: 'refuse',
            message: `quota ${metadata.name} does not allow ${extraPods} extra pods: ${name} ${used[name] ?? '0'} of ${most} used`,
            advice: 'raise the quota, or choose strategy rolling, which needs fewer extra pods',
          }),
        );
    });
}

/** What one pod asks for: `0.5 CPU, 256 MiB`. */
export function requestText({ spec }: PodTemplate): string {
  return amountsText(requestsOf(spec));
}

function amountsText({ cpu = 0, memory = 0, pods: _pods, ...others }: Amounts): string {
  const more = Object.entries(others).map(([name, amount]) => `, ${amount} ${name}`);
  return `${Number(cpu.toFixed(3))} CPU, ${Math.round(memory / 2 ** 20)} MiB${more.join('')}`;
}

/** Labels and annotations of nodes in groups that grow: Karpenter, the Cluster Autoscaler, clouds. */
const GROWING =
  /^(karpenter\.sh\/|cluster-autoscaler\.kubernetes\.io\/|eks\.amazonaws\.com\/(nodegroup|compute-type)$|cloud\.google\.com\/gke-nodepool$|kubernetes\.azure\.com\/agentpool$|alpha\.eksctl\.io\/nodegroup-name$|doks\.digitalocean\.com\/node-pool)/;

function isAddedByNeed({ metadata }: Node): boolean {
  const names = [...Object.keys(metadata.labels ?? {}), ...Object.keys(metadata.annotations ?? {})];
  return names.some((name) => GROWING.test(name));
}

/** Where the scheduler decides by more than is looked at here. */
function doubtsOf(spec: PodSpec): string[] {
  const { priorityClassName, schedulerName = 'default-scheduler' } = spec;
  const spread = spreadOf(spec).length > 0;
  const apart = affinityOf(spec).podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return [
    ...(priorityClassName ? [`pods of less priority than ${priorityClassName} may give way`] : []),
    ...(schedulerName === 'default-scheduler'
      ? []
      : [`scheduler ${schedulerName} decides in its own way`]),
    ...(spread || apart ? ['how pods keep apart and spread is only roughly known'] : []),
  ];
}
