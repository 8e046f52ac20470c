/** Checks of the Deployment and what guards it: does it stop and start so that no request is lost? */
import { selects } from '../kubernetes/labels.ts';
import type { Deployment, Pod } from '../kubernetes/objects.ts';
import { isServing } from '../kubernetes/pods.ts';
import { rolloutOf } from '../kubernetes/rollout.ts';
import type { Subject } from '../release/subject.ts';
import type { Finding } from './finding.ts';

/** What a disruption budget or an autoscaler says of whom it means. */
export interface Guards {
  readonly budgets: readonly { readonly matchLabels: Readonly<Record<string, string>> }[];
  /** Names of the Deployments that an autoscaler scales. */
  readonly autoscaled: readonly string[];
}

const SECONDS_AFTER_PRE_STOP = 5;

export function checkWorkload({ deployment, container }: Subject, guards: Guards): Finding[] {
  const { name } = deployment.metadata;
  const findings: Finding[] = [];
  if (!container.readinessProbe) {
    findings.push({
      check: 'no-readiness-probe',
      severity: 'refuse',
      message: `container ${container.name} of deployment ${name} has no readinessProbe`,
      advice: 'without one a pod gets requests before it can answer them: add a readinessProbe',
    });
  }
  findings.push(...checkEnd(deployment, container));
  const budgeted = guards.budgets.some(({ matchLabels }) =>
    selects(matchLabels, deployment.spec.template.metadata?.labels),
  );
  if (!budgeted) {
    findings.push({
      check: 'no-pdb',
      severity: 'warn',
      message: `no PodDisruptionBudget covers the pods of deployment ${name}`,
      advice: 'a node that is drained during the release may take all of them at once',
    });
  }
  if ((deployment.spec.replicas ?? 1) < 2) {
    findings.push({
      check: 'single-replica',
      severity: 'warn',
      message: `deployment ${name} has one replica`,
      advice: 'a node that fails takes the service with it: run two or more',
    });
  }
  if (guards.autoscaled.includes(name)) {
    findings.push({
      check: 'autoscaler',
      severity: 'warn',
      message: `a HorizontalPodAutoscaler scales deployment ${name}`,
      advice: 'its target is not moved to the candidate: do so when the release is promoted',
    });
  }
  return findings;
}

/** Is the Deployment in the state from which a release can begin, and go back to? */
export function checkHealth(
  { deployment, service }: Subject,
  pods: readonly Pod[],
  reached: ReadonlySet<string>,
): Finding[] {
  const { name } = deployment.metadata;
  const wanted = deployment.spec.replicas ?? 1;
  const findings: Finding[] = [];
  const refuse = (check: Finding['check'], message: string, advice: string): void => {
    findings.push({ check, severity: 'refuse', message, advice });
  };
  if (deployment.spec.paused) {
    refuse(
      'deployment-paused',
      `deployment ${name} is paused`,
      'resume it, or finish what paused it',
    );
  }
  const ready = pods.filter(isServing).length;
  if (rolloutOf(deployment).kind !== 'complete') {
    refuse(
      'deployment-unhealthy',
      `deployment ${name} is not healthy: ${ready} of ${wanted} pods ready, or a rollout is under way`,
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

function checkEnd(deployment: Deployment, container: Subject['container']): Finding[] {
  const { name } = deployment.metadata;
  const { preStop } = container.lifecycle ?? {};
  if (!preStop) {
    return [
      {
        check: 'no-pre-stop',
        severity: 'warn',
        message: `container ${container.name} of deployment ${name} has no preStop hook`,
        advice:
          'requests still arrive while the end of a pod is made known: add preStop: {sleep: {seconds: 5}}',
      },
    ];
  }
  const graceSeconds = deployment.spec.template.spec.terminationGracePeriodSeconds ?? 30;
  const neededSeconds = (preStop.sleep?.seconds ?? 0) + SECONDS_AFTER_PRE_STOP;
  if (graceSeconds >= neededSeconds) return [];
  return [
    {
      check: 'grace-too-short',
      severity: 'refuse',
      message: `deployment ${name} gives its pods ${graceSeconds}s to end, of which preStop takes ${preStop.sleep?.seconds}s`,
      advice: `requests in flight would be cut: terminationGracePeriodSeconds needs ${neededSeconds} or more`,
    },
  ];
}
