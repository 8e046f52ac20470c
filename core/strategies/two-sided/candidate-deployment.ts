/** The candidate's Deployment as a copy of the stable's: made, put over one that stands, put back as found. */

import type { PatchOperation } from '../../cluster/action.ts';
import { ownershipAnnotation, RELEASE_ANNOTATION } from '../../cluster/ownership.ts';
import type { WorkloadSnapshot } from '../../cluster/plan-input.ts';
import { type Carried, carriedBack, carrying, writing } from '../../cluster/workload/copy.ts';
import type { Deployment } from '../../kubernetes/workload-objects.ts';
import type { TwoSidedPlan } from '../../plan/plan.ts';

export function candidateObject(plan: TwoSidedPlan, pods: number): Deployment {
  const { candidate, release, namespace } = plan;
  const { name, labels, annotations = {}, selector, template } = candidate;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace,
      labels: { ...labels },
      annotations: { ...annotations, [RELEASE_ANNOTATION]: release },
    },
    spec: { ...specOf(plan), replicas: pods, selector, template },
  };
}

/** What stands in the candidate's place becomes what the stable is like now, whatever it was like then. */
export function becomingCandidate(
  plan: TwoSidedPlan,
  existing: Deployment,
  pods: number,
): PatchOperation[] {
  const { labels, annotations = {}, template } = plan.candidate;
  const found = existing.metadata;
  const { selector } = existing.spec;
  const marked = { ...annotations, [RELEASE_ANNOTATION]: plan.release };
  return [
    writing('labels', carrying(found.labels, labels)),
    writing('annotations', carrying(found.annotations, marked)),
    {
      op: 'replace',
      path: '/spec',
      value: { ...specOf(plan), replicas: pods, selector, template },
    },
  ];
}

export function becomingAsBefore(
  { candidate }: TwoSidedPlan,
  before: WorkloadSnapshot,
  deployment: Deployment,
): PatchOperation[] {
  const { replicas, template, carried } = before;
  // A plan of an earlier version changed no more than these.
  if (!carried) {
    return [
      ...ownershipAnnotation(deployment, before.mark),
      { op: 'replace', path: '/spec/template', value: template },
      { op: 'add', path: '/spec/replicas', value: replicas },
    ];
  }
  const { labels, annotations } = deployment.metadata;
  const marked = { ...candidate.annotations, [RELEASE_ANNOTATION]: '' };
  const mark = before.mark === undefined ? {} : { [RELEASE_ANNOTATION]: before.mark };
  const { selector } = deployment.spec;
  return [
    writing('labels', carriedBack(labels, candidate.labels, carried.labels)),
    writing('annotations', carriedBack(annotations, marked, { ...carried.annotations, ...mark })),
    { op: 'replace', path: '/spec', value: { ...carried.spec, replicas, selector, template } },
  ];
}

function specOf({ candidate, stable }: TwoSidedPlan): Carried['spec'] {
  // A plan of an earlier version copied no more than this.
  return candidate.spec ?? (stable.strategy ? { strategy: stable.strategy } : {});
}
