/** What keeps the pods of the simulated service, as it is stored: Deployments, or a StatefulSet. */
import { type Collection, collection } from '../../local/collection.ts';
import { DEPLOYMENTS, STATEFUL_SETS } from '../../local/kinds/apps.ts';
import type { KubeObject } from '../../local/store/object.ts';
import type { World } from '../../local/world.ts';
import type { Scenario, Shape } from './scenario.ts';

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
} as const satisfies Readonly<Record<Shape, unknown>>;

export function workloadsIn(world: World, { shape }: Scenario): Collection<Workload> {
  return collection<Workload>(KINDS[shape])(world);
}
