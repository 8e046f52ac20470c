// A weight is written only where pods stand behind both sides of it; what is missing is waited for, or
// turned back for.
import { describe, expect, test } from '@jest/globals';
import type { RouterName } from '../../../../../core/base/vocabulary.ts';
import type { Labels } from '../../../../../core/kubernetes/labels.ts';
import { APP } from '../../../support/objects.ts';
import { BLUE } from '../../../support/releases.ts';
import { at, goingBack, lookAfter, sceneOf, sidesIn, unready, without } from './scene.ts';

const CONFIG = { limits: { readyTimeout: '60s' } };
const PARTLY = { strategy: 'canary', config: CONFIG } as const;
const WHOLLY = { strategy: 'blue-green', config: CONFIG } as const;

describe('a part of the traffic', () => {
  const scene = sceneOf('switching', PARTLY);
  const { stable, candidate } = sidesIn(scene);
  const short = unready(stable.slice(0, 1));

  test('is led to the candidate where both sides have their pods', () => {
    expect(lookAfter(scene, 0).actions).not.toEqual([]);
  });

  test('waits for a stable pod that was evicted, and writes nothing meanwhile', () => {
    expect(lookAfter(scene, 59_999, short)).toMatchObject({
      state: { direction: 'forward', phase: 'switching' },
      actions: [],
      waitingFor: 'the stable to have all its pods again',
    });
  });

  test.each([
    ['does not come back in time', short, 60_000, 'only 2 of 3 stable pods ready at the switch'],
    ['has no pod at all', without(stable), 0, 'only 0 of 3 stable pods ready at the switch'],
  ])('turns back where the stable %s', (_how, seen, ms, cause) => {
    const { state, actions } = lookAfter(scene, ms, seen);
    expect(actions).toEqual([]);
    expect(state).toMatchObject({ direction: 'back', cause });
  });

  test('turns back where the candidate has fewer pods than its weight takes', () => {
    const { state } = lookAfter(scene, 0, unready(candidate));
    expect(state).toMatchObject({
      direction: 'back',
      cause: 'only 0 of 1 candidate pods ready at the switch',
    });
  });
});

describe('a Service that somebody made anew meanwhile', () => {
  const misled = (router: RouterName, selector: Labels) => {
    const monitored = sceneOf('monitoring', { strategy: 'canary', config: CONFIG, router });
    const scene = at(monitored, 'switching');
    const { cluster } = scene;
    const service = cluster.services.get(APP);
    if (!service) throw new Error('it is there');
    cluster.services.set(APP, { ...service, spec: { ...service.spec, selector } });
    return { scene, short: unready(sidesIn(scene).stable.slice(0, 1)) };
  };

  test('through istio leads to both sides again at once, however many stable pods there are', () => {
    const { scene, short } = misled('istio', BLUE);
    const { actions } = lookAfter(scene, 0, short);
    expect(actions.map(({ text }) => text)).toEqual([`send service ${APP} to both sides`]);
  });

  test('through gateway-api leads to the stable once it has its pods, and is not confirmed before', () => {
    const { scene, short } = misled('gateway-api', { app: APP });
    expect(lookAfter(scene, 0, short)).toMatchObject({
      state: { direction: 'forward', phase: 'switching' },
      actions: [],
      waitingFor: 'the stable to have all its pods again',
    });
    const { actions } = lookAfter(scene, 0);
    expect(actions.map(({ text }) => text)).toEqual([`send service ${APP} to the stable`]);
  });
});

describe('all of the traffic', () => {
  const scene = sceneOf('switching', WHOLLY);
  const { stable, candidate } = sidesIn(scene);

  test('asks nothing of the stable any more', () => {
    expect(lookAfter(scene, 0, unready(stable)).actions).not.toEqual([]);
  });

  test('is not led to a candidate that lacks one pod', () => {
    const { state, actions } = lookAfter(scene, 0, unready(candidate.slice(0, 1)));
    expect(actions).toEqual([]);
    expect(state.cause).toBe('only 2 of 3 candidate pods ready at the switch');
  });

  test('is written once: where it stands already it is confirmed', () => {
    for (const action of lookAfter(scene, 0).actions) scene.cluster.act(action);
    expect(lookAfter(scene, 0)).toMatchObject({ state: { phase: 'confirming' }, actions: [] });
  });
});

describe('the way back', () => {
  const begin = () => {
    const scene = sceneOf('confirming', WHOLLY);
    return { back: goingBack(scene, { phase: 'switching' }), ...sidesIn(scene) };
  };

  test('waits until the stable has all its pods while the candidate answers', () => {
    const { back, stable } = begin();
    const { state, actions } = lookAfter(back, 0, unready(stable.slice(0, 1)));
    expect(actions).toEqual([]);
    expect(state).toMatchObject({ direction: 'back', phase: 'preparing' });
  });

  test('takes one stable pod where the candidate has none left: one answers more than none', () => {
    const { back, stable, candidate } = begin();
    const left = unready([...stable.slice(0, 2), ...candidate]);
    expect(lookAfter(back, 0, left).actions).not.toEqual([]);
  });

  test('leads nowhere where neither side has a pod', () => {
    const { back, stable, candidate } = begin();
    const { actions } = lookAfter(back, 0, unready([...stable, ...candidate]));
    expect(actions).toEqual([]);
  });
});
