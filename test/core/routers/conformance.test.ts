// Every router passes the same releases: nothing is lost, and what turns back leaves nothing behind.
import { describe, expect, test } from '@jest/globals';
import { ROUTERS, type RouterName, TWO_SIDED_STRATEGIES } from '../../../core/base/vocabulary.ts';
import { TWO_SIDED_PHASES } from '../../../core/state/state.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { planFor, play, settingsFor, turnIn } from '../support/play.ts';
import { routesFor } from '../support/routes.ts';
import { type Behaviour, type ToyCluster, toyCluster } from '../support/toy-cluster.ts';

const STEPS = [
  { weight: 10, duration: '5s' },
  { weight: 50, duration: '5s' },
];
const CONFIG = {
  strategy: { blueGreen: { monitoring: '10s' }, canary: { steps: STEPS, monitoring: '10s' } },
  limits: { readyTimeout: '20s', maxDuration: '10m' },
  drain: { maxDuration: '20s' },
};

const SHAPES = {
  coloured: { app: APP, version: 'blue' },
  plain: { app: APP },
} as const;

function worldFor(router: RouterName, shape: keyof typeof SHAPES, behaviour: Behaviour = {}) {
  const labels = SHAPES[shape];
  const name = shape === 'coloured' ? `${APP}-blue` : APP;
  const cluster = toyCluster(
    [deployment(name, 'v1', labels, 4)],
    service(labels),
    behaviour,
    routesFor(router),
  );
  return cluster;
}

function planIn(
  cluster: ToyCluster,
  router: RouterName,
  strategy: (typeof TWO_SIDED_STRATEGIES)[number],
) {
  return planFor(cluster, settingsFor(strategy, { ...CONFIG, traffic: { router } }));
}

const cases = TWO_SIDED_STRATEGIES.flatMap((strategy) =>
  ROUTERS.flatMap((router) =>
    (['coloured', 'plain'] as const).map((shape) => [strategy, router, shape] as const),
  ),
);

describe('a release', () => {
  test.each(cases)(
    '%s through %s of a %s service is promoted and loses nothing',
    (strategy, router, shape) => {
      const cluster = worldFor(router, shape);
      const plan = planIn(cluster, router, strategy);
      const { state } = play(cluster, plan);
      expect(state).toMatchObject({ outcome: 'promoted' });
      expect(cluster.lost()).toBe(0);
      expect([...cluster.services.keys()]).toEqual([APP]);
    },
  );

  test.each(cases)(
    '%s through %s of a %s service that answers errors leaves all as it was',
    (strategy, router, shape) => {
      const errorRate = (image: string): number => (image.endsWith('v2') ? 0.3 : 0);
      const cluster = worldFor(router, shape, { errorRate, load: 200 });
      const before = cluster.snapshot();
      const { state } = play(cluster, planIn(cluster, router, strategy));
      expect(state).toMatchObject({ outcome: 'rolled-back' });
      expect(cluster.snapshot()).toEqual(before);
      expect(cluster.lost()).toBe(0);
    },
  );

  const phases = TWO_SIDED_PHASES.slice(0, TWO_SIDED_PHASES.indexOf('landing'));
  const turning = cases.flatMap((each) => phases.map((phase) => [...each, phase] as const));
  test.each(turning)(
    '%s through %s of a %s service turned back in phase %s leaves all as it was',
    (strategy, router, shape, phase) => {
      const cluster = worldFor(router, shape);
      const before = cluster.snapshot();
      const plan = planIn(cluster, router, strategy);
      const { state } = play(cluster, plan, turnIn(plan, phase));
      expect(state).toMatchObject({ outcome: 'rolled-back', cause: 'somebody said stop' });
      expect(cluster.snapshot()).toEqual(before);
      expect(cluster.lost()).toBe(0);
    },
  );
});

test('a canary that kept-alive connections never reach is not taken for one that reports nothing', () => {
  const cluster = worldFor('service', 'coloured', { clients: 'kept-alive', load: 200 });
  const steps = [{ weight: 50, duration: '90s' }];
  const config = { ...CONFIG, strategy: { canary: { steps, monitoring: '5s' } } };
  const { state } = play(cluster, planFor(cluster, settingsFor('canary', config)));
  expect(state).toMatchObject({ outcome: 'promoted' });
});

describe('one release after the other', () => {
  test.each(ROUTERS)(
    'through %s: what a promoted release leaves, the next can begin from',
    (router) => {
      const cluster = worldFor(router, 'plain');
      play(cluster, planIn(cluster, router, 'canary'));
      const names = (): (string | number | undefined)[][] =>
        [...cluster.deployments.values()].map(({ metadata, spec }) => [
          metadata.name,
          spec.replicas,
        ]);
      expect(names()).toEqual([
        [APP, 0],
        [`${APP}-green`, 4],
      ]);
      const settings = settingsFor('blue-green', { ...CONFIG, traffic: { router } });
      const again = planFor(cluster, settings, 'pods', 'v3');
      const { state } = play(cluster, again);
      expect(state).toMatchObject({ outcome: 'promoted' });
      expect(names()).toEqual([
        [APP, 0],
        [`${APP}-green`, 0],
        [`${APP}-blue`, 4],
      ]);
      expect(cluster.lost()).toBe(0);
    },
  );
});
