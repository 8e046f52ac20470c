/** The core group: pods, services, and what they are configured with. */
import type { Kind } from '../../definitions/kind.ts';
import { admitService, keepAddresses, serviceDefaults, serviceFaults } from '../network/service.ts';
import { admitPod, podDefaults } from '../pods/pod.ts';
import { podFaults } from '../pods/pod-faults.ts';
import { claimDefaults, namespaceDefaults, nodeDefaults } from './core-defaults.ts';
import { dataFaults, secretDefaults } from './data.ts';

export const CONFIG_MAPS: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  scope: 'Namespaced',
  shortNames: ['cm'],
  faults: dataFaults,
};

export const EVENTS: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  selectableFields: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  scope: 'Namespaced',
  shortNames: ['ev'],
};

export const LIMIT_RANGES: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'LimitRange',
  plural: 'limitranges',
  singular: 'limitrange',
  scope: 'Namespaced',
  shortNames: ['limits'],
};

export const NAMESPACES: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  selectableFields: ['status.phase'],
  scope: 'Cluster',
  shortNames: ['ns'],
  subresources: ['status', 'finalize'],
  names: 'label',
  defaults: namespaceDefaults,
};

export const NODES: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'Node',
  plural: 'nodes',
  singular: 'node',
  selectableFields: ['spec.unschedulable'],
  scope: 'Cluster',
  shortNames: ['no'],
  subresources: ['status'],
  statusOnCreate: 'kept',
  defaults: nodeDefaults,
};

export const PERSISTENT_VOLUME_CLAIMS: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  scope: 'Namespaced',
  shortNames: ['pvc'],
  subresources: ['status'],
  defaults: claimDefaults,
};

export const PODS: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  selectableFields: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  scope: 'Namespaced',
  shortNames: ['po'],
  categories: ['all'],
  subresources: ['status', 'log', 'eviction', 'binding'],
  generation: 'counted',
  defaults: podDefaults,
  admit: admitPod,
  faults: podFaults,
};

export const RESOURCE_QUOTAS: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'ResourceQuota',
  plural: 'resourcequotas',
  singular: 'resourcequota',
  scope: 'Namespaced',
  shortNames: ['quota'],
  subresources: ['status'],
};

export const SECRETS: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  selectableFields: ['type'],
  scope: 'Namespaced',
  defaults: secretDefaults,
  faults: dataFaults,
};

export const SERVICE_ACCOUNTS: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  scope: 'Namespaced',
  shortNames: ['sa'],
  subresources: ['token'],
};

export const SERVICES: Kind = {
  group: '',
  versions: ['v1'],
  kind: 'Service',
  plural: 'services',
  singular: 'service',
  selectableFields: ['spec.clusterIP', 'spec.type'],
  scope: 'Namespaced',
  shortNames: ['svc'],
  categories: ['all'],
  subresources: ['status'],
  names: 'service',
  defaults: serviceDefaults,
  admit: admitService,
  carryOver: keepAddresses,
  faults: serviceFaults,
};
