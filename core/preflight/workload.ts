/** Checks of the Deployment: does it stop and start so that no request is lost? */

import { formatDuration } from '../base/duration.ts';
import { isTwoSided } from '../base/vocabulary.ts';
import type { Subject } from '../cluster/subject.ts';
import type { Settings } from '../config/settings.ts';
import type { Pod, Probe } from '../kubernetes/objects.ts';
import { isServing } from '../kubernetes/pods/pods.ts';
import { rolloutOf } from '../kubernetes/pods/rollout.ts';
import { workloadText } from '../kubernetes/workload.ts';
import type { Deployment } from '../kubernetes/workload-objects.ts';
import type { Plan } from '../plan/plan.ts';
import type { Finding } from './finding.ts';

export function checkWorkload({ deployment, container }: Subject, settings: Settings): Finding[] {
  const workload = workloadText(deployment);
  const findings: Finding[] = [];
  if (!container.readinessProbe) {
    findings.push({
      check: 'no-readiness-probe',
      severity: 'refuse',
      message: `container ${container.name} of ${workload} has no readinessProbe`,
      advice: 'without one a pod gets requests before it can answer them: add a readinessProbe',
    });
  } else findings.push(...checkReadiness(container.readinessProbe, workload, settings));
  findings.push(...checkEnd(deployment, container, settings));
  findings.push(...checkSurge(deployment));
  if ((deployment.spec.replicas ?? 1) < 2) {
    findings.push({
      check: 'single-replica',
      severity: 'warn',
      message: `${workload} has one replica`,
      advice: 'a node that fails takes the service with it: run two or more',
    });
  }
  const { maxUnavailable } = settings.rolling;
  if (!isTwoSided(settings) && maxUnavailable !== 0 && maxUnavailable !== '0%') {
    findings.push({
      check: 'max-unavailable',
      severity: 'warn',
      message: `strategy.rolling.maxUnavailable is ${maxUnavailable}: pods go before their successors are ready`,
      advice: 'the rest must carry all of the traffic meanwhile: leave it at 0 and let it surge',
    });
  }
  return findings;
}

/** A StatefulSet cannot make a pod before it ends the one that it replaces. */
function checkSurge({ kind, metadata, spec }: Deployment): Finding[] {
  if (kind !== 'StatefulSet') return [];
  const { replicas = 1 } = spec;
  return [
    {
      check: 'no-surge',
      severity: replicas < 2 ? 'refuse' : 'warn',
      message: `StatefulSet ${metadata.name} replaces its ${replicas} pods in place: one is missing at any time of the release`,
      advice: replicas < 2 ? 'run two or more' : 'the others must carry the traffic meanwhile',
    },
  ];
}

/** Is the Deployment in the state from which a release can begin, and go back to? */
export function checkHealth(
  { deployment, service }: Subject,
  pods: readonly Pod[],
  reached: ReadonlySet<string>,
): Finding[] {
  const workload = workloadText(deployment);
  const wanted = deployment.spec.replicas ?? 1;
  const findings: Finding[] = [];
  const refuse = (check: Finding['check'], message: string, advice: string): void => {
    findings.push({ check, severity: 'refuse', message, advice });
  };
  if (deployment.spec.paused) {
    refuse('deployment-paused', `${workload} is paused`, 'resume it, or finish what paused it');
  }
  const ready = pods.filter(isServing).length;
  if (rolloutOf(deployment).kind !== 'complete') {
    refuse(
      'deployment-unhealthy',
      `${workload} is not healthy: ${ready} of ${wanted} pods ready, or a rollout is under way`,
      'a release needs a stable to go back to: mend it first, or wait for the rollout',
    );
  } else if (reached.size < wanted) {
    refuse(
      'endpoints',
      `service ${service.metadata.name} reaches ${reached.size} of ${wanted} pods`,
      'compare the selector of the service with the labels of the pods',
    );
  }
  return findings;
}

/**
 * A release that moves traffic in parts leaves the rest with the stable: where that is too few pods, it
 * would stop at its first step. Only whoever goes on without a healthy stable hears of it.
 */
export function checkParts(plan: Plan, pods: readonly Pod[]): Finding[] {
  const [first] = isTwoSided(plan) ? plan.steps : [];
  const ready = pods.filter(isServing).length;
  const { ignoredChecks } = plan.settings;
  const goesOn = ignoredChecks.some(({ check }) => check === 'deployment-unhealthy');
  if (!first || first.weightPercent >= 100 || ready >= plan.floor || !goesOn) return [];
  return [
    {
      check: 'stable-too-few',
      severity: 'refuse',
      message: `the first step leaves ${100 - first.weightPercent}% of the traffic with the stable, of which ${ready} of ${plan.floor} pods are ready`,
      advice:
        'release with strategy blue-green and switch: instant, which needs no pod of the stable, or with rolling',
    },
  ];
}

/** How long a pod that stopped answering is still sent requests. */
function checkReadiness(probe: Probe, workload: string, { drain }: Settings): Finding[] {
  const { periodSeconds = 10, failureThreshold = 3 } = probe;
  const seconds = periodSeconds * failureThreshold;
  if (seconds * 1000 <= drain.maxMs) return [];
  return [
    {
      check: 'slow-readiness',
      severity: 'warn',
      message: `the readinessProbe of ${workload} takes ${seconds}s to take a failing pod out, longer than drain.maxDuration (${formatDuration(drain.maxMs)})`,
      advice: 'lower periodSeconds or failureThreshold',
    },
  ];
}

function checkEnd(
  deployment: Deployment,
  container: Subject['container'],
  { preflight, drain }: Settings,
): Finding[] {
  const workload = workloadText(deployment);
  const { preStop } = container.lifecycle ?? {};
  const now =
    'this release gives the candidate what it lacks (preflight.harden); the pods that run now end as they are';
  const findings: Finding[] = [];
  if (!preStop) {
    findings.push({
      check: 'no-pre-stop',
      severity: 'warn',
      message: `container ${container.name} of ${workload} has no preStop hook`,
      advice: preflight.harden
        ? now
        : 'requests still arrive while the end of a pod is made known: add preStop: {sleep: {seconds: 5}}, or set preflight.harden',
    });
  }
  const graceSeconds = deployment.spec.template.spec.terminationGracePeriodSeconds ?? 30;
  const requestSeconds = Math.ceil(drain.longestRequestMs / 1000);
  const sleepSeconds = preStop?.sleep?.seconds ?? 0;
  const neededSeconds = sleepSeconds + requestSeconds;
  if (graceSeconds >= neededSeconds) return findings;
  return [
    ...findings,
    {
      check: 'grace-too-short',
      severity: preflight.harden ? 'warn' : 'refuse',
      message: `${workload} gives its pods ${graceSeconds}s to end; preStop takes ${sleepSeconds}s and the longest request ${requestSeconds}s`,
      advice: preflight.harden
        ? now
        : `requests in flight would be cut: terminationGracePeriodSeconds needs ${neededSeconds} or more (preflight.harden does it)`,
    },
  ];
}
