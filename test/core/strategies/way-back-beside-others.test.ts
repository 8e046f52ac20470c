// Turning back while others write the routes: the candidate goes only once nothing leads to it.
import { describe, expect, test } from '@jest/globals';
import { because, ROUTERS } from '../../../core/base/vocabulary.ts';
import type { TwoSidedState } from '../../../core/state/state.ts';
import { turnBack } from '../../../core/strategies/two-sided/phase-registry.ts';
import { ARGO, editDeployment, KUBECTL } from '../support/meddling.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { play } from '../support/play.ts';
import { routesFor } from '../support/routes.ts';
import { toyCluster } from '../support/toy-cluster.ts';
import { BLUE, planOf, putBack, STABLES, worldFor } from './others.ts';

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
