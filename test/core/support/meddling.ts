/** Other people's hands in the toy cluster: they write an object as they want it, under a name of theirs. */

import type { Service } from '../../../core/kubernetes/network-objects.ts';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import type { ToyCluster } from './toy-cluster.ts';

export interface Hand {
  readonly manager: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export const KUBECTL: Hand = { manager: 'kubectl-patch' };
export const ARGO: Hand = {
  manager: 'argocd-controller',
  annotations: { 'argocd.argoproj.io/tracking-id': 'pay:/Service:default/payment-service' },
};

let writes = 0;

/** The object as somebody else has left it: another version, and their name at the fields of its spec. */
function signed<T extends KubernetesObject>(object: T, { manager, annotations }: Hand): T {
  writes += 1;
  const { metadata } = object;
  const spec = Object((object as { spec?: unknown }).spec);
  const fields = Object.fromEntries(Object.keys(spec).map((key) => [`f:${key}`, {}]));
  return {
    ...object,
    metadata: {
      ...metadata,
      resourceVersion: `theirs-${writes}`,
      generation: (metadata.generation ?? 0) + 1,
      annotations: { ...metadata.annotations, ...annotations },
      managedFields: [{ manager, time: '2026-01-01T00:00:00Z', fieldsV1: { 'f:spec': fields } }],
    },
  };
}

export function writeService(cluster: ToyCluster, service: Service, by: Hand): void {
  cluster.services.set(service.metadata.name, signed(service, by));
}

export function writeOther(cluster: ToyCluster, object: KubernetesObject, by: Hand): void {
  cluster.others.set(`${object.kind}/${object.metadata.name}`, signed(object, by));
}

export function editDeployment(
  cluster: ToyCluster,
  name: string,
  by: Hand,
  change: (spec: Deployment['spec']) => Deployment['spec'],
): void {
  const found = cluster.deployments.get(name);
  if (!found) throw new Error(`no deployment ${name}`);
  cluster.deployments.set(name, signed({ ...found, spec: change(found.spec) }, by));
  cluster.advance(0);
}
