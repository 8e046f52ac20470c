/** The release after one that was left in whatever state: it begins again until the service is free. */
import { sleep } from '../../embedded-cluster/base/clock.ts';
import { CANDIDATE_TAG, NEXT_TAG } from './application/versions.ts';
import { journalOf } from './journal.ts';
import { type RunEnd, type Running, runPipeline } from './process/pipeline.ts';
import type { ProofWorld } from './world.ts';

/** What it waits for at the longest: a Lease that was kept for a stage that never comes. */
const MOST_TRIES = 15;
const AGAIN_MS = 60_000;

/** Releases a good version that does not run yet; undefined where the service never became free. */
export async function releaseNext(
  world: ProofWorld,
  running: Running,
): Promise<RunEnd | undefined> {
  const tag = lastPromoted(world) === NEXT_TAG ? CANDIDATE_TAG : NEXT_TAG;
  for (let tried = 0; tried < MOST_TRIES; tried += 1) {
    const ends = await runPipeline(world, { id: `next-${tried}`, tag }, running);
    const busy = Object.values(ends).some((end) => end.kind === 'exited' && end.code === 4);
    if (!busy) return ends;
    await sleep(world.cluster.clock, AGAIN_MS);
  }
  return undefined;
}

function lastPromoted(world: ProofWorld): string | undefined {
  const record = journalOf(world)?.history.find(({ outcome }) => outcome === 'promoted');
  return record && /:([^@:]+)(@|$)/.exec(record.to)?.[1];
}
