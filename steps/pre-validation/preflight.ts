/** Collects what the preflight checks look at, where it may be looked at, and runs them. */

import { countOf } from '../../core/base/share.ts';
import { isTwoSided } from '../../core/base/vocabulary.ts';
import { DEFAULT_SCHEDULING_MS } from '../../core/config/sections/limits.ts';
import type { Settings } from '../../core/config/settings.ts';
import { type Labels, matches } from '../../core/kubernetes/labels.ts';
import type { KubernetesObject, Pod, PodTemplate } from '../../core/kubernetes/objects.ts';
import { isCountedOnPages } from '../../core/metrics/request-counters/registry.ts';
import { checkPressure } from '../../core/preflight/beforehand/around.ts';
import { type Budget, checkBudgets } from '../../core/preflight/budgets.ts';
import { checkNodes, checkQuotas, type Growth } from '../../core/preflight/capacity/capacity.ts';
import type { Node } from '../../core/preflight/capacity/node.ts';
import { placed } from '../../core/preflight/capacity/placed.ts';
import type { ResourceQuota } from '../../core/preflight/capacity/quotas.ts';
import { type Finding, type Sorted, sortFindings } from '../../core/preflight/finding.ts';
import { checkKeeper } from '../../core/preflight/keeper.ts';
import { checkOwner } from '../../core/preflight/owner.ts';
import { checkService } from '../../core/preflight/service.ts';
import { type Claim, checkTwoVersions } from '../../core/preflight/two-versions.ts';
import { checkHealth, checkWorkload } from '../../core/preflight/workload.ts';
import type { LogEvent } from '../../core/report/log/log-events.ts';
import type { Clock } from '../../effects/base/clock.ts';
import type { PlanInputs } from '../../effects/inputs/plan-inputs.ts';
import type { Kube } from '../../effects/kube/client.ts';
import { KubeError } from '../../effects/kube/refusal.ts';
import type { Query } from '../../effects/kube/resources.ts';

export interface Candidate {
  /** Of its pods, where there will be others than the stable's. */
  readonly labels: Labels | undefined;
  /** Its pods as they would be admitted, and how many there are at the most beside those that run now. */
  readonly template: PodTemplate;
  readonly extraPods: number;
  /** What has been found of it so far. */
  readonly findings: readonly Finding[];
}

export async function preflight(
  kube: Kube,
  clock: Clock,
  namespace: string,
  settings: Settings,
  inputs: PlanInputs,
  candidate: Candidate,
): Promise<Sorted> {
  const { subject, pods, reached, resolved, metrics } = inputs;
  const { replicas = 1, template: stable } = subject.deployment.spec;
  const { extraPods, template, labels } = candidate;
  const [nodes, allPods, quotas, budgets, claims] = await Promise.all([
    listWhereAllowed<Node>(kube, { kind: 'v1/Node' }),
    listWhereAllowed<Pod>(kube, RUNNING, (pod) => placed(pod, namespace)),
    kube.list<ResourceQuota>({ kind: 'v1/ResourceQuota', namespace }),
    kube.list<Budget>({ kind: 'policy/v1/PodDisruptionBudget', namespace }),
    listWhereAllowed<Claim>(kube, { kind: 'v1/PersistentVolumeClaim', namespace }),
  ]);
  const { name } = subject.deployment.metadata;
  const guarded = { name, replicas, stable: stable.metadata?.labels, candidate: labels };
  const findings: Finding[] = [
    ...candidate.findings,
    ...checkHealth(subject, pods, reached),
    ...checkOwner(subject),
    ...checkKeeper(subject.service, isTwoSided(settings)),
    ...checkWorkload(subject, settings),
    ...checkTwoVersions(subject.deployment, settings, claims),
    ...checkService(subject.service, settings),
    ...checkBudgets(guarded, budgets.items),
    ...checkQuotas(extraPods, template, quotas.items),
    ...(nodes && allPods
      ? checkNodes(extraPods, template, nodes, allPods, growthOf(settings))
      : [capacityUnknown]),
    ...checkPressure(nodes ?? []),
  ];
  if (resolved.kind === 'unpinned') {
    findings.push({
      check: 'image-not-pinned',
      severity: 'warn',
      message: `the digest of ${resolved.image.reference} is not known: ${resolved.why}`,
      advice: 'pods that start later may run another image under the same tag',
    });
  }
  if (metrics.kind === 'none' && isCountedOnPages(settings.analysis.traffic)) {
    findings.push({
      check: 'no-metrics',
      severity: metrics.unreadable ? 'refuse' : 'warn',
      message: metrics.unreadable
        ? `the stable does not serve the metrics page that analysis.pods names: ${metrics.why}`
        : `the candidate will be judged by readiness alone: ${metrics.why}`,
      advice: 'let the pods serve http_requests_total{status=…} on /metrics, or set analysis.pods',
    });
  }
  return sortFindings(findings, settings.ignoredChecks, clock.now());
}

/** A limit longer than the default says that nodes have to be added first. */
function growthOf({ limits }: Settings): Growth {
  return limits.schedulingMs > DEFAULT_SCHEDULING_MS ? 'by-need' : 'fixed';
}

/** How many pods there are at the most, beside those that run now. */
export function extraPodsOf(
  settings: Settings,
  { subject: { deployment, statefulSet }, deployments }: PlanInputs,
  candidate: Labels | undefined,
): number {
  if (statefulSet) return 0;
  const { replicas = 1 } = deployment.spec;
  if (!isTwoSided(settings)) return countOf(settings.rolling.maxSurge, replicas);
  // Pods of an old version that was kept warm end before the candidate's start in their place.
  const giveWay = deployments.find(
    ({ metadata, spec }) =>
      metadata.name !== deployment.metadata.name &&
      candidate !== undefined &&
      matches(spec.selector, candidate),
  );
  return Math.max(0, replicas - (giveWay?.spec.replicas ?? 0));
}

export function findingEvents({ refused, warnings, ignored }: Sorted): LogEvent[] {
  const eventOf =
    (preflight: string) =>
    ({ check, message, advice }: Finding): LogEvent => ({
      event: 'finding',
      preflight,
      check,
      message,
      advice,
    });
  return [
    ...ignored.map(
      ({ finding: { check, message }, reason }): LogEvent => ({
        event: 'finding',
        preflight: 'ignored',
        check,
        message,
        reason,
      }),
    ),
    ...warnings.map(eventOf('warning')),
    ...refused.map(eventOf('refused')),
  ];
}

const capacityUnknown: Finding = {
  check: 'capacity',
  severity: 'warn',
  message: 'the nodes may not be listed, so it is not known whether the extra pods fit',
  advice: 'grant it with the ClusterRole zero-downtime-capacity (docs/permissions.md)',
};

/** Every pod of the cluster that takes room from a node. */
const RUNNING: Query = {
  kind: 'v1/Pod',
  fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed',
};

/** Undefined where the stage may not look: not everybody grants a view of the whole cluster. */
async function listWhereAllowed<T extends KubernetesObject>(
  kube: Kube,
  query: Query,
  keep?: (item: T) => T | undefined,
): Promise<readonly T[] | undefined> {
  try {
    return (await kube.list<T>(query, keep)).items;
  } catch (thrown) {
    if (thrown instanceof KubeError && thrown.status === 403) return undefined;
    throw thrown;
  }
}
