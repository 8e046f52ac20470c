/** Whose the pods of an ideal cluster are: each is of a revision, those found or one made up. */
import { named } from '../kubernetes/by-name.ts';
import {
  controllerOf,
  REVISION_HASH,
  revisionIn,
  sameTemplate,
  TEMPLATE_HASH,
  workloadRef,
} from '../kubernetes/owners.ts';
import type { ReplicaSet, StatefulSet } from '../kubernetes/workload-objects.ts';
import type { IdealCluster } from './ideal-cluster.ts';
import type { Belonging, IdealPod } from './ideal-pods.ts';

/** Of a pod that was made up. */
export function belongingOf(cluster: IdealCluster, pod: IdealPod): Belonging {
  const set = named<StatefulSet>(cluster.objects, 'StatefulSet', pod.owner);
  if (set) {
    const { kind, name, uid = '' } = workloadRef(set);
    const labels = { [REVISION_HASH]: revisionOf(cluster, set, pod) };
    return { labels, owner: { kind, name, uid, controller: true } };
  }
  const { metadata } = replicaSetOf(cluster, pod);
  const { name, uid = '' } = metadata;
  const hash = metadata.labels?.[TEMPLATE_HASH] ?? '';
  const owner = { kind: 'ReplicaSet', name, uid, controller: true };
  return { labels: { [TEMPLATE_HASH]: hash }, owner };
}

/** Those that were found, and those of the pods that were made up. */
export function replicaSets(cluster: IdealCluster): ReplicaSet[] {
  const { found, objects, pods } = cluster;
  const made = pods
    .filter(({ found: real, owner }) => !real && named(objects, 'Deployment', owner))
    .map((pod) => replicaSetOf(cluster, pod));
  const all = [...found.replicaSets, ...made];
  return [...new Map(all.map((each) => [each.metadata.uid, each])).values()];
}

function replicaSetOf({ found, objects }: IdealCluster, { owner, template }: IdealPod): ReplicaSet {
  const deployment = named(objects, 'Deployment', owner);
  const existing = found.replicaSets.find(
    (each) =>
      controllerOf(each)?.uid === deployment?.metadata.uid &&
      sameTemplate(each.spec.template, template),
  );
  if (existing) return existing;
  // A template has one ReplicaSet, so the template is name enough.
  const hash = JSON.stringify(template);
  const name = `${owner}-${hash}`;
  const { uid = '' } = deployment?.metadata ?? {};
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      uid: name,
      labels: { [TEMPLATE_HASH]: hash },
      ownerReferences: [{ kind: 'Deployment', name: owner, uid, controller: true }],
    },
    spec: { selector: {}, template },
  };
}

/** A StatefulSet that gets an old template again gives its pods the old revision's name again. */
function revisionOf({ found }: IdealCluster, set: StatefulSet, { template }: IdealPod): string {
  const before = named<StatefulSet>(found.others, 'StatefulSet', set.metadata.name);
  const isOld = before && sameTemplate(before.spec.template, template);
  const revisions = found.pods.map((pod) => revisionIn(pod, workloadRef(set), []));
  const old = revisions.find((revision) => revision !== undefined);
  return (isOld ? old : undefined) ?? JSON.stringify(template);
}
