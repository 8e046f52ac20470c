/** Releases that lose requests, by real processes: what clients saw, and what the product says of it. */
import { clusterFor, type Measured, release } from './real.ts';
import type { Trouble } from './troubles.ts';

export async function releaseInTrouble(
  root: string,
  { name, way, tags, prepare, meddle }: Trouble,
  count: number,
  tell: (line: string) => void,
): Promise<Measured[]> {
  const cluster = await clusterFor(root, way);
  await prepare(cluster);
  const measured: Measured[] = [];
  let running: string = 'v1.1.0';
  try {
    for (let at = 0; at < count; at += 1) {
      const next = tags.find((tag) => tag !== running) ?? tags[0];
      const beside = meddle(cluster);
      const one = await release(cluster, root, way, at, { from: running, to: next, isBad: false });
      await beside;
      const { told } = one;
      tell(
        `${name} ${at + 1}/${count}: ${next} ${one.outcome}, ${one.unanswered} of ${one.requests} requests not answered, by the record ${told ? `${told.least} to ${told.most}` : 'unknown'}`,
      );
      measured.push(one);
      if (one.outcome === 'promoted') running = next;
    }
  } finally {
    await cluster.stop();
  }
  return measured;
}
