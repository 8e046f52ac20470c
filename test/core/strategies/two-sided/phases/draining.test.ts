// The losing side is let go: neither while requests reach it, nor so late that somebody holds the release.
import { describe, expect, test } from '@jest/globals';
import { drainActions } from '../../../../../core/strategies/two-sided/workloads.ts';
import {
  counting,
  goingBack,
  lookAfter,
  sceneOf,
  sidesIn,
  then,
  unready,
  without,
} from './scene.ts';

const DRAIN = { minDuration: '2s', maxDuration: '10s' };
const HOOKED = { drain: { ...DRAIN, hook: { path: '/drain' } } };
const PLAIN = { drain: DRAIN };

describe('a drain hook', () => {
  const scene = sceneOf('draining', { config: HOOKED });

  test('that no pod answers holds the release until drain.maxDuration, and no longer', () => {
    const waiting = lookAfter(scene, 9_999);
    expect(waiting.state.phase).toBe('draining');
    expect(waiting.waitingFor).toBe('the drain hook of 3 pods');
    expect(waiting.actions).toHaveLength(3);
    const over = lookAfter(scene, 10_000);
    expect(over.state.phase).toBe('retiring');
    expect(over.state.evidence.drained).toBe('deadline');
  });

  test('that all have answered is not waited for', () => {
    const calls = drainActions(scene.plan, scene.cluster.observe([]), sidesIn(scene).stable);
    const called = new Set(calls.map(({ id }) => id));
    const { state, actions } = lookAfter(scene, 2_000, (seen) => ({ ...seen, called }));
    expect(actions).toEqual([]);
    expect(state.evidence.drained).toBe('time');
  });

  test('is asked of the pods that serve, and of no other', () => {
    const [one] = sidesIn(scene).stable;
    if (!one) throw new Error('no pods');
    expect(lookAfter(scene, 0, unready([one])).actions).toHaveLength(2);
  });
});

describe('where nobody counts requests', () => {
  const scene = sceneOf('draining', { config: PLAIN });

  test.each([
    [1_999, 'draining', undefined],
    [2_000, 'retiring', 'time'],
  ])('old pods go after drain.minDuration, not before (%i ms)', (ms, phase, drained) => {
    const { state } = lookAfter(scene, ms);
    expect(state.phase).toBe(phase);
    expect(state.evidence.drained).toBe(drained);
  });
});

describe('where pods count their requests', () => {
  const scene = sceneOf('draining', { metrics: 'pods', config: PLAIN });
  const same = counting(() => 100);

  test('they go once they have counted nothing for two seconds', () => {
    const first = then(scene, lookAfter(scene, 1_000, same));
    expect(lookAfter(first, 2_999, same).state.phase).toBe('draining');
    const gone = lookAfter(first, 3_000, same);
    expect(gone.state.phase).toBe('retiring');
    expect(gone.state.evidence.drained).toBe('counters');
  });

  test('they stay while one of them counts on, and go by the clock at last', () => {
    let now = then(scene, lookAfter(scene, 1_000, same));
    for (const ms of [3_000, 5_000, 7_000, 9_000]) {
      const next = lookAfter(
        now,
        ms,
        counting(() => 100 + ms),
      );
      expect(next.state.phase).toBe('draining');
      expect(next.waitingFor).toBe('requests to stop reaching the stable');
      now = then(now, next);
    }
    const last = lookAfter(
      now,
      10_000,
      counting(() => 999_999),
    );
    expect(last.state.evidence.drained).toBe('deadline');
  });

  test('one that does not tell is not taken for one that nothing reaches', () => {
    const [silent] = sidesIn(scene).stable;
    const one = counting((pod) => (pod === silent?.metadata.name ? undefined : 100));
    const first = then(scene, lookAfter(scene, 1_000, one));
    expect(lookAfter(first, 9_999, one).state.phase).toBe('draining');
    expect(lookAfter(first, 10_000, one).state.evidence.drained).toBe('deadline');
  });
});

describe('a side of which nothing serves any more', () => {
  test('is not waited for at all', () => {
    const scene = sceneOf('draining', { metrics: 'pods', config: PLAIN });
    const { state } = lookAfter(scene, 0, without(sidesIn(scene).stable));
    expect(state.phase).toBe('retiring');
  });
});

describe('the old pods', () => {
  const scene = sceneOf('draining', { config: PLAIN });
  const [one] = sidesIn(scene).candidate;
  if (!one) throw new Error('no pods');

  test('stay, however late it is, where the new ones are too few to take it all', () => {
    const { state, waitingFor } = lookAfter(scene, 60_000, unready([one]));
    expect(state.phase).toBe('draining');
    expect(waitingFor).toBe('3 candidate pods, 2 are ready');
  });

  test('do not keep a candidate that was decided against from being let go', () => {
    const back = goingBack(scene);
    const [stable] = sidesIn(scene).stable;
    if (!stable) throw new Error('no pods');
    expect(lookAfter(back, 2_000, unready([stable])).state.phase).toBe('retiring');
  });
});
