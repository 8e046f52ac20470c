// The old version after a promotion: kept running out of reach, fast to go back to, let go in time.
import { describe, expect, test } from '@jest/globals';
import {
  instant,
  ROUTERS,
  type RouterName,
  releaseId,
  TWO_SIDED_STRATEGIES,
  type TwoSidedStrategy,
} from '../../../core/base/vocabulary.ts';
import {
  EMPTY_JOURNAL,
  type Journal,
  withoutRollbackWindow,
  withTransition,
} from '../../../core/journal/journal.ts';
import { planRevision, revisionBefore } from '../../../core/journal/rollback.ts';
import { pendingScaleDown } from '../../../core/journal/rollback-window.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { APP, deployment, REPOSITORY, service } from '../support/objects.ts';
import { inputFor, planFor, play, settingsFor, turnIn } from '../support/play.ts';
import { routesFor } from '../support/routes.ts';
import { type Behaviour, type ToyCluster, toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const WINDOW_MS = 30 * 60_000;
const MOVING = {
  blueGreen: { monitoring: '5s', rollbackWindow: '30m' },
  canary: { steps: [{ weight: 10, duration: '5s' }], monitoring: '5s' },
};

function settingsOf(strategy: TwoSidedStrategy, router: RouterName = 'service') {
  const drain = { hook: { path: '/drain' }, maxDuration: '20s' };
  return settingsFor(strategy, { strategy: MOVING, traffic: { router }, drain });
}

interface Story {
  readonly cluster: ToyCluster;
  readonly strategy: TwoSidedStrategy;
  readonly router: RouterName;
  journal: Journal;
}

function worldOf(
  strategy: TwoSidedStrategy,
  router: RouterName = 'service',
  behaviour: Behaviour = {},
  labels: Record<string, string> = BLUE,
): Story {
  const name = labels === BLUE ? `${APP}-blue` : APP;
  const blue = deployment(name, 'v1', labels);
  const cluster = toyCluster([blue], service(labels), behaviour, routesFor(router));
  return { cluster, strategy, router, journal: EMPTY_JOURNAL };
}

/** Plays a release to its end, and keeps the journal of it. */
function carryOut(story: Story, plan: Plan, options = {}) {
  const { cluster } = story;
  const played = play(cluster, plan, options);
  const at = instant(cluster.nowMs());
  story.journal = withTransition(story.journal, plan, played.state, [], at);
  return played;
}

function release(story: Story, tag: string, options = {}) {
  const { cluster, strategy, router } = story;
  const id = releaseId(`run-${tag}`);
  const plan = planFor(cluster, settingsOf(strategy, router), 'pods', tag, id);
  return carryOut(story, plan, options);
}

function planBack({ cluster, strategy, router, journal }: Story): Plan {
  const revision = revisionBefore(journal);
  const tag = revision?.image.tag ?? '';
  const settings = settingsOf(strategy, router);
  const planned = planRevision(
    inputFor(cluster, settings, 'pods', tag, releaseId('back')),
    revision,
  );
  if (planned.kind !== 'planned') throw new Error(planned.why);
  return planned.plan;
}

function podsOf({ cluster }: Story, image: string): string[] {
  return cluster
    .observe([])
    .pods.filter(({ spec }) => spec.containers[0]?.image === `${REPOSITORY}:${image}`)
    .map(({ metadata }) => metadata.name);
}

function replicasOf({ cluster }: Story): Record<string, number | undefined> {
  const of = [...cluster.deployments.values()];
  return Object.fromEntries(of.map(({ metadata, spec }) => [metadata.name, spec.replicas]));
}

function reached({ cluster }: Story): string[] {
  const [only] = cluster.observe([]).slices;
  return (only?.endpoints ?? []).map(({ targetRef }) => targetRef?.name ?? '');
}

const cases = TWO_SIDED_STRATEGIES.flatMap((strategy) =>
  ROUTERS.map((router) => [strategy, router] as const),
);

describe('a promoted release with a rollback window', () => {
  test.each(cases)('%s through %s keeps the old pods, out of reach', (strategy, router) => {
    const story = worldOf(strategy, router);
    const before = podsOf(story, 'v1');
    expect(release(story, 'v2').state).toMatchObject({ outcome: 'promoted' });
    expect(podsOf(story, 'v1')).toEqual(before);
    expect(reached(story)).toEqual(podsOf(story, 'v2'));
    expect([...story.cluster.services.keys()]).toEqual([APP]);
    expect(story.journal.history[0]?.warm).toEqual({
      deployment: `${APP}-blue`,
      uid: `uid-${APP}-blue`,
      mark: undefined,
      until: story.cluster.nowMs() + WINDOW_MS,
    });
  });

  test('through istio, of a service that selects no colour, reaches no old pod any more', () => {
    const story = worldOf('canary', 'istio');
    story.cluster.services.set(APP, service({ app: APP }));
    expect(release(story, 'v2').state).toMatchObject({ outcome: 'promoted' });
    expect(podsOf(story, 'v1')).toHaveLength(3);
    expect(reached(story)).toEqual(podsOf(story, 'v2'));
  });

  test('of a plain Deployment keeps nothing: no release ever goes back to it', () => {
    const story = worldOf('blue-green', 'service', {}, { app: APP });
    expect(release(story, 'v2').state).toMatchObject({ outcome: 'promoted' });
    expect(replicasOf(story)).toEqual({ [APP]: 0, [`${APP}-green`]: 3 });
    expect(story.journal.history[0]?.warm).toBeUndefined();
  });
});

describe('a rollback within the window', () => {
  test.each(cases)(
    '%s through %s starts no pod and moves all traffic in one step',
    (strategy, router) => {
      const story = worldOf(strategy, router);
      const before = podsOf(story, 'v1');
      release(story, 'v2');
      const { state, transcript } = carryOut(story, planBack(story));
      expect(state).toMatchObject({ outcome: 'promoted', step: 0 });
      expect(podsOf(story, 'v1')).toEqual(before);
      expect(transcript).not.toMatch(/scale deployment|create deployment/);
      expect(reached(story)).toEqual(before);
      expect(story.cluster.lost()).toBe(0);
    },
  );

  test('asks for exactly the pods that run, so that the Deployment does not roll', () => {
    const story = worldOf('blue-green');
    release(story, 'v2');
    const plan = planBack(story);
    if (plan.strategy === 'rolling') throw new Error('not this one');
    const running = story.cluster.deployments.get(`${APP}-blue`)?.spec.template;
    expect(JSON.parse(JSON.stringify(plan.candidate.template))).toEqual(running);
    expect(plan.settings.preflight.drainProbe).toBe('off');
  });

  test('that is turned back leaves the old pods as warm as they were', () => {
    const story = worldOf('blue-green');
    release(story, 'v2');
    const before = podsOf(story, 'v1');
    const plan = planBack(story);
    const { state } = carryOut(story, plan, turnIn(plan, 'monitoring'));
    expect(state).toMatchObject({ outcome: 'rolled-back' });
    expect(podsOf(story, 'v1')).toEqual(before);
    expect(reached(story)).toEqual(podsOf(story, 'v2'));
  });

  test('starts pods anew that the drain hook has left unready', () => {
    let drained = false;
    const readyAfterMs = (): number => (drained ? Number.POSITIVE_INFINITY : 1_000);
    const story = worldOf('blue-green', 'service', { readyAfterMs });
    release(story, 'v2');
    // Pods that take for ever stand for pods whose hook has made them unready for good.
    drained = true;
    scale(story, `${APP}-blue`, 0);
    scale(story, `${APP}-blue`, 3);
    drained = false;
    const unready = podsOf(story, 'v1');
    const { state } = carryOut(story, planBack(story));
    expect(state).toMatchObject({ outcome: 'promoted' });
    expect(podsOf(story, 'v1')).toHaveLength(3);
    expect(podsOf(story, 'v1').filter((name) => unready.includes(name))).toEqual([]);
  });
});

describe('the next release', () => {
  test('ends the warm pods before it starts its own in their place', () => {
    const story = worldOf('blue-green');
    release(story, 'v2');
    const { state, transcript } = release(story, 'v3');
    expect(state).toMatchObject({ outcome: 'promoted' });
    expect(transcript).toContain(`${APP}-blue to payment-service:v3, 0 pods`);
    expect(podsOf(story, 'v1')).toEqual([]);
    expect(replicasOf(story)).toEqual({ [`${APP}-blue`]: 3, [`${APP}-green`]: 3 });
  });

  test.each(['preparing', 'testing', 'monitoring'])(
    'that turns back in phase %s brings the warm pods back',
    (phase) => {
      const story = worldOf('canary');
      release(story, 'v2');
      const before = story.cluster.snapshot();
      const plan = planFor(story.cluster, settingsOf('canary'), 'pods', 'v3', releaseId('run-v3'));
      const { state } = carryOut(story, plan, turnIn(plan, phase));
      expect(state).toMatchObject({ outcome: 'rolled-back' });
      expect(story.cluster.snapshot()).toEqual(before);
    },
  );
});

/** As somebody else does it. */
function scale({ cluster }: Story, name: string, replicas: number): void {
  change(cluster, name, (found) => ({ ...found, spec: { ...found.spec, replicas } }));
  cluster.advance(0);
}

function change(cluster: ToyCluster, name: string, how: (found: Deployment) => Deployment): void {
  const found = cluster.deployments.get(name);
  if (!found) throw new Error(`no deployment ${name}`);
  cluster.deployments.set(name, how(found));
}

/** What is to become of the old version of the newest release that had kept one. */
function cooling({ cluster, journal }: Story) {
  const record = journal.history.find(({ warm }) => warm);
  if (!record?.warm) throw new Error('nothing was kept warm');
  const found = cluster.deployments.get(record.warm.deployment);
  const services = [...cluster.services.values()];
  return pendingScaleDown({ ...record, warm: record.warm }, APP, found, services);
}

describe('after the window', () => {
  test('the old version is scaled to zero, once', () => {
    const story = worldOf('blue-green');
    release(story, 'v2');
    const first = cooling(story);
    if (first.kind !== 'let-go') throw new Error(first.why);
    expect(story.cluster.act(first.action)).toBe('done');
    expect(replicasOf(story)).toEqual({ [`${APP}-blue`]: 0, [`${APP}-green`]: 3 });
    expect(cooling(story)).toMatchObject({ kind: 'over' });
    expect(story.cluster.act(first.action)).toBe('stale');
    const id = story.journal.history[0]?.release ?? releaseId('');
    expect(withoutRollbackWindow(story.journal, id).history[0]).toEqual({
      ...story.journal.history[0],
      warm: undefined,
    });
  });

  const blue = `${APP}-blue`;
  test.each<[string, string, (story: Story) => void]>([
    [
      'is what a rollback made serve again',
      'over',
      (story) => {
        const kept = story.journal;
        carryOut(story, planBack(story));
        story.journal = kept;
      },
    ],
    [
      'was replaced by the next release',
      'over',
      (story) => {
        const kept = story.journal;
        release(story, 'v3');
        story.journal = kept;
      },
    ],
    ['was deleted', 'over', ({ cluster }) => void cluster.deployments.delete(blue)],
    [
      'was deleted and made anew',
      'over',
      ({ cluster }) =>
        change(cluster, blue, (found) => ({
          ...found,
          metadata: { ...found.metadata, uid: 'another' },
        })),
    ],
    [
      'was given other pods by somebody',
      'over',
      ({ cluster }) =>
        change(cluster, blue, (found) => ({
          ...found,
          spec: {
            ...found.spec,
            template: { ...found.spec.template, metadata: { labels: { ...BLUE, by: 'hand' } } },
          },
        })),
    ],
    [
      'was given the traffic back by hand',
      'left-alone',
      ({ cluster }) => void cluster.services.set(APP, service(BLUE)),
    ],
    [
      'is of a service that the journal is not about',
      'left-alone',
      ({ cluster }) => void cluster.services.set(APP, service({ app: 'ledger' })),
    ],
    [
      'is of a service that is gone',
      'left-alone',
      ({ cluster }) => void cluster.services.delete(APP),
    ],
    [
      'is looked at through a Service of its own',
      'left-alone',
      ({ cluster }) => {
        const own = service(BLUE);
        cluster.services.set('look', { ...own, metadata: { ...own.metadata, name: 'look' } });
      },
    ],
  ])('nothing is touched where it %s', (_, kind, meddle) => {
    const story = worldOf('blue-green');
    release(story, 'v2');
    meddle(story);
    expect(cooling(story)).toMatchObject({ kind });
  });

  test('a Service that selects every version keeps nothing running', () => {
    const story = worldOf('blue-green');
    release(story, 'v2');
    const all = service({ app: APP });
    story.cluster.services.set('all', { ...all, metadata: { ...all.metadata, name: 'all' } });
    expect(cooling(story)).toMatchObject({ kind: 'let-go' });
  });
});
