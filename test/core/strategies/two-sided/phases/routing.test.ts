// Before anything of the candidate is made: the route that is to be written may be gone for a moment.
import { expect, test } from '@jest/globals';
import { instant } from '../../../../../core/base/vocabulary.ts';
import type { Observation } from '../../../../../core/cluster/observation.ts';
import { decide } from '../../../../../core/strategies/decide.ts';
import { sceneOf } from './scene.ts';

test('a Service that is deleted is waited for until it is there again, and for no longer than pods are', () => {
  const { plan, state, cluster } = sceneOf('routing', { strategy: 'canary' });
  const { readyMs } = plan.settings.limits;
  const looked = (afterMs: number, change: Partial<Observation> = {}): Observation => {
    const at = instant(state.since + afterMs);
    return { ...cluster.observe([]), at, ...change };
  };
  const gone = { service: undefined };
  const first = decide(plan, state, looked(0, gone));
  expect(first.actions).toEqual([]);
  expect(first.waitingFor).toBe('service payment-service to be there again: somebody deleted it');
  const later = decide(plan, first.state, looked(readyMs - 1, gone));
  expect([later.state.phase, later.state.outcome]).toEqual(['routing', undefined]);
  const back = decide(plan, later.state, looked(readyMs));
  expect(back.state.outcome).toBeUndefined();
  expect(back.waitingFor).not.toContain('to be there again');
  const never = decide(plan, later.state, looked(readyMs, gone));
  expect(never.state).toMatchObject({ outcome: 'failed', code: 'object-gone' });
  expect(never.state.cause).toContain('create it again');
});
