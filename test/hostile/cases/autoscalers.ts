/** Kind 11: autoscalers of others that know a Deployment by its name. */
import type { DraftObject } from '../../../embedded-cluster/kubernetes/store/object.ts';
import { SCALED_OBJECT_DEFINITION } from '../../../verification/neighbours/visits/hpa-owner.ts';
import { plainScenario } from '../../../verification/world/scenario.ts';
import type { HostileCase } from '../case.ts';
import { create, createCustom } from '../others.ts';

const VPA_DEFINITION = {
  ...SCALED_OBJECT_DEFINITION,
  metadata: { name: 'verticalpodautoscalers.autoscaling.k8s.io' },
  spec: {
    ...SCALED_OBJECT_DEFINITION.spec,
    group: 'autoscaling.k8s.io',
    names: {
      plural: 'verticalpodautoscalers',
      singular: 'verticalpodautoscaler',
      kind: 'VerticalPodAutoscaler',
      listKind: 'VerticalPodAutoscalerList',
    },
    versions: SCALED_OBJECT_DEFINITION.spec.versions.map((each) => ({ ...each, name: 'v1' })),
  },
};

const PAUSED = {
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name: 'shop', annotations: { 'autoscaling.keda.sh/paused': 'true' } },
  spec: { scaleTargetRef: { name: 'shop-blue' }, maxReplicaCount: 10 },
};

const VPA = {
  apiVersion: 'autoscaling.k8s.io/v1',
  kind: 'VerticalPodAutoscaler',
  metadata: { name: 'shop' },
  spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop-blue' } },
};

const BY_NAME: readonly (readonly [string, string, typeof VPA_DEFINITION, DraftObject])[] = [
  ['a paused ScaledObject', 'its HPA is away while it is paused', SCALED_OBJECT_DEFINITION, PAUSED],
  ['a VerticalPodAutoscaler', 'it sets the requests of the stable', VPA_DEFINITION, VPA],
];

export const AUTOSCALERS: readonly HostileCase[] = BY_NAME.flatMap(
  ([id, title, definition, object]) =>
    (['canary', 'rolling'] as const).map((strategy) => ({
      id: `${id}, ${strategy}`,
      kind: 11,
      title,
      scenario: plainScenario(strategy),
      before: (world) => {
        create(world, definition);
        createCustom(world, definition.spec.names.plural, object);
      },
      ends: [strategy === 'rolling' ? 'promoted' : 'refused'],
      ...(strategy === 'rolling' ? {} : { says: new RegExp(`is scaled by ${object.kind} shop`) }),
    })),
);
