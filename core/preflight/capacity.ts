/** Is there room for the pods that a release runs beside the stable ones? */

import type { Condition, KubernetesObject, Pod, PodTemplate } from '../kubernetes/objects.ts';
import { condition } from '../kubernetes/pods.ts';
import { quantity } from '../kubernetes/quantity.ts';
import type { Finding } from './finding.ts';

export interface Node extends KubernetesObject {
  spec?: { unschedulable?: boolean; taints?: { key: string; effect: string }[] };
  status?: { allocatable?: Record<string, string>; conditions?: Condition[] };
}

export interface ResourceQuota extends KubernetesObject {
  status?: { hard?: Record<string, string>; used?: Record<string, string> };
}

interface Amount {
  readonly cpu: number;
  readonly memory: number;
  readonly pods: number;
}

/** Fits the extra pods onto the nodes, the first node that has room for each. */
export function checkNodes(
  extraPods: number,
  template: PodTemplate,
  nodes: readonly Node[],
  pods: readonly Pod[],
): Finding[] {
  const each = requestOf(template.spec);
  const free = nodes.filter(acceptsPods).map((node) => freeOn(node, pods));
  let placed = 0;
  while (placed < extraPods) {
    const index = free.findIndex((room) => fits(each, room));
    const room = free[index];
    if (!room) break;
    free[index] = minus(room, each);
    placed += 1;
  }
  if (placed >= extraPods) return [];
  return [
    {
      check: 'capacity',
      severity: 'refuse',
      message: `the nodes have room for ${placed} of the ${extraPods} extra pods (each asks for ${text(each)})`,
      advice:
        'make room, lower the requests, or choose strategy rolling, which needs fewer extra pods',
    },
  ];
}

/** Holds the extra pods against what the namespace may still use. */
export function checkQuotas(
  extraPods: number,
  template: PodTemplate,
  quotas: readonly ResourceQuota[],
): Finding[] {
  const each = requestOf(template.spec);
  const needed: Readonly<Record<string, number>> = {
    pods: extraPods,
    'requests.cpu': extraPods * each.cpu,
    cpu: extraPods * each.cpu,
    'requests.memory': extraPods * each.memory,
    memory: extraPods * each.memory,
  };
  return quotas.flatMap(({ metadata, status = {} }) =>
    Object.entries(status.hard ?? {})
      .filter(
        ([name, hard]) => quantity(hard) - quantity(status.used?.[name]) < (needed[name] ?? 0),
      )
      .map(([name, hard]): Finding => {
        const used = status.used?.[name] ?? '0';
        return {
          check: 'capacity',
          severity: 'refuse',
          message: `quota ${metadata.name} does not allow ${extraPods} extra pods: ${name} ${used} of ${hard} used`,
          advice: 'raise the quota, or choose strategy rolling, which needs fewer extra pods',
        };
      }),
  );
}

/** What one pod asks for: `0.5 CPU, 256 MiB`. */
export function requestText({ spec }: PodTemplate): string {
  return text(requestOf(spec));
}

function requestOf(spec: { containers: { resources?: { requests?: Record<string, string> } }[] }) {
  const sum = (resource: string): number =>
    spec.containers.reduce(
      (all, { resources }) => all + quantity(resources?.requests?.[resource]),
      0,
    );
  return { cpu: sum('cpu'), memory: sum('memory'), pods: 1 };
}

function acceptsPods({ spec, status }: Node): boolean {
  const tainted = spec?.taints?.some(({ effect }) => effect !== 'PreferNoSchedule') ?? false;
  return (
    !spec?.unschedulable && !tainted && condition(status?.conditions, 'Ready')?.status !== 'False'
  );
}

function freeOn({ metadata, status }: Node, pods: readonly Pod[]): Amount {
  const { allocatable = {} } = status ?? {};
  const all = {
    cpu: quantity(allocatable.cpu),
    memory: quantity(allocatable.memory),
    pods: quantity(allocatable.pods),
  };
  return pods
    .filter(({ spec }) => spec.nodeName === metadata.name)
    .filter((pod) => pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed')
    .reduce<Amount>((room, pod) => minus(room, requestOf(pod.spec)), all);
}

function fits(each: Amount, room: Amount): boolean {
  return each.cpu <= room.cpu && each.memory <= room.memory && each.pods <= room.pods;
}

function minus(room: Amount, each: Amount): Amount {
  return {
    cpu: room.cpu - each.cpu,
    memory: room.memory - each.memory,
    pods: room.pods - each.pods,
  };
}

function text({ cpu, memory }: Amount): string {
  return `${cpu} CPU, ${Math.round(memory / 2 ** 20)} MiB`;
}
