/** Releases that lose requests, by real processes: what clients saw, and what the product says of it. */

import { SERVICE } from '../../demo/cluster.ts';
import type { Cluster } from '../../embedded-cluster/cluster/cluster.ts';
import { deployments, services } from '../../embedded-cluster/kubernetes/collection.ts';
import { isCovered } from './honesty.ts';
import { clusterFor, type Measured, release } from './real.ts';
import type { Trouble } from './troubles.ts';

/** How many of the clients keep their connections nobody knows; so it differs from release to release. */
const CLIENTS = [
  { kept: 6, fresh: 6 },
  { kept: 10, fresh: 2 },
  { kept: 2, fresh: 10 },
] as const;

export async function releaseInTrouble(
  root: string,
  { name, way, tags, prepare, meddle }: Trouble,
  count: number,
  tell: (line: string) => void,
): Promise<Measured[]> {
  const cluster = await clusterFor(root, way);
  await prepare(cluster);
  const measured: Measured[] = [];
  try {
    for (let at = 0; at < count; at += 1) {
      // A release whose Service others break may end in any way.
      const running = servingTag(cluster);
      const next = tags.find((tag) => tag !== running) ?? tags[0];
      let isOver = false;
      const beside = meddle(cluster, () => isOver);
      const clients = CLIENTS[at % CLIENTS.length] ?? CLIENTS[0];
      const one = await release(cluster, root, way, at, {
        from: running,
        to: next,
        isBad: false,
        clients,
      });
      isOver = true;
      await beside;
      const { told } = one;
      tell(
        `${name} ${at + 1}/${count}: ${next} ${one.outcome}, ${clients.kept} of ${clients.kept + clients.fresh} clients keep connections, ${one.unanswered} of ${one.requests} requests not answered, by the record ${told ? `${told.least} to ${told.most}` : 'unknown'}`,
      );
      if (!isCovered(one)) for (const line of one.said) tell(`  ${line}`);
      measured.push(one);
    }
  } finally {
    await cluster.stop();
  }
  return measured;
}

/** Of the pods that the Service leads to. */
function servingTag({ world }: Cluster): string {
  const { selector = {} } = services(world).get(SERVICE.namespace, SERVICE.name)?.spec ?? {};
  const serving = deployments(world)
    .list(SERVICE.namespace)
    .find(({ spec }) => {
      const { labels = {} } = spec.template.metadata ?? {};
      return Object.entries(selector).every(([key, value]) => labels[key] === value);
    });
  const image = serving?.spec.template.spec?.containers[0]?.image ?? '';
  const tag = /:([^:@/]+)(@[^@]*)?$/.exec(image)?.[1];
  if (tag === undefined) throw new Error(`nobody serves ${SERVICE.name}`);
  return tag;
}
