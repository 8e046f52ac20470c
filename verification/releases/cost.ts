import { CANDIDATE_TAG } from '../world/application/versions.ts';
import { runPipeline } from '../world/process/pipeline.ts';
import type { ApiUse } from '../world/process/transport.ts';
import { plainScenario } from '../world/scenario.ts';
import { startWorld, tell } from '../world/world.ts';
import { nameOf, type Way } from './variants.ts';

export interface Cost {
  readonly replicas: number;
  readonly requests: number;
  readonly writes: number;
  /** How long the release took. */
  readonly seconds: number;
}

const LONGEST_MS = 30 * 60_000;
const LATENCY_MS = 5;

export async function costOf(way: Way, replicas: number): Promise<Cost> {
  const world = await startWorld({ ...plainScenario(way.strategy, 'good', way.router), replicas });
  const began = world.cluster.clock.now();
  const uses: ApiUse[] = [];
  const run = runPipeline(world, { id: 'measured', tag: CANDIDATE_TAG }, () => ({
    latencyMs: () => LATENCY_MS,
    log: () => undefined,
    onStart: ({ use }) => uses.push(use),
  }));
  const ends = await tell(world, run, LONGEST_MS);
  const promoted =
    ends !== 'endless' &&
    ends.conclude?.kind === 'exited' &&
    ends.conclude.results.outcome === 'promoted';
  world.stop();
  if (!promoted)
    throw new Error(
      `${nameOf(way)} with ${replicas} replicas was not promoted: ${JSON.stringify(ends)}`,
    );
  const sum = (of: (use: ApiUse) => number): number => uses.reduce((all, use) => all + of(use), 0);
  return {
    replicas,
    requests: sum(({ requests }) => requests),
    writes: sum(({ writes }) => writes),
    seconds: (world.cluster.clock.now() - began) / 1000,
  };
}
