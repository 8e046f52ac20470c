import { ROUTERS, type RouterName, type TwoSidedStrategy } from '../../../core/base/vocabulary.ts';
import type { Service } from '../../../core/kubernetes/network-objects.ts';
import type { KubernetesObject } from '../../../core/kubernetes/objects.ts';
import { type Hand, writeOther, writeService } from '../support/meddling.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { planFor, settingsFor } from '../support/play.ts';
import { routesFor } from '../support/routes.ts';
import { type ToyCluster, toyCluster } from '../support/toy-cluster.ts';

export const BLUE = { app: APP, version: 'blue' };
const STEPS = [{ weight: 30, duration: '5s' }];
const CONFIG = {
  strategy: { blueGreen: { monitoring: '20s' }, canary: { steps: STEPS, monitoring: '20s' } },
  drain: { maxDuration: '20s' },
  preflight: { drainProbe: 'off' as const },
};
export const PHASES = ['testing', 'monitoring', 'draining', 'retiring', 'tidying'];

export interface World {
  readonly cluster: ToyCluster;
  /** Writes the route as it was before the release; false where it is so already. */
  readonly putBack: (by: Hand) => boolean;
}

export function worldFor(router: RouterName, labels: Record<string, string>, name: string): World {
  const found = service(labels);
  const cluster = toyCluster([deployment(name, 'v1', labels)], found, {}, routesFor(router));
  const routes = routesFor(router);
  return { cluster, putBack: (by) => putBack(cluster, found, routes, by) };
}

export function putBack(
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

export const STABLES = [
  ['coloured', BLUE, `${APP}-blue`],
  ['plain', { app: APP }, APP],
] as const;

export const TABLE = (['blue-green', 'canary'] as const).flatMap((strategy) =>
  ROUTERS.flatMap((router) => STABLES.map((stable) => [strategy, router, ...stable] as const)),
);

export function planOf(cluster: ToyCluster, strategy: TwoSidedStrategy, router: RouterName) {
  return planFor(cluster, settingsFor(strategy, { ...CONFIG, traffic: { router } }));
}

export function replicas(cluster: ToyCluster, name: string): number | undefined {
  return cluster.deployments.get(name)?.spec.replicas;
}
