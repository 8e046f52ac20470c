/** What keeps the pods of the simulated service, as it is stored: Deployments, or a StatefulSet. */

import { type Collection, collection } from '../../embedded-cluster/kubernetes/collection.ts';
import type { Kind } from '../../embedded-cluster/kubernetes/definitions/kind.ts';
import {
  DEPLOYMENTS,
  STATEFUL_SETS,
} from '../../embedded-cluster/kubernetes/kinds/workloads/apps.ts';
import type { KubeObject } from '../../embedded-cluster/kubernetes/store/object.ts';
import type { World } from '../../embedded-cluster/kubernetes/world.ts';
import type { Scenario, Shape } from './scenario.ts';

/** As much of a simulated world as tells where its workloads are. */
export interface Simulated {
  readonly cluster: { readonly world: World };
  readonly scenario: Scenario;
}

/** What both kinds have. */
export interface Workload extends KubeObject {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> };
  };
}

const KINDS = {
  coloured: DEPLOYMENTS,
  plain: DEPLOYMENTS,
  'stateful-set': STATEFUL_SETS,
} as const satisfies Readonly<Record<Shape, Kind>>;

export function workloadKind({ shape }: Pick<Scenario, 'shape'>): Kind {
  return KINDS[shape];
}

export function workloadsIn({ cluster, scenario }: Simulated): Collection<Workload> {
  return collection<Workload>(workloadKind(scenario))(cluster.world);
}
