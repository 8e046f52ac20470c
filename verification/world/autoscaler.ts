/**
 * An autoscaler, as its controller acts: it keeps what it scales within its bounds, and leaves alone
 * what somebody has scaled to nothing. What load would have it do is for a story to say.
 */
import { collection } from '../../embedded-cluster/kubernetes/collection.ts';
import { HORIZONTAL_POD_AUTOSCALERS } from '../../embedded-cluster/kubernetes/kinds/workloads/autoscaling.ts';
import type { DraftObject, KubeObject } from '../../embedded-cluster/kubernetes/store/object.ts';
import type { Running } from '../../embedded-cluster/kubernetes/world.ts';
import type { Scenario } from './scenario.ts';
import { NAMESPACE, SERVICE, stableDeployment } from './service.ts';
import { type Simulated, workloadKind, workloadsIn } from './workloads.ts';

export interface Autoscaler extends KubeObject {
  readonly spec: {
    readonly scaleTargetRef: { readonly kind: string; readonly name: string };
    readonly minReplicas?: number;
    readonly maxReplicas: number;
  };
}

/** By kube-controller-manager's --horizontal-pod-autoscaler-sync-period. */
const SYNC_MS = 15_000;
export const LEAST_PODS = 2;
const MOST_PODS = 30;

export function autoscalerObjects(scenario: Scenario): DraftObject[] {
  if (scenario.scaling === 'fixed') return [];
  const { kind } = workloadKind(scenario);
  const scaleTargetRef = { apiVersion: 'apps/v1', kind, name: stableDeployment(scenario) };
  return [
    {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: SERVICE, namespace: NAMESPACE },
      spec: { scaleTargetRef, minReplicas: LEAST_PODS, maxReplicas: MOST_PODS },
    },
  ];
}

/** Undefined where the service has none. */
export function autoscalerIn({ cluster }: Simulated): Autoscaler | undefined {
  return collection<Autoscaler>(HORIZONTAL_POD_AUTOSCALERS)(cluster.world).get(NAMESPACE, SERVICE);
}

export function startAutoscaler(simulated: Simulated): Running {
  const { clock } = simulated.cluster.world;
  const sync = (): void => {
    timer = clock.after(SYNC_MS, sync);
    const autoscaler = autoscalerIn(simulated);
    if (!autoscaler) return;
    const { scaleTargetRef, minReplicas = 1, maxReplicas } = autoscaler.spec;
    const workloads = workloadsIn(simulated);
    const target = workloads.get(NAMESPACE, scaleTargetRef.name);
    const { replicas: now = 1 } = target?.spec ?? {};
    const replicas = Math.min(maxReplicas, Math.max(minReplicas, now));
    if (!target || now === 0 || replicas === now) return;
    workloads.update({ ...target, spec: { ...target.spec, replicas } });
  };
  let timer = clock.after(SYNC_MS, sync);
  return { stop: () => timer.cancel() };
}
