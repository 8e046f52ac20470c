/** Releases that lose requests, by real processes: what clients saw, and what the product says of it. */
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
  { name, way, running: first, tags, prepare, meddle }: Trouble,
  count: number,
  tell: (line: string) => void,
): Promise<Measured[]> {
  const cluster = await clusterFor(root, way);
  await prepare(cluster);
  const measured: Measured[] = [];
  let running = first;
  try {
    for (let at = 0; at < count; at += 1) {
      const next = tags.find((tag) => tag !== running) ?? tags[0];
      const beside = meddle(cluster);
      const clients = CLIENTS[at % CLIENTS.length] ?? CLIENTS[0];
      const one = await release(cluster, root, way, at, {
        from: running,
        to: next,
        isBad: false,
        clients,
      });
      await beside;
      const { told } = one;
      tell(
        `${name} ${at + 1}/${count}: ${next} ${one.outcome}, ${clients.kept} of ${clients.kept + clients.fresh} clients keep connections, ${one.unanswered} of ${one.requests} requests not answered, by the record ${told ? `${told.least} to ${told.most}` : 'unknown'}`,
      );
      measured.push(one);
      if (one.outcome === 'promoted') running = next;
    }
  } finally {
    await cluster.stop();
  }
  return measured;
}
