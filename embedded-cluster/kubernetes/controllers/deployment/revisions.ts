/** Which ReplicaSet stands for which revision of a Deployment, as its annotations tell. */
import { isDeepStrictEqual } from 'node:util';
import type { Deployment, PodTemplate, ReplicaSet } from '../../shapes.ts';
import { TEMPLATE_HASH_LABEL } from '../template-hash.ts';
import { desiredReplicas, maxSurge } from './bounds.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';

/** What a ReplicaSet does not take over from its Deployment. */
const NOT_INHERITED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
]);

type Annotations = Record<string, string>;

export function byAge(a: ReplicaSet, b: ReplicaSet): number {
  const [older, newer] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (older === newer) return a.metadata.name < b.metadata.name ? -1 : 1;
  return older < newer ? -1 : 1;
}

/** The one with the Deployment's own template; the oldest, should there be several. */
export function findNewReplicaSet(
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  return [...replicaSets]
    .sort(byAge)
    .find(({ spec }) => spec.template && isSameTemplate(spec.template, deployment.spec.template));
}

function isSameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  return isDeepStrictEqual(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { [TEMPLATE_HASH_LABEL]: _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

export function revisionOf(replicaSet: ReplicaSet): number {
  return Number(replicaSet.metadata.annotations?.[REVISION] ?? 0);
}

export function nextRevision(oldOnes: readonly ReplicaSet[]): number {
  return Math.max(0, ...oldOnes.map(revisionOf)) + 1;
}

/** What the ReplicaSet's annotations must be when it becomes `revision`. */
export function annotationsFor(
  deployment: Deployment,
  current: Annotations | undefined,
  revision: number,
): Annotations {
  const inherited = Object.entries(deployment.metadata.annotations ?? {}).filter(
    ([name]) => !NOT_INHERITED.has(name),
  );
  const annotations: Annotations = { ...current, ...Object.fromEntries(inherited) };
  const earlier = Number(current?.[REVISION] ?? 0);
  if (earlier >= revision) return annotations;
  const history = [current?.[REVISION_HISTORY], earlier > 0 ? String(earlier) : undefined];
  const known = history.filter((entry) => entry !== undefined).join(',');
  return {
    ...annotations,
    [REVISION]: String(revision),
    ...(known === '' ? {} : { [REVISION_HISTORY]: known }),
  };
}

/** How many pods the Deployment wanted when it last sized this ReplicaSet. */
export function sizeAnnotations(deployment: Deployment): Annotations {
  const desired = desiredReplicas(deployment);
  return {
    [DESIRED_REPLICAS]: String(desired),
    [MAX_REPLICAS]: String(desired + maxSurge(deployment)),
  };
}

export function desiredWhenSized(replicaSet: ReplicaSet): number | undefined {
  return numberIn(replicaSet, DESIRED_REPLICAS);
}

export function maxWhenSized(replicaSet: ReplicaSet): number | undefined {
  return numberIn(replicaSet, MAX_REPLICAS);
}

function numberIn({ metadata }: ReplicaSet, annotation: string): number | undefined {
  const text = metadata.annotations?.[annotation];
  return text === undefined ? undefined : Number(text);
}
