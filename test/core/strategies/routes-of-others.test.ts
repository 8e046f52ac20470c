// Somebody else (kubectl, helm upgrade, a GitOps controller) puts the route back while a release
// runs: no request may be lost, a fight is bounded, and the outcome says what serves.
import { describe, expect, test } from '@jest/globals';
import type { ReleaseState } from '../../../core/state/state.ts';
import { ARGO, KUBECTL, writeService } from '../support/meddling.ts';
import { APP, service } from '../support/objects.ts';
import { play } from '../support/play.ts';
import { BLUE, PHASES, planOf, replicas, TABLE, worldFor } from './others.ts';

describe.each(TABLE)('%s by %s, a %s stable: its route is put back', (...row) => {
  const [strategy, router, , labels, name] = row;

  test.each(PHASES)(
    'once, in phase %s: written again, and what serves is what is said',
    (phase) => {
      const { cluster, putBack: meddle } = worldFor(router, { ...labels }, name);
      const plan = planOf(cluster, strategy, router);
      let done = false;
      const { state } = play(cluster, plan, {
        meddle: (now) => {
          if (!done && now.direction === 'forward' && now.phase === phase) done = meddle(KUBECTL);
          return now;
        },
      });
      expect(state.cause).toBeUndefined();
      expect(state.outcome).toBe('promoted');
      expect(cluster.lost()).toBe(0);
      expect(replicas(cluster, name)).toBe(0);
      // The owner's own form of the route may be what the release had written there itself.
      const told = state.evidence.interferences ?? [];
      if (done && strategy === 'blue-green' && router === 'service' && phase !== 'testing') {
        expect(told).toMatchObject([{ by: KUBECTL.manager, response: 'repaired' }]);
      }
      for (const each of told) expect(each.by).toBe(KUBECTL.manager);
    },
  );

  test.each(['at once', 'every three seconds'])('%s, for ever: bounded, then back', (when) => {
    const { cluster, putBack: meddle } = worldFor(router, { ...labels }, name);
    const plan = planOf(cluster, strategy, router);
    let fights = 0;
    let due = Number.POSITIVE_INFINITY;
    const own = JSON.stringify([cluster.services.get(APP)?.spec.selector]);
    const { state } = play(cluster, plan, {
      meddle: (now) => {
        const differs = JSON.stringify([cluster.services.get(APP)?.spec.selector]) !== own;
        if (due === Number.POSITIVE_INFINITY && (differs || now.phase !== 'routing')) {
          due = cluster.nowMs() + (when === 'at once' ? 0 : 3_000);
        }
        if (cluster.nowMs() >= due) {
          if (meddle(ARGO)) fights += 1;
          due = Number.POSITIVE_INFINITY;
        }
        return now;
      },
    });
    expect(cluster.lost()).toBe(0);
    expect(fights).toBeLessThanOrEqual(16);
    if (state.outcome === 'promoted') throw new Error('the other has the last word');
    expect(state.outcome).toBe('rolled-back');
    expect(state.cause).toContain(
      'argocd-controller (the object is kept by Argo CD application pay)',
    );
    expect(state.cause).toContain('ignoreDifferences');
    expect(replicas(cluster, name)).toBe(3);
  });
});

test('a drift in a step is not counted as watching', () => {
  const { cluster, putBack: meddle } = worldFor('istio', { ...BLUE }, `${APP}-blue`);
  const plan = planOf(cluster, 'canary', 'istio');
  const calm = worldFor('istio', { ...BLUE }, `${APP}-blue`).cluster;
  play(calm, planOf(calm, 'canary', 'istio'), { until: 'holding', conclude: 'never' });
  let seenIn: ReleaseState | undefined;
  const { state } = play(cluster, plan, {
    until: 'holding',
    conclude: 'never',
    meddle: (now) => {
      const late = cluster.nowMs() - now.since >= 4_000;
      if (
        !seenIn &&
        now.phase === 'monitoring' &&
        'step' in now &&
        now.step === 0 &&
        late &&
        meddle(KUBECTL)
      ) {
        seenIn = now;
      }
      return now;
    },
  });
  expect(seenIn).toBeDefined();
  expect(state.phase).toBe('holding');
  // Four of the five seconds of the step were for nothing.
  expect(cluster.nowMs() - calm.nowMs()).toBeGreaterThanOrEqual(4_000);
});

test.each([
  // Made anew it is as the release wants it by then: nothing has to be written again.
  ['switching', ['held']],
  ['monitoring', ['held', 'repaired']],
])(
  'a Service that is deleted in %s and made again within a moment is waited for',
  (phase, told) => {
    const { cluster } = worldFor('service', { ...BLUE }, `${APP}-blue`);
    const plan = planOf(cluster, 'blue-green', 'service');
    const own = service(BLUE);
    let deletedAt: number | undefined;
    const { state } = play(cluster, plan, {
      meddle: (now) => {
        if (deletedAt === undefined && now.phase === phase) {
          deletedAt = cluster.nowMs();
          cluster.services.delete(APP);
        } else if (deletedAt !== undefined && cluster.nowMs() - deletedAt > 2_000) {
          if (!cluster.services.has(APP)) writeService(cluster, own, KUBECTL);
        }
        return now;
      },
    });
    expect(state.outcome).toBe('promoted');
    expect(state.evidence.interferences?.map(({ response }) => response)).toEqual(told);
  },
);

test.each(['testing', 'monitoring'])(
  'a VirtualService that is deleted in %s leaves the Service to the stable alone: no one else is asked for it',
  (phase) => {
    const { cluster } = worldFor('istio', { ...BLUE }, `${APP}-blue`);
    const plan = planOf(cluster, 'canary', 'istio');
    const selected = new Set<string>();
    let isGone = false;
    let goneForMs = 0;
    let before = cluster.nowMs();
    const { state } = play(cluster, plan, {
      meddle: (now) => {
        if (!isGone && now.phase === phase) isGone = cluster.others.delete(`VirtualService/${APP}`);
        else if (isGone) goneForMs += cluster.nowMs() - before;
        before = cluster.nowMs();
        // By then every proxy has heard that the route is gone.
        if (goneForMs > 2 * plan.settings.drain.minMs) {
          selected.add(cluster.services.get(APP)?.spec.selector?.version ?? 'both sides');
        }
        return now;
      },
    });
    expect([...selected]).toEqual(['blue']);
    expect(state).toMatchObject({ outcome: 'rolled-back', code: 'object-gone' });
    expect(state.evidence.interferences?.map(({ response }) => response)).toEqual(['held']);
  },
);
