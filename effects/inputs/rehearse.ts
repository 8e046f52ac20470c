/** Sends what a release would make to the API server with `dryRun=All`: it admits or refuses, and keeps nothing. */

import type { KubernetesObject, PodTemplate } from '../../core/kubernetes/objects.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { makerOf } from '../../core/plan/registry.ts';
import type { Finding } from '../../core/preflight/finding.ts';
import { candidatePod, type Rehearsed, rehearsalFindings } from '../../core/preflight/rehearsal.ts';
import type { Kube } from '../kube/client.ts';

export interface Rehearsal {
  readonly findings: readonly Finding[];
  /** What a pod asks for once everybody has had his say: defaults of the namespace, sidecars. */
  readonly template: PodTemplate;
}

/** Of what a release makes, the kinds that its stage may send here. */
const KINDS = ['Deployment', 'Service', 'DestinationRule'];

/** `created`: the objects that the release would make. */
export async function rehearse(
  kube: Kube,
  plan: Plan,
  created: readonly KubernetesObject[],
  extraPods: number,
): Promise<Rehearsal> {
  const pod = candidatePod(plan);
  const objects = [pod, ...created.filter(({ kind }) => KINDS.includes(kind))];
  const answers = await Promise.all(objects.map((object) => kube.rehearse(object)));
  const findings = answers.flatMap((answer, index) =>
    rehearsalFindings(objects[index] ?? pod, answer, extraPods),
  );
  return { findings, template: admitted(answers[0]) ?? makerOf(plan).candidate(plan).template };
}

/** The pod as it would run. */
function admitted(answer: Rehearsed | undefined): PodTemplate | undefined {
  if (answer?.kind !== 'admitted' || !('spec' in answer.object)) return undefined;
  return answer.object as PodTemplate; // of the kind that was sent
}
