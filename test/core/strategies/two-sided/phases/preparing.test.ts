// From the second step on the candidate serves while it grows, and is watched while it does.
import { describe, expect, test } from '@jest/globals';
import { APP, deployment, service } from '../../../support/objects.ts';
import { planFor, play, settingsFor } from '../../../support/play.ts';
import { BLUE } from '../../../support/releases.ts';
import { type Behaviour, toyCluster } from '../../../support/toy-cluster.ts';
import { goingBack, lookAfter, sceneOf, sidesIn, unready } from './scene.ts';

const STEPS = [10, 50].map((weight) => ({ weight, duration: '5s' }));
const CONFIG = { strategy: { canary: { steps: STEPS } }, limits: { readyTimeout: '60s' } };
const NEVER = 3_600_000;

/** A canary whose pods do not get ready any more once its first step is over. */
function growing(errorRate: number) {
  const behaviour: Behaviour = {};
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE, 4)], service(BLUE), behaviour);
  const plan = planFor(cluster, settingsFor('canary', CONFIG));
  const counted: number[] = [];
  const played = play(cluster, plan, {
    meddle: (state) => {
      if (state.strategy !== 'rolling' && state.phase === 'preparing' && state.step === 1) {
        behaviour.readyAfterMs = () => NEVER;
        behaviour.errorRate = (image) => (image.endsWith(':v2') ? errorRate : 0);
        if (state.direction === 'forward')
          counted.push(state.tally?.totals.candidate.requests ?? 0);
      }
      return state;
    },
  });
  return { ...played, counted };
}

describe('a candidate that grows for its second step', () => {
  test('and begins to fail is turned back for that, not for the pods that are late', () => {
    const { state } = growing(0.5);
    expect(state.outcome).toBe('rolled-back');
    expect(state.evidence.decision?.verdict).toBe('bad');
    expect(state.cause).not.toContain('ready');
  });

  test('is judged by what it answers meanwhile too', () => {
    const { counted } = growing(0);
    expect(Math.max(...counted)).toBeGreaterThan((counted[0] ?? 0) + 100);
  });
});

describe('before its first step', () => {
  const scene = sceneOf('preparing');

  test('pods that are late turn the release back, and not a moment early', () => {
    for (const action of lookAfter(scene, 0).actions) scene.cluster.act(action);
    const late = unready(sidesIn(scene).candidate);
    expect(lookAfter(scene, scene.plan.settings.limits.readyMs - 1, late).state.direction).toBe(
      'forward',
    );
    expect(lookAfter(scene, scene.plan.settings.limits.readyMs, late).state.direction).toBe('back');
  });
});

describe('on the way back', () => {
  const scene = sceneOf('confirming', { config: { limits: { readyTimeout: '60s' } } });
  const { stable, candidate } = sidesIn(scene);
  const back = goingBack(scene, { phase: 'preparing' });

  test.each([
    ['all stable pods serve', unready([]), 'switching'],
    ['one is missing and the candidate answers', unready(stable.slice(0, 1)), 'preparing'],
    ['one serves and the candidate none', unready([...stable.slice(1), ...candidate]), 'switching'],
    ['nobody serves', unready([...stable, ...candidate]), 'preparing'],
  ])('traffic goes back as soon as that is better: %s', (_what, seen, phase) => {
    expect(lookAfter(back, 0, seen).state.phase).toBe(phase);
  });

  test('it ends for a person where the stable does not come back', () => {
    const missing = unready(stable.slice(0, 1));
    expect(lookAfter(back, 59_999, missing).state.outcome).toBeUndefined();
    const { state } = lookAfter(back, 60_000, missing);
    expect(state.outcome).toBe('failed');
    expect(state.cause).toContain('only 2 of 3 stable pods ready after 1m');
  });
});
