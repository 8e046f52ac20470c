/** Which pods a ResourceQuota counts, and under which names. */
import { holds } from '../../kubernetes/labels.ts';
import type { KubernetesObject, PodSpec } from '../../kubernetes/objects.ts';
import { limitsOf, requestsOf } from '../../kubernetes/pods/requests.ts';

interface ScopeRequirement {
  scopeName: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values?: string[];
}

export interface ResourceQuota extends KubernetesObject {
  spec?: {
    hard?: Record<string, string>;
    scopes?: string[];
    scopeSelector?: { matchExpressions?: ScopeRequirement[] };
  };
  status?: { hard?: Record<string, string>; used?: Record<string, string> };
}

/** By the names that quotas have for it. */
export function neededBy(extraPods: number, spec: PodSpec): Readonly<Record<string, number>> {
  const needed: Record<string, number> = { pods: extraPods, 'count/pods': extraPods };
  for (const [resource, amount] of Object.entries(requestsOf(spec))) {
    if (resource === 'pods') continue;
    needed[`requests.${resource}`] = extraPods * amount;
    needed[resource] = extraPods * amount;
  }
  for (const [resource, amount] of Object.entries(limitsOf(spec))) {
    needed[`limits.${resource}`] = extraPods * amount;
  }
  return needed;
}

/** A quota counts the pods that are in all of its scopes. */
export function counts({ spec = {} }: ResourceQuota, pod: PodSpec): boolean {
  const named = (spec.scopes ?? []).map(
    (scopeName): ScopeRequirement => ({ scopeName, operator: 'Exists' }),
  );
  const wanted = [...named, ...(spec.scopeSelector?.matchExpressions ?? [])];
  return wanted.every((each) => isIn(each, pod));
}

function isIn(requirement: ScopeRequirement, pod: PodSpec): boolean {
  switch (requirement.scopeName) {
    case 'Terminating':
      return pod.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return pod.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return isBestEffort(pod);
    case 'NotBestEffort':
      return !isBestEffort(pod);
    case 'PriorityClass':
      return holds(requirement, pod.priorityClassName);
    default:
      // A scope that is not known may count the pods or not: the API's own answer tells.
      return false;
  }
}

/** Asks for no CPU and no memory, and is held to none. */
function isBestEffort(pod: PodSpec): boolean {
  const { cpu = 0, memory = 0 } = requestsOf(pod);
  const { cpu: mostCpu = 0, memory: mostMemory = 0 } = limitsOf(pod);
  return cpu + memory + mostCpu + mostMemory === 0;
}
