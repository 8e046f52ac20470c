// A mesh's route that somebody deleted: the Service leads to one side alone, and always to one that serves.
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../../../core/base/vocabulary.ts';
import type { Observation } from '../../../../../core/cluster/observation.ts';
import { sidesOfTwo } from '../../../../../core/plan/own-pods.ts';
import type { TwoSidedPhase, TwoSidedState } from '../../../../../core/state/state.ts';
import { guardRoute } from '../../../../../core/strategies/two-sided/guards/route.ts';
import { APP } from '../../../support/objects.ts';
import { sceneOf } from '../phases/scene.ts';

const TO_STABLE = `send service ${APP} to the stable`;
const TO_CANDIDATE = `send service ${APP} to the candidate`;

interface Look {
  readonly state?: Partial<TwoSidedState>;
  readonly gone?: 'the stable';
  /** Whether the Service leads to the stable alone by then. */
  readonly isLed?: boolean;
  /** How long the route has been gone when it is looked at for the second time. */
  readonly afterMs: number;
}

/** What is done at the second look. */
function done(phase: TwoSidedPhase, { state: more = {}, gone, isLed = false, afterMs }: Look) {
  const { plan, state: reached, cluster } = sceneOf(phase, { router: 'istio' });
  const others = new Map(cluster.others);
  others.delete(`VirtualService/${APP}`);
  const seen: Observation = { ...cluster.observe([]), others };
  const stable = new Set(sidesOfTwo(plan, seen).stable);
  const look = gone ? { ...seen, pods: seen.pods.filter((pod) => !stable.has(pod)) } : seen;
  const first = guardRoute(plan, { ...reached, ...more }, look);
  if (!first.step) throw new Error('the route is not missed');
  const at = instant(seen.at + afterMs);
  const { service } = look;
  if (!service) throw new Error('there is no Service');
  const selector = { ...plan.selectors.stable };
  const led = isLed ? { ...service, spec: { ...service.spec, selector } } : service;
  const { step } = guardRoute(plan, first.step.state, { ...look, at, service: led });
  const texts = [...first.step.actions, ...(step?.actions ?? [])].map(({ text }) => text);
  return { texts: [...new Set(texts)], state: step?.state };
}

describe('a VirtualService that is gone', () => {
  test('leaves the Service as it is until every proxy has heard, where they still send to the candidate', () => {
    expect(done('monitoring', { afterMs: 100 }).texts).toEqual([]);
    expect(done('monitoring', { afterMs: 10_000 }).texts).toEqual([TO_STABLE]);
  });

  test('leads the Service to the stable at once, where none has sent to the candidate yet', () => {
    expect(done('testing', { afterMs: 100 }).texts).toEqual([TO_STABLE]);
  });

  test('leads it to the candidate, once the old version is let go', () => {
    expect(done('draining', { afterMs: 10_000 }).texts).toEqual([TO_CANDIDATE]);
  });

  test('leads it to whoever serves, as long as the stable has no pod on the way back', () => {
    const state = { direction: 'back', phase: 'preparing' } as const;
    expect(done('monitoring', { state, gone: 'the stable', afterMs: 10_000 }).texts).toEqual([
      TO_CANDIDATE,
    ]);
  });

  test('is waited for only so long: then the release turns back, once the Service leads to the stable', () => {
    const late = { afterMs: 10_000_000 };
    expect(done('testing', late).state).toMatchObject({ direction: 'forward' });
    expect(done('testing', { ...late, isLed: true }).state).toMatchObject({
      direction: 'back',
      code: 'object-gone',
    });
  });
});
