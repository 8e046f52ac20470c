/**
 * An autoscaler that belongs to somebody: KEDA, which keeps its HPA as its ScaledObject says, and
 * leaves off where the ScaledObject is paused by the annotations that KEDA itself goes by.
 */
import { apply } from '../../../embedded-cluster/cluster/manifests.ts';
import type { KubeObject } from '../../../embedded-cluster/kubernetes/store/object.ts';
import { autoscalerIn, LEAST_PODS } from '../../world/autoscaler.ts';
import { NAMESPACE, SERVICE } from '../../world/service.ts';
import type { ProofWorld } from '../../world/world.ts';
import { handOf } from '../hand.ts';
import type { Neighbour, Site } from '../visit.ts';

const LOOKS_EVERY_MS = 1_000;
/** Longer than any story of the simulation. */
const LOOKS = 5_400;
const PAUSED = 'autoscaling.keda.sh/paused';
const PAUSED_AT = 'autoscaling.keda.sh/paused-replicas';

const SCALED_OBJECTS = 'scaledobjects.keda.sh';

interface ScaledObject extends KubeObject {
  readonly spec: {
    readonly scaleTargetRef: { readonly kind: string; readonly name: string };
    readonly minReplicaCount: number;
    readonly maxReplicaCount: number;
  };
}

export const hpaOwner: Neighbour = {
  kind: '11',
  variants: ({ scaling }) => (scaling === 'autoscaled' ? ['keda'] : []),
  bend: (scenario) => ({ ...scenario, scaling: 'autoscaled' }),
  moment: () => ({ kind: 'before' }),
  act: (site) => {
    const { cluster } = site.world;
    apply(cluster, SCALED_OBJECT_DEFINITION);
    const { scaleTargetRef, maxReplicas = 0 } = autoscalerIn(site.world)?.spec ?? {};
    handOf(site, 'kubectl-create').create('scaledObject', {
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { name: SERVICE, namespace: NAMESPACE },
      spec: { scaleTargetRef, minReplicaCount: LEAST_PODS, maxReplicaCount: maxReplicas },
    });
    operate(site, LOOKS);
  },
};

/** As KEDA's operator does. */
function operate(site: Site, left: number): void {
  keep(site);
  if (left > 0) {
    site.world.cluster.clock.after(LOOKS_EVERY_MS, () => operate(site, left - 1));
  }
}

function keep(site: Site): void {
  const { world } = site;
  const scaled = scaledObjectIn(world);
  if (!scaled) return;
  const hand = handOf(site, 'keda-operator');
  const { annotations = {} } = scaled.metadata;
  if (annotations[PAUSED] === 'true' || annotations[PAUSED_AT] !== undefined) {
    if (autoscalerIn(world)) hand.delete('autoscaler', SERVICE);
    return;
  }
  const { scaleTargetRef, minReplicaCount, maxReplicaCount } = scaled.spec;
  hand.apply('autoscaler', {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      name: SERVICE,
      namespace: NAMESPACE,
      ownerReferences: [
        {
          apiVersion: 'keda.sh/v1alpha1',
          kind: 'ScaledObject',
          name: SERVICE,
          uid: scaled.metadata.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: { scaleTargetRef, minReplicas: minReplicaCount, maxReplicas: maxReplicaCount },
  });
}

function scaledObjectIn({ cluster }: Pick<ProofWorld, 'cluster'>): ScaledObject | undefined {
  const { store } = cluster.world;
  // Only what this file writes is of that kind.
  return store.get(SCALED_OBJECTS, NAMESPACE, SERVICE) as ScaledObject | undefined;
}

/** As KEDA installs it. */
export const SCALED_OBJECT_DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: SCALED_OBJECTS },
  spec: {
    group: 'keda.sh',
    scope: 'Namespaced',
    names: {
      plural: 'scaledobjects',
      singular: 'scaledobject',
      kind: 'ScaledObject',
      listKind: 'ScaledObjectList',
    },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      },
    ],
  },
};
