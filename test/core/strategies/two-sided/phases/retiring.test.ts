// The losing side is taken away: what has to go goes, what was there before stays, and nothing waits for
// pods that stay.
import { describe, expect, test } from '@jest/globals';
import type { Observation } from '../../../../../core/cluster/observation.ts';
import { goingBack, lookAfter, type Scene, sceneOf } from './scene.ts';

const CONFIG = { limits: { readyTimeout: '60s' } };

/** Does what was decided, and lets the pods take their time to end. */
function doneBut(scene: Scene): (seen: Observation) => Observation {
  const { pods } = scene.cluster.observe([]);
  for (const action of lookAfter(scene, 0).actions) scene.cluster.act(action);
  return (seen) => ({ ...seen, pods });
}

describe('after a promotion', () => {
  test('the old version is scaled to nothing, and waited for until it is gone', () => {
    const scene = sceneOf('retiring', { config: CONFIG });
    const { actions, waitingFor } = lookAfter(scene, 0);
    expect(actions.map(({ text }) => text)).toEqual([
      'scale deployment payment-service-blue to 0',
      'delete service payment-service-preview',
    ]);
    expect(waitingFor).toBe('3 stable pods to end');
    const ending = doneBut(scene);
    expect(lookAfter(scene, 59_999, ending)).toMatchObject({
      state: { phase: 'retiring' },
      waitingFor: '3 stable pods to end',
      actions: [],
    });
    expect(lookAfter(scene, 1_000).state.phase).toBe('tidying');
  });

  test('a pod that never ends holds the release no longer than pods may take to get ready', () => {
    const scene = sceneOf('retiring', { config: CONFIG });
    const ending = doneBut(scene);
    expect(lookAfter(scene, 60_000, ending).state.phase).toBe('tidying');
  });

  test('pods that are kept for a rollback are neither ended nor waited for', () => {
    const strategy = { blueGreen: { rollbackWindow: '10m' } };
    const scene = sceneOf('retiring', { config: { ...CONFIG, strategy } });
    expect(lookAfter(scene, 0).actions.map(({ text }) => text)).toEqual([
      'delete service payment-service-preview',
    ]);
    doneBut(scene);
    expect(lookAfter(scene, 0).state.phase).toBe('tidying');
  });
});

describe('after a rollback', () => {
  test('a candidate that was not there before goes altogether', () => {
    const back = goingBack(sceneOf('retiring', { config: CONFIG }));
    expect(lookAfter(back, 0).actions.map(({ text }) => text)).toEqual([
      'delete deployment payment-service-green, which this release had created',
      'delete service payment-service-preview',
    ]);
  });

  test('the pods that its place had before stay, and are not waited for', () => {
    const back = goingBack(sceneOf('retiring', { config: CONFIG, restingPods: 2 }));
    expect(lookAfter(back, 0).actions[0]?.text).toBe(
      'put deployment payment-service-green back as it was, 2 pods',
    );
    doneBut(back);
    back.cluster.advance(2_000);
    expect(lookAfter(back, 2_000).state.phase).toBe('tidying');
  });
});
