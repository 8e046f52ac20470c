// What recover has to do with: releases of every kind whose process was killed, all found by one Job.
import { LEASES } from '../../../embedded-cluster/kubernetes/kinds/core/coordination.ts';
import { leaveUnfinished, reached, recovered } from '../../e2e/support/left.ts';
import { currentRelease } from '../../e2e/support/run.ts';
import { startService, startStatefulSet } from '../../e2e/support/service.ts';
import type { E2eWorld } from '../../e2e/support/world.ts';
import {
  addAutoscaler,
  addDestinationRule,
  addHttpRoute,
  addVirtualService,
  CONFIG,
  replacedFirst,
  SLOW,
  throughGateway,
  throughIstio,
} from './services.ts';

const NEVER_READY = 'v1.2.0-never-ready';
/** One after the other; and each Lease that seems to have run out is watched for 15 s before it is taken. */
export const RECOVERED_WITHIN_MS = 180_000;

type Left = (world: E2eWorld, service: string) => Promise<void>;

const LEFT: Readonly<Record<string, Left>> = {
  'left-istio': leftInIstio,
  'left-istio-rule': async (world, service) => {
    addDestinationRule(world, service);
    await leftInIstio(world, service);
  },
  'left-gateway': async (world, service) => {
    addHttpRoute(world, service);
    addAutoscaler(world, service);
    await startService(world, { name: service, config: throughGateway(SLOW) });
    await leaveUnfinished(world, `${service}-1`, service);
    // As when somebody has taken the Lease away by hand.
    world.cluster.world.objects.delete(LEASES, 'default', `${service}-release`);
  },
  'left-rolling': async (world, service) => {
    await startService(world, { name: service, config: CONFIG, replicas: 1 });
    const params = { 'deployment-strategy': 'rolling', 'image-tag': NEVER_READY };
    await leaveUnfinished(world, `${service}-1`, service, params, () =>
      reached(world, service, 'rolling'),
    );
  },
  'left-set': async (world, service) => {
    await startStatefulSet(world, { name: service, config: CONFIG, replicas: 1 });
    const params = { 'deployment-strategy': 'rolling', 'image-tag': NEVER_READY };
    await leaveUnfinished(world, `${service}-1`, service, params, () =>
      replacedFirst(world, service),
    );
  },
};

async function leftInIstio(world: E2eWorld, service: string): Promise<void> {
  addVirtualService(world, service);
  await startService(world, { name: service, config: throughIstio(CONFIG), replicas: 1 });
  const params = { 'deployment-strategy': 'canary', 'image-tag': NEVER_READY };
  await leaveUnfinished(world, `${service}-1`, service, params, () =>
    reached(world, service, 'preparing'),
  );
}

/**
 * Leaves a release of each kind at once, and has them recovered when `others` have ended: until then
 * recover would take up what other scenarios leave for their own conclude.
 */
export async function leftToRecover(world: E2eWorld, others: Promise<unknown>): Promise<string> {
  await Promise.all(Object.entries(LEFT).map(([service, leave]) => leave(world, service)));
  await others;
  await recovered(world, 'recover-all', RECOVERED_WITHIN_MS);
  const outcomes = Object.keys(LEFT).map(
    (service) => currentRelease(world, service).current?.state.outcome,
  );
  return [...new Set(outcomes)].join();
}
