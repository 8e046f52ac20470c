// A release that is driven in a toy cluster, second by second.
import { expect } from '@jest/globals';
import type { ReleaseState } from '../../../core/state/state.ts';
import { reconcile } from '../../../effects/driver/reconcile.ts';
import type { Goal } from '../../../effects/driver/reconcile-loop.ts';
import { APP } from '../../core/support/objects.ts';
import { QUICK } from '../support/toy-service.ts';
import { driving } from './support.ts';

export const GREEN = { app: APP, version: 'green' };
export const FOR_EVER = Number.POSITIVE_INFINITY;
const SLOW = {
  ...QUICK,
  strategy: { ...QUICK.strategy, blueGreen: { monitoring: '90s' } },
  limits: { readyTimeout: '20s', maxDuration: '30m', apiAway: '2m' },
};
export type Driving = Awaited<ReturnType<typeof driving>>;

export function drive({ world, owned, plan, state }: Driving, goal: Goal = 'ended', seconds = 600) {
  return world.cameOf(reconcile(owned, plan, state, goal), seconds);
}

export const ends = (expected: Partial<ReleaseState>) => ({
  value: expect.objectContaining(expected),
});
export const last = ({ saved }: Driving): ReleaseState | undefined => saved.at(-1)?.current?.state;

/** Drives until the candidate serves and is watched; the release goes on meanwhile. */
export async function watched(options: Parameters<typeof driving>[1] = {}) {
  const it = await driving('blue-green', { config: SLOW, ...options });
  const driven = reconcile(it.owned, it.plan, it.state, 'ended');
  driven.catch(() => undefined);
  for (let second = 0; last(it)?.phase !== 'monitoring'; second += 1) {
    if (second > 60) throw new Error(`it is still in phase ${last(it)?.phase}`);
    await it.world.passes(1);
  }
  return { ...it, driven };
}
