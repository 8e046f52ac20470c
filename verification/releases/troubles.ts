/** Releases that do lose requests, so that it can be seen whether the product says how many. */

import { SERVICE } from '../../demo/cluster.ts';
import { sleep } from '../../embedded-cluster/base/clock.ts';
import type { Cluster } from '../../embedded-cluster/cluster/cluster.ts';
import { deployments, services } from '../../embedded-cluster/kubernetes/collection.ts';
import { journalIn } from './record.ts';
import { VARIANTS, type Way } from './variants.ts';

export interface Trouble {
  readonly name: string;
  readonly way: Way;
  /** Released in turn. */
  readonly tags: readonly [string, string];
  /** Before the first release. */
  readonly prepare: (cluster: Cluster) => Promise<void>;
  /** Beside each release, until that is over. */
  readonly meddle: (cluster: Cluster, isOver: () => boolean) => Promise<void>;
}

const way = (wanted: Way['strategy']): Way => {
  const found = VARIANTS.find(
    ({ strategy, router }) => strategy === wanted && router === 'service',
  );
  if (!found) throw new Error(`there is no ${wanted} by the Service`);
  return found;
};

const GOOD = ['v1.2.0', 'v1.1.0'] as const;
const ABRUPT = ['v1.2.0-abrupt', 'v1.3.0-abrupt'] as const;
const nothing = async (): Promise<void> => undefined;

export const TROUBLES: readonly Trouble[] = [
  {
    name: 'rolling, applications that cut what they hold',
    way: way('rolling'),
    tags: ABRUPT,
    prepare: async (cluster) => {
      const [known] = cluster.images.entries('payment-service');
      if (!known) throw new Error('there is no payment-service');
      const env = { ...known.source.env, VERSION: ABRUPT[1], SHUTDOWN: 'abrupt' };
      cluster.images.add({ ...known.source, tags: [ABRUPT[1]], env });
      await runWithoutPreStop(cluster, ABRUPT[1]);
    },
    meddle: nothing,
  },
  {
    name: 'rolling, a Service that leads nowhere for 2 s',
    way: way('rolling'),
    tags: GOOD,
    prepare: nothing,
    meddle: breakService,
  },
  {
    name: 'blue-green, a Service that leads nowhere for 2 s',
    way: way('blue-green'),
    tags: GOOD,
    prepare: nothing,
    meddle: breakService,
  },
];

/** Then proxies still lead to a pod that is gone. */
async function runWithoutPreStop({ world }: Cluster, tag: string): Promise<void> {
  for (const deployment of deployments(world).list(SERVICE.namespace)) {
    const { template } = deployment.spec;
    const containers = (template.spec?.containers ?? []).map(
      ({ lifecycle: _, image = '', ...rest }) => ({
        ...rest,
        image: image.replace(/:[^:/]*$/, `:${tag}`),
      }),
    );
    deployments(world).update({
      ...deployment,
      spec: {
        ...deployment.spec,
        template: { ...template, spec: { ...template.spec, containers } },
      },
    });
  }
  await sleep(world.clock, ROLLED_MS);
}

/** A rollout of three pods is over by then. */
const ROLLED_MS = 45_000;

const BROKEN_MS = 2_000;
const LATER_MS = 1_000;
const LOOK_MS = 100;
const NOBODY = { app: 'nobody' } as const;

/** Somebody edits the Service while the new version is watched, insists on it, and takes it back soon. */
async function breakService(cluster: Cluster, isOver: () => boolean): Promise<void> {
  const { world } = cluster;
  const { namespace, name } = SERVICE;
  while (journalIn(cluster)?.current?.state.phase !== 'monitoring') {
    if (isOver()) return;
    await sleep(world.clock, LOOK_MS);
  }
  await sleep(world.clock, LATER_MS);
  const lead = (selector: Readonly<Record<string, string>>): void => {
    const now = services(world).get(namespace, name);
    if (now) services(world).update({ ...now, spec: { ...now.spec, selector } });
  };
  const { selector = {} } = services(world).get(namespace, name)?.spec ?? {};
  // A release that finds nobody behind its Service leads it right at once.
  for (let left = BROKEN_MS; left > 0; left -= LOOK_MS) {
    lead(NOBODY);
    await sleep(world.clock, LOOK_MS);
  }
  const now = services(world).get(namespace, name);
  // What somebody else has mended meanwhile stays as it is.
  if (now?.spec.selector?.app === NOBODY.app) lead(selector);
}
