// Somebody scales, deletes or changes the workloads of a release while it runs. A candidate that has
// fallen is not promoted, whenever it was found good; and what is promoted is what was judged.
import { describe, expect, test } from '@jest/globals';
import { ROUTERS, type RouterName } from '../../../core/base/vocabulary.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import { editDeployment, type Hand, KUBECTL } from '../support/meddling.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { planFor, play, settingsFor } from '../support/play.ts';
import { routesFor } from '../support/routes.ts';
import { type ToyCluster, toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const STABLE = `${APP}-blue`;
const CANDIDATE = `${APP}-green`;
const CONFIG = {
  strategy: { blueGreen: { monitoring: '10s' }, rolling: { monitoring: '10s' } },
  drain: { maxDuration: '10s' },
  preflight: { drainProbe: 'off' as const },
};

type Spec = Deployment['spec'];
type Meddle = (cluster: ToyCluster) => void;

function edited(name: string, change: (spec: Spec) => Spec, by: Hand = KUBECTL): Meddle {
  return (cluster) => editDeployment(cluster, name, by, change);
}

function withImage(spec: Spec, tag: string): Spec {
  const containers = spec.template.spec.containers.map((each) => ({ ...each, image: `x:${tag}` }));
  return { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, containers } } };
}

function restarted(spec: Spec): Spec {
  const { metadata } = spec.template;
  const annotations = { ...metadata?.annotations, restartedAt: 'now' };
  return { ...spec, template: { ...spec.template, metadata: { ...metadata, annotations } } };
}

/** Plays a release in which somebody does something once, or at every look, from a phase on. */
function playMeddled(
  router: RouterName,
  phase: string,
  meddle: Meddle,
  strategy: 'blue-green' | 'rolling' = 'blue-green',
) {
  const name = strategy === 'rolling' ? APP : STABLE;
  const labels = strategy === 'rolling' ? { app: APP } : BLUE;
  const cluster = toyCluster(
    [deployment(name, 'v1', labels)],
    service(labels),
    {},
    routesFor(router),
  );
  const plan = planFor(cluster, settingsFor(strategy, { ...CONFIG, traffic: { router } }));
  let done = false;
  const { state } = play(cluster, plan, {
    meddle: (now) => {
      if (!done && now.direction === 'forward' && now.phase === phase) {
        done = true;
        meddle(cluster);
      }
      return now;
    },
  });
  return { cluster, state, done };
}

const FALLS: readonly (readonly [string, Meddle])[] = [
  ['scaled to 0', edited(CANDIDATE, (spec) => ({ ...spec, replicas: 0 }))],
  ['scaled to a third', edited(CANDIDATE, (spec) => ({ ...spec, replicas: 1 }))],
  ['deleted', (cluster) => cluster.deployments.delete(CANDIDATE)],
];
const SERVING = ['confirming', 'monitoring', 'holding', 'draining', 'retiring', 'tidying'];
const TABLE = ROUTERS.flatMap((router) =>
  SERVING.flatMap((phase) => FALLS.map(([how, meddle]) => ({ router, phase, how, meddle }))),
);

describe('a candidate that fell is not promoted', () => {
  test.each(TABLE)('$how in phase $phase by $router', ({ router, phase, meddle }) => {
    const { cluster, state, done } = playMeddled(router, phase, meddle);
    expect(done).toBe(true);
    expect(state.outcome).toBe('rolled-back');
    expect(cluster.deployments.get(STABLE)?.spec.replicas).toBe(3);
    expect(cluster.services.get(APP)?.spec.selector).toEqual(BLUE);
    expect(state.evidence.interferences).toMatchObject([{ object: `deployment ${CANDIDATE}` }]);
    const lost = cluster.lost();
    cluster.advance(1_000);
    expect(cluster.lost()).toBe(lost);
  });
});

test('a candidate that somebody scaled to half of its pods has not fallen: it gets the others again', () => {
  const four = deployment(STABLE, 'v1', BLUE);
  four.spec = { ...four.spec, replicas: 4 };
  const cluster = toyCluster([four], service(BLUE));
  const plan = planFor(cluster, settingsFor('blue-green', CONFIG));
  let done = false;
  const { state } = play(cluster, plan, {
    meddle: (now) => {
      if (!done && now.phase === 'draining') {
        done = true;
        edited(CANDIDATE, (spec) => ({ ...spec, replicas: 2 }))(cluster);
      }
      return now;
    },
  });
  expect(state).toMatchObject({ outcome: 'promoted' });
  expect(cluster.deployments.get(CANDIDATE)?.spec.replicas).toBe(4);
});

describe('what is promoted is what was judged', () => {
  const setImage = edited(CANDIDATE, (spec) => withImage(spec, 'v3'), { manager: 'kubectl-set' });

  test.each(['confirming', 'monitoring', 'holding', 'draining'])(
    'another image in phase %s is turned back from, by name',
    (phase) => {
      const { state } = playMeddled('service', phase, setImage);
      expect(state.outcome).toBe('rolled-back');
      expect(state.cause).toContain(
        `kubectl-set changed the pods of deployment ${CANDIDATE} (x:v3`,
      );
    },
  );

  test.each(['testing', 'retiring', 'tidying'])('in phase %s it is put right', (phase) => {
    const { cluster, state } = playMeddled('service', phase, setImage);
    expect(state.outcome).toBe('promoted');
    const image = cluster.deployments.get(CANDIDATE)?.spec.template.spec.containers[0]?.image;
    expect(image).toMatch(/:v2$/);
    expect(state.evidence.interferences).toMatchObject([
      { by: 'kubectl-set', response: 'repaired' },
    ]);
  });

  test('a restart of the candidate is watched anew', () => {
    const calm = playMeddled('service', 'monitoring', () => undefined);
    const { cluster, state } = playMeddled('service', 'monitoring', edited(CANDIDATE, restarted));
    expect(state.outcome).toBe('promoted');
    expect(state.evidence.interferences).toMatchObject([{ response: 'accepted' }]);
    expect(cluster.nowMs()).toBeGreaterThan(calm.cluster.nowMs());
  });
});

describe('the stable is its owner’s', () => {
  test.each(['preparing', 'testing', 'monitoring', 'holding', 'draining'])(
    'scaled to 0 in phase %s: it is the way back, and has its pods again',
    (phase) => {
      const meddle = edited(STABLE, (spec) => ({ ...spec, replicas: 0 }));
      const { cluster, state } = playMeddled('service', phase, meddle);
      expect(state.evidence.interferences).toMatchObject([
        { object: `deployment ${STABLE}`, by: KUBECTL.manager, response: 'repaired' },
      ]);
      expect(['promoted', 'rolled-back']).toContain(state.outcome);
      const { version } = cluster.services.get(APP)?.spec.selector ?? {};
      expect(cluster.deployments.get(`${APP}-${version}`)?.spec.replicas).toBe(3);
    },
  );

  test('a restart of a coloured stable is gone on with, and told', () => {
    const { state } = playMeddled('service', 'monitoring', edited(STABLE, restarted));
    expect(state.outcome).toBe('promoted');
    expect(state.evidence.interferences).toMatchObject([{ response: 'accepted' }]);
    // A later rollback, and whoever lets go of the pods that were kept running, must know them.
    const { stableTemplate } = 'stableTemplate' in state ? state : {};
    expect(stableTemplate?.metadata?.annotations).toEqual({ restartedAt: 'now' });
  });

  test('what somebody else releases to it is not undone', () => {
    const meddle = edited(STABLE, (spec) => withImage(spec, 'v7'), { manager: 'helm' });
    const { cluster, state } = playMeddled('service', 'monitoring', meddle);
    expect(state.outcome).toBe('rolled-back');
    expect(state.cause).toContain(`helm released x:v7 to deployment ${STABLE}`);
    const image = cluster.deployments.get(STABLE)?.spec.template.spec.containers[0]?.image;
    expect(image).toBe('x:v7');
  });
});

describe('rolling', () => {
  const setImage = edited(APP, (spec) => withImage(spec, 'v3'), { manager: 'kubectl-set' });

  test.each(['monitoring', 'holding'])('another image in phase %s is turned back from', (phase) => {
    const { state } = playMeddled('service', phase, setImage, 'rolling');
    expect(state.outcome).toBe('rolled-back');
    expect(state.cause).toContain('kubectl-set changed the pods of deployment');
  });

  test('scaled to 0 while it is watched: it gets its pods again', () => {
    const meddle = edited(APP, (spec) => ({ ...spec, replicas: 0 }));
    const { cluster, state } = playMeddled('service', 'monitoring', meddle, 'rolling');
    expect(cluster.deployments.get(APP)?.spec.replicas).toBe(3);
    expect(state.evidence.interferences).toMatchObject([{ response: 'repaired' }]);
  });
});
