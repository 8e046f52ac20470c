// rolling of a StatefulSet, played in the ideal cluster, and in one whose new pods are never ready.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../../../core/base/vocabulary.ts';
import type { Observation } from '../../../../../core/cluster/observation.ts';
import type { KubernetesObject, Pod } from '../../../../../core/kubernetes/objects.ts';
import type { ReleaseState } from '../../../../../core/state/state.ts';
import { decide } from '../../../../../core/strategies/decide.ts';
import { strategyOf } from '../../../../../core/strategies/registry.ts';
import { toEnd } from '../../../../../core/strategies/rolling/stateful-set/actions.ts';
import { APP, REPOSITORY } from '../../../support/objects.ts';
import { settingsFor } from '../../../support/play.ts';
import {
  isReady,
  PLAIN,
  planned,
  planOf,
  play,
  podsOf,
  READY_AFTER_MS,
  statefulSet,
  V1,
  withReadyTimes,
} from './ledger.ts';

/** No new pod gets ready. */
const broken = (each: Pod): Pod => {
  if (each.spec.containers[0]?.image === V1 || !each.status) return each;
  const conditions = [{ type: 'Ready', status: 'False' as const }];
  const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 10s' };
  const containerStatuses = [{ name: APP, ready: false, restartCount: 1, state: { waiting } }];
  return { ...each, status: { ...each.status, conditions, containerStatuses } };
};

describe('rolling a StatefulSet', () => {
  test('replaces one pod after the other, from the last one down', () => {
    const { state, actions, images, mostMissing } = play(statefulSet(PLAIN));
    expect(actions).toEqual([
      'give StatefulSet ledger payment-service:v2, for no pod yet',
      'let StatefulSet ledger replace ledger-2',
      'let StatefulSet ledger replace ledger-1',
      'let StatefulSet ledger replace ledger-0',
    ]);
    expect(state.outcome).toBe('promoted');
    expect(new Set(images)).toEqual(new Set([`${REPOSITORY}:v2`]));
    expect(mostMissing).toBe(1);
  });

  test('judges each new pod for as long as a trigger takes to fire before it replaces the next', () => {
    const triggers = [{ metric: 'error_rate', value: '5%', duration: '30s' }];
    const { actions, times, plan } = play(statefulSet(PLAIN), {
      config: { rollback: { triggers } },
      distort: withReadyTimes(),
    });
    expect(Math.max(...plan.settings.triggers.map(({ durationMs }) => durationMs))).toBe(30_000);
    const replaced = times.filter((_, at) => actions[at]?.includes('replace'));
    const gaps = replaced.slice(1).map((time, at) => time - (replaced[at] ?? 0));
    expect(gaps).toHaveLength(2);
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(30_000 + READY_AFTER_MS);
  });

  test.each([[undefined], [PLAIN], [{ type: 'OnDelete' } as const]])(
    'leaves the update strategy as it was: %j',
    (updateStrategy) => {
      const { spec } = play(statefulSet(updateStrategy));
      expect(spec.updateStrategy).toEqual(updateStrategy ?? PLAIN);
    },
  );

  test.each(['rolling', 'monitoring', 'holding'])('turned back in %s, it is as it was', (phase) => {
    const before = statefulSet(PLAIN);
    const begun = (seen: Observation) => seen.pods.some((each) => !isReady(each));
    const turnWhen = (state: ReleaseState, seen: Observation): boolean =>
      state.phase === phase && (phase !== 'rolling' || begun(seen));
    const { state, spec, images, mostMissing } = play(before, { turnWhen });
    expect(state).toMatchObject({ outcome: 'rolled-back', cause: 'somebody said stop' });
    expect(spec).toEqual(before.spec);
    expect(new Set(images)).toEqual(new Set([V1]));
    expect(mostMissing).toBe(1);
  });

  describe('turned back while its first pod is replaced', () => {
    const firstIsMissing = (seen: Observation): boolean =>
      !seen.pods.some((each) => each.metadata.name === 'ledger-0' && isReady(each));
    const turnWhen = (_: ReleaseState, seen: Observation): boolean => firstIsMissing(seen);

    test('it waits for that pod before it ends another', () => {
      const before = statefulSet(PLAIN);
      const { state, actions, spec, images, mostMissing } = play(before, { turnWhen });
      expect(mostMissing).toBe(1);
      expect(actions.slice(-4)).toEqual([
        'give StatefulSet ledger payment-service:v1 back',
        'end pod ledger-2',
        'end pod ledger-1',
        'give StatefulSet ledger its own update strategy back',
      ]);
      expect(state.outcome).toBe('rolled-back');
      expect(spec).toEqual(before.spec);
      expect(new Set(images)).toEqual(new Set([V1]));
    });

    test('each pod that it ends has a time of its own, however late the last one was seen to be ready', () => {
      const { limits } = settingsFor('rolling');
      let turnedAt: number | undefined;
      const distort = (seen: Observation): Observation => {
        if (firstIsMissing(seen)) turnedAt ??= seen.at;
        const isLate = seen.at - (turnedAt ?? seen.at) < limits.readyMs - 1_000;
        return isLate ? { ...seen, reports: new Map() } : seen;
      };
      const { state } = play(statefulSet(PLAIN), { turnWhen, distort });
      expect(state).toMatchObject({ outcome: 'rolled-back', cause: 'somebody said stop' });
    });

    test('it ends none as long as the controller has not taken note of the way back', () => {
      const behind = (object: KubernetesObject): KubernetesObject => ({
        ...object,
        metadata: { ...object.metadata, generation: 99 },
      });
      const distort = (seen: Observation): Observation => ({
        ...seen,
        others: new Map([...seen.others].map(([key, object]) => [key, behind(object)])),
      });
      const { actions } = play(statefulSet(PLAIN), { turnWhen, distort });
      expect(actions.filter((text) => text.startsWith('end pod'))).toEqual([]);
    });

    test('it ends none by what was seen before the last one was ended', () => {
      const distort = (seen: Observation) => ({ ...seen, reports: new Map() });
      const { state, actions } = play(statefulSet(PLAIN), { turnWhen, distort });
      expect(actions.filter((text) => text.startsWith('end pod'))).toEqual([]);
      expect(state.outcome).toBe('failed');
    });
  });

  /** A look at which it ends a pod on its way back. */
  function endingOne() {
    const looks: { state: ReleaseState; seen: Observation }[] = [];
    const { plan } = play(statefulSet(PLAIN), {
      distort: (seen) => ({ ...seen, pods: seen.pods.map(broken) }),
      turnWhen: (state, seen) => {
        looks.push({ state, seen });
        return false;
      },
    });
    const ends = looks.find(({ state, seen }) =>
      strategyOf(plan)
        .next(plan, state, seen)
        .actions.some(({ effect }) => effect.kind === 'delete'),
    );
    if (!ends) throw new Error('it ends no pod');
    return { plan, ...ends };
  }

  test('a process that stood still for longer than a pod may take goes on with what it finds', () => {
    const { plan, state, seen } = endingOne();
    const at = instant(seen.at + plan.settings.limits.readyMs + 1_000);
    const { state: after, actions } = strategyOf(plan).next(plan, state, { ...seen, at });
    expect(actions.map(({ effect }) => effect.kind)).toEqual(['delete']);
    expect(after.outcome).toBeUndefined();
  });

  test('a pod that may not be ended unseen is not taken for ended: its time does not begin anew', () => {
    const { plan, state, seen } = endingOne();
    for (const ageMs of [100_000, 200_000, 300_000]) {
      const at = instant(seen.at + ageMs);
      const when = { seenAt: seen.at, contactAt: at, contactSince: seen.at };
      const sight = { ...when, part: 'the pods', why: 'status 403: forbidden' };
      const { state: after, actions } = decide(plan, state, { ...seen, at, sight });
      expect(actions).toEqual([]);
      expect([after.since, after.phase]).toEqual([state.since, state.phase]);
    }
  });

  test('a pod that is never ready is ended, so that the controller does not wait for it', () => {
    const before = statefulSet(PLAIN);
    const distort = (seen: Observation) => ({ ...seen, pods: seen.pods.map(broken) });
    const { state, actions, spec, images } = play(before, { distort });
    expect(state.outcome).toBe('rolled-back');
    expect(state.cause).toMatch(/^ledger-2 cannot start: CrashLoopBackOff/);
    expect(actions).toContain('end pod ledger-2, which is not ready');
    expect(actions).not.toContain('let StatefulSet ledger replace ledger-1');
    expect(spec).toEqual(before.spec);
    expect(new Set(images)).toEqual(new Set([V1]));
  });
});

test('a pod is ended as it was seen: one that has become ready since is left', () => {
  const set = statefulSet(PLAIN);
  const [seen] = podsOf(set);
  if (!seen) throw new Error('there is no pod');
  const metadata = { ...seen.metadata, uid: 'uid-0', resourceVersion: '7' };
  const plan = planOf(set);
  if (plan.strategy !== 'rolling') throw new Error('a StatefulSet is rolled');
  expect(toEnd(plan, { ...seen, metadata }).effect).toMatchObject({
    kind: 'delete',
    uid: 'uid-0',
    resourceVersion: '7',
  });
});

describe('a StatefulSet that cannot be released', () => {
  test.each(['blue-green', 'canary', 'blue-green-with-canary'] as const)('by %s', (strategy) => {
    expect(planned(statefulSet(PLAIN), strategy)).toEqual({
      kind: 'refused',
      why: `service payment-service is served by StatefulSet ledger, and strategy ${strategy} needs a Deployment: pods with names and volumes of their own cannot run twice; strategy rolling replaces them one by one`,
    });
  });

  test('because somebody else is in the middle of an update', () => {
    const halfway = statefulSet({ type: 'RollingUpdate', rollingUpdate: { partition: 2 } });
    expect(planned(halfway)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('has a partition of its own (2)'),
    });
  });
});
