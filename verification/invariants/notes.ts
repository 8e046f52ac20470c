/** What other people write on the objects of a release is still there after it. */
import { services } from '../../embedded-cluster/kubernetes/collection.ts';
import { NAMESPACE, SERVICE, stableDeployment } from '../world/service.ts';
import { workloadsIn } from '../world/workloads.ts';
import type { ProofWorld } from '../world/world.ts';
import type { Report } from './broken.ts';

export interface Note {
  readonly on: 'service' | 'deployment';
  readonly key: string;
}

export function checkNotes(world: ProofWorld, notes: readonly Note[], report: Report): void {
  const objects = {
    service: services(world.cluster.world).get(NAMESPACE, SERVICE),
    deployment: workloadsIn(world).get(NAMESPACE, stableDeployment(world.scenario)),
  };
  for (const { on, key } of notes) {
    if (objects[on]?.metadata.annotations?.[key] === 'x') continue;
    report('every ending is clean', `the annotation ${key} of the ${on} is lost`);
  }
}
