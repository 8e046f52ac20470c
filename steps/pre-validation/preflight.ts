/** Collects what the preflight checks look at, where it may be looked at, and runs them. */
import type { Settings } from '../../core/config/settings.ts';
import type { KubernetesObject, Pod } from '../../core/kubernetes/objects.ts';
import {
  checkNodes,
  checkQuotas,
  type Node,
  type ResourceQuota,
} from '../../core/preflight/capacity.ts';
import { type Finding, type Sorted, sortFindings } from '../../core/preflight/finding.ts';
import { checkHealth, checkWorkload, type Guards } from '../../core/preflight/workload.ts';
import { countOf } from '../../core/share.ts';
import type { Clock } from '../../effects/clock.ts';
import type { Gathered } from '../../effects/gather.ts';
import { type Kube, KubeError } from '../../effects/kube/client.ts';
import type { Query } from '../../effects/kube/resources.ts';

interface Budget extends KubernetesObject {
  spec?: { selector?: { matchLabels?: Record<string, string> } };
}

interface Autoscaler extends KubernetesObject {
  spec?: { scaleTargetRef?: { kind?: string; name?: string } };
}

export async function preflight(
  kube: Kube,
  clock: Clock,
  namespace: string,
  settings: Settings,
  gathered: Gathered,
): Promise<Sorted> {
  const { subject, pods, reached, resolved, metrics } = gathered;
  const { replicas = 1, template } = subject.deployment.spec;
  const extraPods =
    settings.strategy === 'blue-green' ? replicas : countOf(settings.rolling.maxSurge, replicas);
  const [nodes, allPods, quotas, guards] = await Promise.all([
    listWhereAllowed<Node>(kube, { kind: 'v1/Node' }),
    listWhereAllowed<Pod>(kube, { kind: 'v1/Pod' }),
    kube.list<ResourceQuota>({ kind: 'v1/ResourceQuota', namespace }),
    findGuards(kube, namespace),
  ]);
  const findings: Finding[] = [
    ...checkHealth(subject, pods, reached),
    ...checkWorkload(subject, guards),
    ...checkQuotas(extraPods, template, quotas.items),
    ...(nodes && allPods ? checkNodes(extraPods, template, nodes, allPods) : [capacityUnknown]),
  ];
  if (resolved.kind === 'unpinned') {
    findings.push({
      check: 'image-not-pinned',
      severity: 'warn',
      message: `the digest of ${resolved.image.reference} is not known: ${resolved.why}`,
      advice: 'pods that start later may run another image under the same tag',
    });
  }
  if (metrics.kind === 'none') {
    findings.push({
      check: 'no-metrics',
      severity: 'warn',
      message: `the candidate will be judged by readiness alone: ${metrics.why}`,
      advice: 'let the pods serve http_requests_total{status=…} on /metrics, or set analysis.pods',
    });
  }
  return sortFindings(findings, settings.ignoredChecks, clock.now());
}

export function formatFindings(
  kind: 'warning' | 'refused',
  findings: readonly Finding[],
): string[] {
  return findings.map(
    ({ check, message, advice }) =>
      `preflight=${kind} check=${check} message="${message}" advice="${advice}"`,
  );
}

const capacityUnknown: Finding = {
  check: 'capacity',
  severity: 'warn',
  message: 'the nodes may not be looked at, so nobody knows whether the extra pods fit',
  advice: 'grant it with the ClusterRole zero-downtime-capacity (docs/permissions.md)',
};

async function findGuards(kube: Kube, namespace: string): Promise<Guards> {
  const [budgets, autoscalers] = await Promise.all([
    kube.list<Budget>({ kind: 'policy/v1/PodDisruptionBudget', namespace }),
    kube.list<Autoscaler>({ kind: 'autoscaling/v2/HorizontalPodAutoscaler', namespace }),
  ]);
  return {
    budgets: budgets.items.map(({ spec }) => ({ matchLabels: spec?.selector?.matchLabels ?? {} })),
    autoscaled: autoscalers.items
      .map(({ spec }) => spec?.scaleTargetRef)
      .filter((target) => target?.kind === 'Deployment')
      .map((target) => target?.name ?? ''),
  };
}

/** Undefined where the stage may not look: not everybody grants a view of the whole cluster. */
async function listWhereAllowed<T extends KubernetesObject>(
  kube: Kube,
  query: Query,
): Promise<readonly T[] | undefined> {
  try {
    return (await kube.list<T>(query)).items;
  } catch (thrown) {
    if (thrown instanceof KubeError && thrown.status === 403) return undefined;
    throw thrown;
  }
}
