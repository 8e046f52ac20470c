/** Who writes to the route of a release: people who put it back, controllers that heal it, a Service made anew. */
import type { RouterName } from '../../../core/base/vocabulary.ts';
import { ownerReleaseOf } from '../../../core/cluster/ownership.ts';
import { selects } from '../../../core/kubernetes/labels.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import { services } from '../../../embedded-cluster/kubernetes/collection.ts';
import { isReleaseOver, journalOf } from '../../world/journal.ts';
import { routerObjects } from '../../world/routes.ts';
import { NAMESPACE, SERVICE, serviceObjects } from '../../world/service.ts';
import { workloadsIn } from '../../world/workloads.ts';
import type { ProofWorld } from '../../world/world.ts';
import { handOf } from '../hand.ts';
import {
  beforeOrMeanwhile,
  inAnyPhase,
  type Neighbour,
  type Site,
  whileStableLives,
} from '../visit.ts';

const ROUTES = { VirtualService: 'virtualService', HTTPRoute: 'httpRoute' } as const;
const HEALS_EVERY_MS = 4_000;
/** Longer than any release of the simulation. */
const HEALINGS = 45;
const AWAY_MS = 2_000;
const NOBODY = { app: 'nobody' };

/** Selector and route as their owner wrote them. */
function putBack(site: Site, manager: string, reason: string): void {
  const { scenario } = site.world;
  const hand = handOf(site, manager);
  for (const object of serviceObjects(scenario)) {
    if (object.kind === 'Service') hand.apply('service', object);
  }
  // Proxies learn of the one and of the other when they do: until then a subset may have nobody in it.
  site.deeds.breaksRoute(reason);
  for (const object of routerObjects(scenario)) {
    if (object.kind === 'VirtualService' || object.kind === 'HTTPRoute') {
      hand.apply(ROUTES[object.kind], object);
    }
  }
  site.deeds.breaksRoute(reason);
}

/** Once, in any phase that has moved traffic or is about to. */
export const routePutBack: Neighbour = {
  kind: '3',
  // A rolling update writes no selector, and puts none right.
  variants: ({ strategy }) => (strategy === 'rolling' ? ['once'] : ['once', 'to-nobody']),
  moment: inAnyPhase,
  act: (site, variant) => {
    if (variant === 'once') return putBack(site, 'kubectl-edit', 'route-put-back');
    const hand = handOf(site, 'kubectl-edit');
    const { selector } = services(site.world.cluster.world).get(NAMESPACE, SERVICE)?.spec ?? {};
    hand.merge('service', SERVICE, { spec: { selector: NOBODY } });
    site.deeds.breaksRoute('led-to-nobody');
    site.atEnd(() => {
      if (isForAPerson(site.world)) hand.merge('service', SERVICE, { spec: { selector } });
    });
  },
};

/**
 * Whoever comes when nothing bears the mark of the release any more has only the selector to tell whether
 * a journal is this service's (core/release/belonging): it says that, and changes nothing. Then whoever
 * led the Service to nobody reads it, and leads it right again.
 */
function isForAPerson(world: ProofWorld): boolean {
  const { plan, state } = journalOf(world)?.current ?? {};
  if (!plan || state?.outcome !== undefined) return false;
  const isMarked = workloadsIn(world)
    .list(NAMESPACE)
    .some((workload) => ownerReleaseOf(workload as unknown as Deployment) === plan.release); // both describe the same JSON
  const selector = services(world.cluster.world).get(NAMESPACE, SERVICE)?.spec.selector;
  return !isMarked && selects(NOBODY, selector);
}

/**
 * As Argo CD heals itself: whatever drifts from Git goes back within seconds, for as long as it runs; here,
 * until the release is over, also in the moment before its process ends.
 */
export const selfHeal: Neighbour = {
  kind: '3',
  variants: () => ['every-4s'],
  moment: beforeOrMeanwhile,
  act: (site) => {
    site.deeds.healsRoutes = true;
    let left = HEALINGS;
    const heal = (): void => {
      left -= 1;
      if (left <= 0) return;
      if (!isReleaseOver(site.world) && hasDrifted(site.world))
        putBack(site, 'argocd-controller', 'self-heal');
      site.world.cluster.clock.after(HEALS_EVERY_MS, heal);
    };
    site.atEnd(() => {
      left = 0;
    });
    heal();
  },
};

/** What a manifest says nothing of is nobody's drift: only the selector and the routes are looked at. */
function hasDrifted({ cluster, scenario }: ProofWorld): boolean {
  const wanted = serviceObjects(scenario).find(({ kind }) => kind === 'Service');
  const found = services(cluster.world).get(NAMESPACE, SERVICE);
  const { selector } = (wanted?.spec ?? {}) as { selector?: unknown }; // as serviceObjects writes it
  return (
    JSON.stringify(found?.spec.selector) !== JSON.stringify(selector) ||
    scenario.router !== 'service'
  );
}

/** Deleted by mistake, and made anew from its manifest. */
export const serviceDeleted: Neighbour = {
  kind: '3',
  variants: () => ['made-anew'],
  moment: whileStableLives,
  act: (site) => {
    const { cluster, scenario } = site.world;
    const hand = handOf(site, 'kubectl-delete');
    site.deeds.isServiceNew = true;
    hand.delete('service', SERVICE);
    site.deeds.breaksRoute('service-deleted');
    cluster.clock.after(AWAY_MS, () => {
      for (const object of serviceObjects(scenario)) {
        if (object.kind === 'Service') hand.create('service', object);
      }
    });
  },
};

/** The route of a mesh or a gateway, deleted by mistake: made anew from its manifest, or not at all. */
export const routeDeleted: Neighbour = {
  kind: '3',
  // Behind a gateway nobody is reached without one, and nothing that a release could do would mend it.
  variants: ({ router }) => DELETED[router],
  bend: (scenario) =>
    scenario.router === 'service' && scenario.strategy !== 'rolling'
      ? { ...scenario, router: 'istio' }
      : scenario,
  moment: whileStableLives,
  act: (site, variant) => {
    const { cluster, scenario } = site.world;
    const hand = handOf(site, 'kubectl-delete');
    const routes = routerObjects(scenario).filter(
      ({ kind }) => kind === 'VirtualService' || kind === 'HTTPRoute',
    );
    const place = scenario.router === 'istio' ? 'virtualService' : 'httpRoute';
    hand.delete(place, SERVICE);
    site.deeds.breaksRoute('route-deleted');
    site.deeds.isRouteGone = variant === 'for-good';
    if (variant === 'for-good') return;
    cluster.clock.after(AWAY_MS, () => {
      for (const route of routes) hand.create(place, route);
      site.deeds.breaksRoute('route-deleted');
    });
  },
};

const DELETED: Readonly<Record<RouterName, readonly string[]>> = {
  service: [],
  istio: ['made-anew', 'for-good'],
  'gateway-api': ['made-anew'],
};

/** A client that comes back comes to the same pod. */
export const sessionAffinity: Neighbour = {
  kind: '1',
  variants: () => ['client-ip'],
  moment: () => ({ kind: 'before' }),
  act: (site) => {
    handOf(site, 'kubectl-edit').merge('service', SERVICE, {
      spec: { sessionAffinity: 'ClientIP' },
    });
  },
  isHarmless: true,
};
