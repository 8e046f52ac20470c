// Somebody else (kubectl, helm upgrade, a GitOps controller) puts the route back while a release
// runs: no request may be lost, a fight is bounded, and the outcome says what serves.
import { describe, expect, test } from '@jest/globals';
import {
  because,
  instant,
  ROUTERS,
  type RouterName,
  type TwoSidedStrategy,
} from '../../../core/base/vocabulary.ts';
import type { Service } from '../../../core/kubernetes/network-objects.ts';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import type { ReleaseState, TwoSidedState } from '../../../core/state/state.ts';
import { takenOver } from '../../../core/state/transitions.ts';
import { turnBack } from '../../../core/strategies/two-sided/phase-registry.ts';
import {
  ARGO,
  editDeployment,
  type Hand,
  KUBECTL,
  writeOther,
  writeService,
} from '../support/meddling.ts';
import { APP, deployment, pod, service } from '../support/objects.ts';
import { planFor, play, settingsFor } from '../support/play.ts';
import { routesFor } from '../support/routes.ts';
import { type ToyCluster, toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const STEPS = [{ weight: 30, duration: '5s' }];
const CONFIG = {
  strategy: { blueGreen: { monitoring: '20s' }, canary: { steps: STEPS, monitoring: '20s' } },
  drain: { maxDuration: '20s' },
  preflight: { drainProbe: 'off' as const },
};
const PHASES = ['testing', 'monitoring', 'draining', 'retiring', 'tidying'];

interface World {
  readonly cluster: ToyCluster;
  /** Writes the route as it was before the release; false where it is so already. */
  readonly putBack: (by: Hand) => boolean;
}

function worldFor(router: RouterName, labels: Record<string, string>, name: string): World {
  const found = service(labels);
  const cluster = toyCluster([deployment(name, 'v1', labels)], found, {}, routesFor(router));
  const routes = routesFor(router);
  return { cluster, putBack: (by) => putBack(cluster, found, routes, by) };
}

function putBack(
  cluster: ToyCluster,
  own: Service,
  routes: readonly KubernetesObject[],
  by: Hand,
): boolean {
  let changed = false;
  const now = cluster.services.get(APP);
  if (now && JSON.stringify(now.spec.selector) !== JSON.stringify(own.spec.selector)) {
    writeService(cluster, { ...now, spec: own.spec }, by);
    changed = true;
  }
  for (const route of routes) {
    const there = cluster.others.get(`${route.kind}/${APP}`) as { spec?: unknown } | undefined;
    const { spec } = route as { spec?: unknown };
    if (JSON.stringify(there?.spec) === JSON.stringify(spec)) continue;
    writeOther(cluster, { ...there, ...route, spec } as KubernetesObject, by);
    changed = true;
  }
  return changed;
}

const STABLES = [
  ['coloured', BLUE, `${APP}-blue`],
  ['plain', { app: APP }, APP],
] as const;

const TABLE = (['blue-green', 'canary'] as const).flatMap((strategy) =>
  ROUTERS.flatMap((router) => STABLES.map((stable) => [strategy, router, ...stable] as const)),
);

function planOf(cluster: ToyCluster, strategy: TwoSidedStrategy, router: RouterName) {
  return planFor(cluster, settingsFor(strategy, { ...CONFIG, traffic: { router } }));
}

function replicas(cluster: ToyCluster, name: string): number | undefined {
  return cluster.deployments.get(name)?.spec.replicas;
}

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

describe.each(ROUTERS)('%s: a Service that somebody leads to nobody at all', (router) => {
  const lead = (cluster: ToyCluster, selector: Record<string, string>) => {
    const now = cluster.services.get(APP);
    if (now) writeService(cluster, { ...now, spec: { ...now.spec, selector } }, KUBECTL);
  };

  test.each(PHASES)('in phase %s, is led right again, and it is told', (phase) => {
    const { cluster } = worldFor(router, { ...BLUE }, `${APP}-blue`);
    const plan = planOf(cluster, 'blue-green', router);
    let isDone = false;
    let isLedTo: unknown;
    const { state } = play(cluster, plan, {
      meddle: (now) => {
        if (isDone && isLedTo === undefined) isLedTo = cluster.services.get(APP)?.spec.selector;
        if (!isDone && now.direction === 'forward' && now.phase === phase) {
          isDone = true;
          lead(cluster, { app: 'nobody' });
        }
        return now;
      },
    });
    expect(isLedTo).not.toEqual({ app: 'nobody' });
    expect(state.cause).toBeUndefined();
    expect(state.outcome).toBe('promoted');
    const told = state.evidence.interferences ?? [];
    expect(told[0]).toMatchObject({ by: KUBECTL.manager, response: 'repaired' });
    expect(replicas(cluster, `${APP}-blue`)).toBe(0);
  });

  test('for ever: bounded, and then a person has the word', () => {
    const { cluster } = worldFor(router, { ...BLUE }, `${APP}-blue`);
    const plan = planOf(cluster, 'blue-green', router);
    let writes = 0;
    const { state } = play(cluster, plan, {
      meddle: (now) => {
        const { app } = cluster.services.get(APP)?.spec.selector ?? {};
        if (now.phase === 'monitoring' && now.direction === 'forward' && app !== 'nobody') {
          writes += 1;
          lead(cluster, { app: 'nobody' });
        }
        return now;
      },
    });
    // Ten seconds of a write at every look.
    expect(writes).toBeLessThanOrEqual(24);
    expect(state.outcome).toBe('rolled-back');
    expect(state.cause).toContain('keeps on changing the selector of service');
  });
});

test.each(ROUTERS)(
  '%s: whoever takes over from a process that died before it led the Service right does so',
  (router) => {
    const { cluster } = worldFor(router, { ...BLUE }, `${APP}-blue`);
    const plan = planOf(cluster, 'canary', router);
    let isDone = false;
    const { state } = play(cluster, plan, {
      meddle: (now) => {
        const there = cluster.services.get(APP);
        if (!isDone && now.phase === 'monitoring' && there) {
          isDone = true;
          const nobody = { ...there.spec, selector: { app: 'nobody' } };
          writeService(cluster, { ...there, spec: nobody }, KUBECTL);
          const noted = { object: `service ${APP}`, since: now.since, isGone: false };
          cluster.advance(20_000);
          return takenOver({ ...now, repairing: noted } as TwoSidedState, instant(cluster.nowMs()));
        }
        return now;
      },
    });
    expect(isDone).toBe(true);
    expect(state.cause).toBeUndefined();
    expect(state.outcome).toBe('promoted');
  },
);

test('a Service that somebody leads to pods of their own is left to them', () => {
  const { cluster } = worldFor('service', { ...BLUE }, `${APP}-blue`);
  const plan = planOf(cluster, 'blue-green', 'service');
  const sorry = pod('sorry-1', { app: 'sorry' }, 'sorry');
  const observe = cluster.observe;
  cluster.observe = (asked) => {
    const seen = observe(asked);
    return { ...seen, pods: [...seen.pods, sorry] };
  };
  const { state } = play(cluster, plan, {
    meddle: (now) => {
      const there = cluster.services.get(APP);
      if (now.phase === 'monitoring' && there) {
        writeService(
          cluster,
          { ...there, spec: { ...there.spec, selector: { app: 'sorry' } } },
          KUBECTL,
        );
      }
      return now;
    },
  });
  expect(state.outcome).toBe('failed');
  expect(cluster.services.get(APP)?.spec.selector).toEqual({ app: 'sorry' });
});

test('another Service that somebody leads elsewhere on the way back is not waited for without end', () => {
  const own = service(BLUE);
  const partners = { ...own, metadata: { ...own.metadata, name: 'partners' } };
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], own, {}, [partners]);
  const plan = planOf(cluster, 'blue-green', 'service');
  const { state } = play(cluster, plan, {
    meddle: (now) => {
      if (now.direction === 'back' && ['preparing', 'switching'].includes(now.phase)) {
        const elsewhere = { ...partners.spec, selector: { app: 'elsewhere' } };
        writeService(cluster, { ...partners, spec: elsewhere }, KUBECTL);
      }
      return now.phase === 'monitoring' && now.direction === 'forward'
        ? turnBack(now as TwoSidedState, now.since, because('aborted', 'asked to'))
        : now;
    },
  });
  expect(state.outcome).toBe('failed');
  expect(state.cause).toContain('asked to; somebody changed the selector of service partners');
  expect(cluster.services.get(APP)?.spec.selector).toEqual(BLUE);
  expect([`${APP}-blue`, `${APP}-green`].map((name) => replicas(cluster, name))).toEqual([3, 3]);
});

test.each(STABLES)(
  'a %s stable: whoever has the last word has it of their own Service; others are led back from the candidate',
  (_, labels, name) => {
    const own = service({ ...labels });
    const partners = { ...own, metadata: { ...own.metadata, name: 'partners' } };
    const cluster = toyCluster([deployment(name, 'v1', { ...labels })], own, {}, [partners]);
    const plan = planOf(cluster, 'blue-green', 'service');
    const nowhere = new Set<string>();
    let due = Number.POSITIVE_INFINITY;
    const { state } = play(cluster, plan, {
      meddle: (now) => {
        for (const [each, { slices }] of cluster.observe([]).furtherServices ?? []) {
          if (slices[0]?.endpoints?.length === 0 && each !== `${APP}-preview`) nowhere.add(each);
        }
        if (now.phase === 'monitoring' && due === Number.POSITIVE_INFINITY) due = cluster.nowMs();
        if (cluster.nowMs() >= due) {
          putBack(cluster, own, [], ARGO);
          due = cluster.nowMs() + 3_000;
        }
        return now;
      },
    });
    expect(state.outcome).toBe('rolled-back');
    expect([...nowhere]).toEqual([]);
    expect(cluster.lost()).toBe(0);
    expect(cluster.services.get('partners')?.spec.selector).toEqual(labels);
  },
);

test('a plain stable that is restarted while its Service was put back: the candidate goes once no proxy leads to it', () => {
  const { cluster, putBack: meddle } = worldFor('service', { app: APP }, APP);
  const plan = planOf(cluster, 'blue-green', 'service');
  const own = JSON.stringify(cluster.services.get(APP)?.spec.selector);
  const pods = () => cluster.observe([]).pods.map(({ metadata }) => metadata.name);
  const isThere = () => pods().some((name) => name.startsWith(`${APP}-green`));
  let reachedAt: number | undefined;
  let goneAt: number | undefined;
  const { state } = play(cluster, plan, {
    meddle: (now) => {
      if (reachedAt === undefined && now.phase === 'testing' && meddle(KUBECTL)) {
        editDeployment(cluster, APP, KUBECTL, ({ template: { metadata, spec }, ...rest }) => ({
          ...rest,
          template: { spec, metadata: { ...metadata, annotations: { restartedAt: 'now' } } },
        }));
      }
      const isLedTo = JSON.stringify(cluster.services.get(APP)?.spec.selector) === own;
      if (isThere() && isLedTo) reachedAt = cluster.nowMs();
      if (reachedAt !== undefined && !isThere()) goneAt ??= cluster.nowMs();
      return now;
    },
  });
  expect(state.outcome).toBeDefined();
  expect(reachedAt).toBeDefined();
  expect((goneAt ?? Number.POSITIVE_INFINITY) - (reachedAt ?? 0)).toBeGreaterThanOrEqual(
    plan.settings.drain.minMs,
  );
  expect(cluster.lost()).toBe(0);
});

test('a Service that stays away is for a person, and both versions are left running', () => {
  const { cluster } = worldFor('service', { ...BLUE }, `${APP}-blue`);
  const plan = planOf(cluster, 'blue-green', 'service');
  const { state } = play(cluster, plan, {
    meddle: (now) => {
      if (now.phase === 'draining') cluster.services.delete(APP);
      return now;
    },
  });
  expect(state.outcome).toBe('failed');
  expect(state.cause).toContain(`service ${APP} is gone`);
  expect([`${APP}-blue`, `${APP}-green`].map((name) => replicas(cluster, name))).toEqual([3, 3]);
});

test('a route that others keep before the candidate has its turn may reach it: it drains before it goes', () => {
  const { cluster, putBack: meddle } = worldFor('istio', { app: APP }, APP);
  const plan = planOf(cluster, 'blue-green', 'istio');
  const back: string[] = [];
  const { state } = play(cluster, plan, {
    meddle: (now) => {
      if (now.direction === 'forward' && now.phase === 'testing') meddle(ARGO);
      if (now.direction === 'back' && back.at(-1) !== now.phase) back.push(now.phase);
      return now;
    },
  });
  expect(state.outcome).toBe('rolled-back');
  expect(back.indexOf('draining')).toBeGreaterThanOrEqual(0);
  expect(back.indexOf('draining')).toBeLessThan(back.indexOf('retiring'));
  expect(cluster.lost()).toBe(0);
});

test('turning back, Istio has its own route again only where the Service selects the stable alone', () => {
  const { cluster } = worldFor('istio', { ...BLUE }, `${APP}-blue`);
  const plan = planOf(cluster, 'canary', 'istio');
  const [found] = routesFor('istio');
  const seen = new Set<string>();
  const { state } = play(cluster, plan, {
    meddle: (now) => {
      const route = cluster.others.get(`${found?.kind}/${APP}`) as { spec?: unknown } | undefined;
      const isOwn =
        JSON.stringify(route?.spec) === JSON.stringify(found && 'spec' in found && found.spec);
      if (isOwn && now.phase === 'tidying') {
        seen.add(JSON.stringify(cluster.services.get(APP)?.spec.selector));
      }
      return now.phase === 'monitoring' && now.direction === 'forward'
        ? turnBack(now as TwoSidedState, now.since, because('aborted', 'asked to'))
        : now;
    },
  });
  expect(state.outcome).toBe('rolled-back');
  expect([...seen]).toEqual([JSON.stringify(BLUE)]);
});

test.each(ROUTERS)(
  '%s: whoever heals the route on the way back wants what the way back wants',
  (router) => {
    const { cluster, putBack: meddle } = worldFor(router, { ...BLUE }, `${APP}-blue`);
    const plan = planOf(cluster, 'canary', router);
    let due = Number.POSITIVE_INFINITY;
    const { state } = play(cluster, plan, {
      meddle: (now) => {
        if (now.phase === 'monitoring' && now.direction === 'forward' && 'step' in now) {
          due = cluster.nowMs();
          return turnBack(now, now.since, because('aborted', 'asked to'));
        }
        if (cluster.nowMs() >= due) {
          meddle(ARGO);
          due = cluster.nowMs() + 3_000;
        }
        return now;
      },
    });
    expect(state.outcome).toBe('rolled-back');
    expect(cluster.lost()).toBe(0);
    expect(cluster.deployments.has(`${APP}-green`)).toBe(false);
  },
);

describe.each(ROUTERS)('%s: a plain stable half of which is replaced by now', (router) => {
  test('is followed once, and not to and fro between as many old and new pods', () => {
    const own = deployment(APP, 'v1', { app: APP }, 2);
    let isHalf = false;
    const readyAfterMs = (image: string): number =>
      image.endsWith('v1.1') ? (isHalf ? 30_000 : 0) : 1_000;
    const cluster = toyCluster([own], service({ app: APP }), { readyAfterMs }, routesFor(router));
    const plan = planOf(cluster, 'blue-green', router);
    let isChanged = false;
    const followed: string[] = [];
    const act = cluster.act;
    cluster.act = (action) => {
      if (action.text.includes('follow')) followed.push(action.text);
      return act(action);
    };
    play(cluster, plan, {
      meddle: (now) => {
        if (isChanged || now.phase !== 'monitoring' || now.direction !== 'forward') return now;
        isChanged = true;
        editDeployment(cluster, APP, KUBECTL, (spec) => ({
          ...spec,
          template: deployment(APP, 'v1.1', { app: APP }).spec.template,
          replicas: 1,
        }));
        isHalf = true;
        editDeployment(cluster, APP, KUBECTL, (spec) => ({ ...spec, replicas: 2 }));
        return now;
      },
    });
    expect(isChanged).toBe(true);
    expect(followed.length).toBeLessThanOrEqual(1);
  });
});
