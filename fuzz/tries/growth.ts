/** Whether reading the same inputs again and again leaves something behind. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Caches fill, once; what grows in each of so many rounds is a leak. */
const ROUNDS = 4;
export const MOST_GROWTH_BYTES = 524_288;

/** The least by which the heap has grown in any round but the first. */
export async function growthOf(round: () => Promise<void>): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const grown: number[] = [];
  for (let at = 0; at < ROUNDS; at += 1) {
    collect();
    const before = process.memoryUsage().heapUsed;
    await round();
    collect();
    if (at > 0) grown.push(process.memoryUsage().heapUsed - before);
  }
  return Math.min(...grown);
}
