/** A further Service of the same pods, with clients of its own: by the application, or by its colour. */
import { sameLabels } from '../../../core/kubernetes/labels.ts';
import { services } from '../../../embedded-cluster/kubernetes/collection.ts';
import { createServiceView } from '../../../embedded-cluster/network/service-view.ts';
import { PAYMENTS } from '../../world/application/run.ts';
import { FOREIGN } from '../../world/application/versions.ts';
import { NAMESPACE, SERVICE, SERVICE_PORT, serviceObjects } from '../../world/service.ts';
import type { ProofWorld } from '../../world/world.ts';
import { handOf } from '../hand.ts';
import type { Neighbour, Site } from '../visit.ts';
import { SOMEBODYS } from './foreign-pods.ts';

const NAME = 'partners';
const ASKS_EVERY_MS = 500;
/** Until every proxy knows of it. */
const SETTLED_MS = 10_000;

export const secondService: Neighbour = {
  kind: '1',
  variants: ({ shape }) => (shape === 'coloured' ? ['by-app', 'by-colour'] : ['by-app']),
  moment: () => ({ kind: 'before' }),
  act: (site, variant) => {
    const { scenario } = site.world;
    const [own] = serviceObjects(scenario);
    const { selector, ports } = (own?.spec ?? {}) as { selector: object; ports: object }; // as serviceObjects writes it
    handOf(site, 'kubectl-create').create('service', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: NAME, namespace: NAMESPACE, labels: { [SOMEBODYS]: NAME } },
      spec: { selector: variant === 'by-app' ? BY_APP : selector, ports },
    });
    askOften(site, variant === 'by-app');
  },
  isHarmless: true,
};

/** One request after the other over fresh connections, through a proxy of their own. */
function askOften({ world, deeds, onStop }: Site, isByApp: boolean): void {
  const { cluster, application, scenario } = world;
  const view = createServiceView(cluster.world, scenario.network);
  const ask = (): void => {
    timer = cluster.clock.after(ASKS_EVERY_MS, ask);
    const backend = view.route(NAMESPACE, NAME, SERVICE_PORT);
    const instance = backend && application.at(backend.address);
    deeds.elsewhere.requests += 1;
    const lost = { atMs: cluster.clock.now(), connection: 'fresh' as const };
    if (!backend || !instance) {
      deeds.elsewhere.lost.push({
        ...lost,
        how: 'nobody',
        instance: application.crashedSince(lost.atMs - LATELY_MS),
      });
      return;
    }
    const response = cluster.requestPod(backend.address, { method: 'POST', path: PAYMENTS });
    const isForeign = instance.version === FOREIGN;
    // By the application alone it leads to whoever bears that label, as its owner wrote it.
    if (isForeign && isByApp && hasOwnSelector(world)) return;
    if (response.type === 'refused' || isForeign) {
      deeds.elsewhere.lost.push({ ...lost, how: 'refused', instance: { ...instance } });
    }
  };
  let timer = cluster.clock.after(SETTLED_MS, ask);
  onStop(() => {
    timer.cancel();
    view.stop();
  });
}

const BY_APP = { app: SERVICE };

function hasOwnSelector({ cluster }: ProofWorld): boolean {
  return sameLabels(services(cluster.world).get(NAMESPACE, NAME)?.spec.selector, BY_APP);
}

const LATELY_MS = 60_000;
