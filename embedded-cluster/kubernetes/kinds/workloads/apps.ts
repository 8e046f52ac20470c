/** Deployments, ReplicaSets and StatefulSets. */
import type { Kind } from '../../definitions/kind.ts';
import {
  deploymentDefaults,
  replicaSetDefaults,
  statefulSetDefaults,
  workloadFaults,
} from './workloads.ts';

export const DEPLOYMENTS: Kind = {
  group: 'apps',
  versions: ['v1'],
  kind: 'Deployment',
  plural: 'deployments',
  singular: 'deployment',
  scope: 'Namespaced',
  shortNames: ['deploy'],
  categories: ['all'],
  subresources: ['status', 'scale'],
  generation: 'counted-with-annotations',
  defaults: deploymentDefaults,
  faults: workloadFaults,
};

export const REPLICA_SETS: Kind = {
  group: 'apps',
  versions: ['v1'],
  kind: 'ReplicaSet',
  plural: 'replicasets',
  singular: 'replicaset',
  selectableFields: ['status.replicas'],
  scope: 'Namespaced',
  shortNames: ['rs'],
  categories: ['all'],
  subresources: ['status', 'scale'],
  generation: 'counted',
  defaults: replicaSetDefaults,
  faults: workloadFaults,
};

export const STATEFUL_SETS: Kind = {
  group: 'apps',
  versions: ['v1'],
  kind: 'StatefulSet',
  plural: 'statefulsets',
  singular: 'statefulset',
  scope: 'Namespaced',
  shortNames: ['sts'],
  categories: ['all'],
  subresources: ['status', 'scale'],
  generation: 'counted',
  defaults: statefulSetDefaults,
  faults: workloadFaults,
};
