/** Looks at the objects that pods are started with: has one changed since, is one gone? */

import { changedSince, missingText, unchangedText } from '../../core/cluster/config-change.ts';
import type { ConfigMap, KubernetesObject, PodSpec } from '../../core/kubernetes/objects.ts';
import { type Reference, referencesOf } from '../../core/kubernetes/pods/references.ts';
import type { Kube } from '../kube/client.ts';
import type { PlanInputs } from './plan-inputs.ts';

/** What a release that has nothing to do says of itself. */
export async function whyUnchanged(
  kube: Kube,
  namespace: string,
  why: string,
  { subject, pods }: Pick<PlanInputs, 'subject' | 'pods'>,
): Promise<string> {
  const references = referencesOf(subject.deployment.spec.template.spec);
  const found = await Promise.all(
    namesOf('ConfigMap', references).map((name) =>
      kube.get<ConfigMap>({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name }),
    ),
  );
  const known = found.filter((each) => each !== undefined);
  return unchangedText(why, changedSince(pods, known), namesOf('Secret', references));
}

/**
 * Why pods of this spec could not start: objects that it names and that are gone. Undefined where all
 * are there; Secrets are not looked at, since no stage may read them.
 */
export async function whatIsMissing(
  kube: Kube,
  namespace: string,
  image: string,
  spec: PodSpec,
): Promise<string | undefined> {
  const kinds = ['ConfigMap', 'PersistentVolumeClaim', 'ServiceAccount'] as const;
  const there = await Promise.all(
    kinds.map(async (kind) => {
      const { items } = await kube.list<KubernetesObject>({ kind: `v1/${kind}`, namespace }, named);
      return [kind, new Set(items.map(({ metadata }) => metadata.name))] as const;
    }),
  );
  const names = new Map<Reference['kind'], ReadonlySet<string>>(there);
  const missing = referencesOf(spec).filter(
    ({ kind, name }) => names.get(kind)?.has(name) === false,
  );
  return missing.length === 0 ? undefined : missingText(image, namespace, missing);
}

/** A ConfigMap may hold much, and only its name counts. */
function named({ apiVersion, kind, metadata: { name } }: KubernetesObject): KubernetesObject {
  return { apiVersion, kind, metadata: { name } };
}

function namesOf(kind: Reference['kind'], references: readonly Reference[]): string[] {
  return references.filter((each) => each.kind === kind).map(({ name }) => name);
}
