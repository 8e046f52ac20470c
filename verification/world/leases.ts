/** The Leases of the simulated service, as they are stored: none is there while nothing acts. */
import { collectionOf } from '../../embedded-cluster/kubernetes/definitions/kind.ts';
import { LEASES } from '../../embedded-cluster/kubernetes/kinds/core/coordination.ts';
import { NAMESPACE } from './service.ts';
import type { ProofWorld } from './world.ts';

export const leasesLeft = ({ cluster }: ProofWorld) =>
  cluster.world.store.list(collectionOf(LEASES), NAMESPACE);
