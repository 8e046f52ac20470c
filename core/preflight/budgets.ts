/** Checks of the PodDisruptionBudgets: do they guard both versions, and can nodes still be drained? */

import { countOf } from '../base/share.ts';
import { type Labels, matches } from '../kubernetes/labels.ts';
import type { KubernetesObject, LabelSelector } from '../kubernetes/objects.ts';
import type { Finding } from './finding.ts';

export interface Budget extends KubernetesObject {
  spec?: {
    selector?: LabelSelector;
    minAvailable?: number | string;
    maxUnavailable?: number | string;
  };
}

export interface Guarded {
  /** The workload that serves. */
  readonly name: string;
  readonly replicas: number;
  readonly stable: Labels | undefined;
  /** Labels of the candidate's pods, where they differ. */
  readonly candidate: Labels | undefined;
}

export function checkBudgets(guarded: Guarded, budgets: readonly Budget[]): Finding[] {
  const { name, replicas, stable, candidate } = guarded;
  const covering = budgets.filter((budget) => covers(budget, stable));
  if (covering.length === 0) {
    const message = `no PodDisruptionBudget covers the pods of ${name}`;
    const advice = 'a node that is drained during the release may take all of them at once';
    return [{ check: 'no-pdb', severity: 'warn', message, advice }];
  }
  const findings: Finding[] = covering
    .filter((budget) => allowed(budget, replicas) <= 0)
    .map(({ metadata }) => ({
      check: 'pdb-blocks',
      severity: 'warn',
      message: `PodDisruptionBudget ${metadata.name} allows none of the ${replicas} pods of ${name} to be missing`,
      advice: 'no node that runs one of them can be drained: allow one, or run one more',
    }));
  const bare = candidate !== undefined && !budgets.some((budget) => covers(budget, candidate));
  if (bare) {
    findings.push({
      check: 'pdb-misses-candidate',
      severity: 'warn',
      message: `the PodDisruptionBudgets of ${name} do not cover the candidate's pods`,
      advice: 'let the selector name what both versions carry, not the colour',
    });
  }
  return findings;
}

/** An empty selector of a budget means every pod (policy/v1). */
function covers({ spec }: Budget, labels: Labels | undefined): boolean {
  return matches(spec?.selector, labels);
}

/** How many may be missing when all are there; percentages are rounded up, as the budgets do it. */
function allowed({ spec = {} }: Budget, replicas: number): number {
  if (spec.maxUnavailable !== undefined) return countOf(spec.maxUnavailable, replicas);
  if (spec.minAvailable !== undefined) return replicas - countOf(spec.minAvailable, replicas);
  return replicas;
}
