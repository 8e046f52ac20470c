/** Kind 3: the route of a mesh or a gateway is deleted, for a moment or for good. */

import { HTTP_ROUTES } from '../../../embedded-cluster/kubernetes/kinds/network/gateway-api.ts';
import { VIRTUAL_SERVICES } from '../../../embedded-cluster/kubernetes/kinds/network/istio.ts';
import { routerObjects } from '../../../verification/world/routes.ts';
import { plainScenario } from '../../../verification/world/scenario.ts';
import { type HostileCase, inPhase } from '../case.ts';
import { create, remove } from '../others.ts';
import { longer } from './reach.ts';

const AWAY_MS = 2_000;

/** A mesh without a route goes by the Service, which names both sides: a bad candidate would get its part. */
const forGood: HostileCase[] = (['good', 'failing'] as const).flatMap((candidate) =>
  (['testing', 'monitoring', 'draining'] as const).map((phase) => ({
    id: `a VirtualService that is deleted, a ${candidate} candidate, ${phase}`,
    kind: 3,
    title: 'somebody deletes the VirtualService',
    scenario: longer(plainScenario('canary', candidate, 'istio'), 20),
    during: (world) => inPhase(world, phase, 200, () => remove(world, VIRTUAL_SERVICES, 'shop')),
    ends: [candidate === 'good' && phase === 'draining' ? 'promoted' : 'rolled-back'],
  })),
);

const madeAnew: HostileCase[] = (['istio', 'gateway-api'] as const).flatMap((router) =>
  (['monitoring', 'landing', 'tidying'] as const).map((phase) => ({
    id: `a route that is made anew, ${router}, ${phase}`,
    kind: 3,
    title: 'somebody deletes the route of the service, and applies it again two seconds later',
    scenario: longer(plainScenario('blue-green', 'good', router), 20),
    during: (world) => {
      const kind = router === 'istio' ? VIRTUAL_SERVICES : HTTP_ROUTES;
      const own = routerObjects(world.scenario).filter((each) => each.kind === kind.kind);
      inPhase(world, phase, 0, () => {
        remove(world, kind, 'shop');
        world.cluster.clock.after(AWAY_MS, () => create(world, ...own));
      });
    },
    ...(router === 'istio' ? {} : { mayLose: 'without a route a gateway leads nobody' }),
    ends: ['promoted'],
  })),
);

export const ROUTES_GONE: readonly HostileCase[] = [...forGood, ...madeAnew];
