// Somebody leads the route to the side that is about to go, and it is put right or left to them: proxies
// hear of either in their own time, and until they have, nothing may be taken away.
import { describe, expect, test } from '@jest/globals';
import { ROUTERS } from '../../../core/base/vocabulary.ts';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import { ARGO, type Hand, KUBECTL, writeOther, writeService } from '../support/meddling.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { planFor, play, settingsFor } from '../support/play.ts';
import { routesFor } from '../support/routes.ts';
import { type ToyCluster, toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const MIN_MS = 7_000;
const CONFIG = {
  strategy: { blueGreen: { monitoring: '20s' } },
  drain: { minDuration: '7s', maxDuration: '20s' },
  preflight: { drainProbe: 'off' as const },
};

/** Writes the routes as they were before the release; false where they are so already. */
function putBack(cluster: ToyCluster, routes: readonly KubernetesObject[], by: Hand): boolean {
  const own = service(BLUE);
  const now = cluster.services.get(APP);
  const moved = now && JSON.stringify(now.spec.selector) !== JSON.stringify(own.spec.selector);
  if (moved) writeService(cluster, { ...now, spec: own.spec }, by);
  const changed = routes.filter((route) => {
    const there = cluster.others.get(`${route.kind}/${APP}`) as { spec?: unknown } | undefined;
    const { spec } = route as { spec?: unknown };
    if (JSON.stringify(there?.spec) === JSON.stringify(spec)) return false;
    writeOther(cluster, { ...there, ...route, spec } as KubernetesObject, by);
    return true;
  });
  return moved === true || changed.length > 0;
}

function isGone(cluster: ToyCluster, name: string): boolean {
  return (cluster.deployments.get(name)?.spec.replicas ?? 0) === 0;
}

describe.each(ROUTERS)('by %s: what somebody has led requests to', (router) => {
  const begin = () => {
    const routes = routesFor(router);
    const stable = deployment(`${APP}-blue`, 'v1', BLUE);
    const cluster = toyCluster([stable], service(BLUE), {}, routes);
    const settings = settingsFor('blue-green', { ...CONFIG, traffic: { router } });
    return { cluster, routes, plan: planFor(cluster, settings) };
  };

  test.each(['monitoring', 'draining', 'retiring'])(
    'once, in %s, does not go before the route has been right for drain.minDuration',
    (phase) => {
      const { cluster, routes, plan } = begin();
      let ledAt: number | undefined;
      let goneAt: number | undefined;
      const { state } = play(cluster, plan, {
        meddle: (now) => {
          if (ledAt === undefined && now.phase === phase && !isGone(cluster, `${APP}-blue`)) {
            ledAt = putBack(cluster, routes, KUBECTL) ? cluster.nowMs() : undefined;
          }
          if (isGone(cluster, `${APP}-blue`)) goneAt ??= cluster.nowMs();
          return now;
        },
      });
      expect(state.outcome).toBe('promoted');
      if (ledAt === undefined) throw new Error('nobody has led it anywhere');
      expect((goneAt ?? 0) - ledAt).toBeGreaterThanOrEqual(MIN_MS);
    },
  );

  test('again and again, does not go at once where the other is left the last word', () => {
    const { cluster, routes, plan } = begin();
    const candidate = plan.strategy === 'rolling' ? '' : plan.candidate.name;
    let ledAt = 0;
    let goneAt: number | undefined;
    let wasThere = false;
    const { state } = play(cluster, plan, {
      meddle: (now) => {
        if (wasThere && isGone(cluster, candidate)) goneAt ??= cluster.nowMs();
        wasThere ||= !isGone(cluster, candidate);
        if (wasThere && putBack(cluster, routes, ARGO)) ledAt = cluster.nowMs();
        return now;
      },
    });
    expect(state.outcome).toBe('rolled-back');
    expect(wasThere).toBe(true);
    expect((goneAt ?? cluster.nowMs()) - ledAt).toBeGreaterThanOrEqual(MIN_MS);
  });
});
