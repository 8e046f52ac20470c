// A Service that somebody leads elsewhere while it is released: it is led back, or left to them.
import { describe, expect, test } from '@jest/globals';
import { because, instant, ROUTERS } from '../../../core/base/vocabulary.ts';
import type { TwoSidedState } from '../../../core/state/state.ts';
import { takenOver } from '../../../core/state/transitions.ts';
import { turnBack } from '../../../core/strategies/two-sided/phase-registry.ts';
import { KUBECTL, writeService } from '../support/meddling.ts';
import { APP, deployment, pod, service } from '../support/objects.ts';
import { play } from '../support/play.ts';
import { type ToyCluster, toyCluster } from '../support/toy-cluster.ts';
import { BLUE, PHASES, planOf, replicas, worldFor } from './others.ts';

describe.each(ROUTERS)('%s: a Service that somebody leads to nobody at all', (router) => {
  const lead = (cluster: ToyCluster, selector: Record<string, string>) => {
    const now = cluster.services.get(APP);
    if (now) writeService(cluster, { ...now, spec: { ...now.spec, selector } }, KUBECTL);
  };

  test.each(PHASES)('in phase %s, is led right again, and it is told', (phase) => {
    const { cluster } = worldFor(router, { ...BLUE }, `${APP}-blue`);
    const plan = planOf(cluster, 'blue-green', router);
    let isDone = false;
    let isLedTo: unknown;
    const { state } = play(cluster, plan, {
      meddle: (now) => {
        if (isDone && isLedTo === undefined) isLedTo = cluster.services.get(APP)?.spec.selector;
        if (!isDone && now.direction === 'forward' && now.phase === phase) {
          isDone = true;
          lead(cluster, { app: 'nobody' });
        }
        return now;
      },
    });
    expect(isLedTo).not.toEqual({ app: 'nobody' });
    expect(state.cause).toBeUndefined();
    expect(state.outcome).toBe('promoted');
    const told = state.evidence.interferences ?? [];
    expect(told[0]).toMatchObject({ by: KUBECTL.manager, response: 'repaired' });
    expect(replicas(cluster, `${APP}-blue`)).toBe(0);
  });

  test('for ever: bounded, and then a person has the word', () => {
    const { cluster } = worldFor(router, { ...BLUE }, `${APP}-blue`);
    const plan = planOf(cluster, 'blue-green', router);
    let writes = 0;
    const { state } = play(cluster, plan, {
      meddle: (now) => {
        const { app } = cluster.services.get(APP)?.spec.selector ?? {};
        if (now.phase === 'monitoring' && now.direction === 'forward' && app !== 'nobody') {
          writes += 1;
          lead(cluster, { app: 'nobody' });
        }
        return now;
      },
    });
    // Ten seconds of a write at every look.
    expect(writes).toBeLessThanOrEqual(24);
    expect(state.outcome).toBe('rolled-back');
    expect(state.cause).toContain('keeps on changing the selector of service');
  });
});

test.each(ROUTERS)(
  '%s: whoever takes over from a process that died before it led the Service right does so',
  (router) => {
    const { cluster } = worldFor(router, { ...BLUE }, `${APP}-blue`);
    const plan = planOf(cluster, 'canary', router);
    let isDone = false;
    const { state } = play(cluster, plan, {
      meddle: (now) => {
        const there = cluster.services.get(APP);
        if (!isDone && now.phase === 'monitoring' && there) {
          isDone = true;
          const nobody = { ...there.spec, selector: { app: 'nobody' } };
          writeService(cluster, { ...there, spec: nobody }, KUBECTL);
          const noted = { object: `service ${APP}`, since: now.since, isGone: false };
          cluster.advance(20_000);
          return takenOver({ ...now, repairing: noted } as TwoSidedState, instant(cluster.nowMs()));
        }
        return now;
      },
    });
    expect(isDone).toBe(true);
    expect(state.cause).toBeUndefined();
    expect(state.outcome).toBe('promoted');
  },
);

test('a Service that somebody leads to pods of their own is left to them', () => {
  const { cluster } = worldFor('service', { ...BLUE }, `${APP}-blue`);
  const plan = planOf(cluster, 'blue-green', 'service');
  const sorry = pod('sorry-1', { app: 'sorry' }, 'sorry');
  const observe = cluster.observe;
  cluster.observe = (asked) => {
    const seen = observe(asked);
    return { ...seen, pods: [...seen.pods, sorry] };
  };
  const { state } = play(cluster, plan, {
    meddle: (now) => {
      const there = cluster.services.get(APP);
      if (now.phase === 'monitoring' && there) {
        writeService(
          cluster,
          { ...there, spec: { ...there.spec, selector: { app: 'sorry' } } },
          KUBECTL,
        );
      }
      return now;
    },
  });
  expect(state.outcome).toBe('failed');
  expect(cluster.services.get(APP)?.spec.selector).toEqual({ app: 'sorry' });
});

test('another Service that somebody leads elsewhere on the way back is not waited for without end', () => {
  const own = service(BLUE);
  const partners = { ...own, metadata: { ...own.metadata, name: 'partners' } };
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], own, {}, [partners]);
  const plan = planOf(cluster, 'blue-green', 'service');
  const { state } = play(cluster, plan, {
    meddle: (now) => {
      if (now.direction === 'back' && ['preparing', 'switching'].includes(now.phase)) {
        const elsewhere = { ...partners.spec, selector: { app: 'elsewhere' } };
        writeService(cluster, { ...partners, spec: elsewhere }, KUBECTL);
      }
      return now.phase === 'monitoring' && now.direction === 'forward'
        ? turnBack(now as TwoSidedState, now.since, because('aborted', 'asked to'))
        : now;
    },
  });
  expect(state.outcome).toBe('failed');
  expect(state.cause).toContain('asked to; somebody changed the selector of service partners');
  expect(cluster.services.get(APP)?.spec.selector).toEqual(BLUE);
  expect([`${APP}-blue`, `${APP}-green`].map((name) => replicas(cluster, name))).toEqual([3, 3]);
});

test('a Service that stays away is for a person, and both versions are left running', () => {
  const { cluster } = worldFor('service', { ...BLUE }, `${APP}-blue`);
  const plan = planOf(cluster, 'blue-green', 'service');
  const { state } = play(cluster, plan, {
    meddle: (now) => {
      if (now.phase === 'draining') cluster.services.delete(APP);
      return now;
    },
  });
  expect(state.outcome).toBe('failed');
  expect(state.cause).toContain(`service ${APP} is gone`);
  expect([`${APP}-blue`, `${APP}-green`].map((name) => replicas(cluster, name))).toEqual([3, 3]);
});
