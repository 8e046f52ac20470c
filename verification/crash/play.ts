/**
 * One release whose process is killed at one write, and whoever comes next. What it is held against
 * is the same release, let be: its outcome, nothing lost, nothing left over.
 */
import { sleep } from '../../embedded-cluster/base/clock.ts';
import type { Broken, Report } from '../invariants/broken.ts';
import { watchCapacity } from '../invariants/capacity.ts';
import { judgeLosses } from '../invariants/lost.ts';
import { checkStanding, lookBefore } from '../invariants/standing.ts';
import { letIn } from '../neighbours/arrive.ts';
import type { Visit } from '../neighbours/visit.ts';
import { CANDIDATE_TAG } from '../world/application/versions.ts';
import { journalOf } from '../world/journal.ts';
import { leasesLeft } from '../world/leases.ts';
import { releaseNext } from '../world/next-release.ts';
import {
  CALM,
  type Release,
  type RunEnd,
  runPipeline,
  runRecover,
  runStage,
  type StageName,
  statusesOf,
} from '../world/process/pipeline.ts';
import type { Kill } from '../world/process/transport.ts';
import { leastReady, type Scenario } from '../world/scenario.ts';
import { type ProofWorld, startWorld, tell } from '../world/world.ts';

/** A write of the release: which stage sends it, and the how many-th of that stage's it is. */
export interface Write {
  readonly stage: StageName;
  readonly nth: number;
  /** `PATCH services/shop` */
  readonly what: string;
}

/** Who finishes what the killed process left. */
export const SUCCESSORS = {
  /** The same stage again, and those after it: its pod was restarted. */
  retry: async (world, ends) => {
    if (ends.conclude) await runStage(world, 'conclude', FIRST, statusesOf(ends), CALM);
    else await runPipeline(world, FIRST, () => CALM, 'deploy');
  },
  /** Tekton's `finally`, after a stage that failed. */
  conclude: async (world, ends) => {
    await runStage(world, 'conclude', FIRST, statusesOf(ends), CALM);
  },
  /** Nobody of that run: the CronJob that looks after what is left. */
  recover: async (world) => {
    await recoverLeft(world);
  },
  /** Nobody, until the service is released again. */
  'new release': async (world) => {
    await releaseNext(world, () => CALM);
  },
} as const satisfies Readonly<Record<string, (world: ProofWorld, ends: RunEnd) => Promise<void>>>;

export type Successor = keyof typeof SUCCESSORS;

export interface Outcome {
  /** Of the release that was killed. */
  readonly outcome: string;
  readonly requests: number;
  readonly lost: number;
  readonly broken: readonly Broken[];
}

const FIRST: Release = { id: 'first', tag: CANDIDATE_TAG };
const LONGEST_MS = 60 * 60_000;
/** As its CronJob is installed. */
const RECOVERY_MS = 60_000;
const MOST_RECOVERIES = 15;
const AFTERWARDS_MS = 5_000;

/** A world in which a release is killed, and who comes to it meanwhile. */
export interface Setting {
  readonly scenario: Scenario;
  readonly visits: readonly Visit[];
}

/** Every write of the release when nothing kills it. */
export async function writesOf(setting: Setting): Promise<Write[]> {
  const writes: Write[] = [];
  await play(setting, 'conclude', (stage, nth, what) => {
    writes.push({ stage, nth, what });
    return undefined;
  });
  return writes;
}

/** Every minute, until nothing is left: a Lease that was kept has to run out first. */
async function recoverLeft(world: ProofWorld): Promise<void> {
  for (let tried = 0; tried < MOST_RECOVERIES; tried += 1) {
    const ended = await runRecover(world, CALM);
    const isFree = leasesLeft(world).length === 0;
    const over = journalOf(world)?.current?.state.outcome !== undefined || !journalOf(world);
    if (isFree && over && ended.kind === 'exited' && ended.code === 0) return;
    await sleep(world.cluster.clock, RECOVERY_MS);
  }
}

export function playKilled(
  setting: Setting,
  at: Write,
  kill: Kill,
  successor: Successor,
): Promise<Outcome> {
  return play(setting, successor, (stage, nth) =>
    stage === at.stage && nth === at.nth ? kill : undefined,
  );
}

async function play(
  { scenario, visits }: Setting,
  successor: Successor,
  killAt: (stage: StageName, nth: number, what: string) => Kill | undefined,
): Promise<Outcome> {
  const world = await startWorld(scenario);
  const { clock } = world.cluster;
  const broken: Broken[] = [];
  const report: Report = (invariant, seen, atMs = clock.now()) => {
    broken.push({ invariant, atMs, seen });
  };
  const before = lookBefore(world);
  const neighbourhood = letIn(world, visits, () => undefined);
  const { deeds } = neighbourhood;
  const floor = (): number => leastReady(scenario, scenario.replicas) - deeds.missing;
  const unwatch = watchCapacity(world, floor, report, deeds);
  const story = async (): Promise<void> => {
    const ends = await runPipeline(world, FIRST, (stage) =>
      neighbourhood.alter('main', {
        ...CALM,
        killAt: (nth, { method, path }) =>
          killAt(stage, nth, `${method} ${path.split('/').slice(-2).join('/')}`),
      }),
    );
    await neighbourhood.end();
    const wasKilled = Object.values(ends).some(({ kind }) => kind === 'killed');
    if (wasKilled) await SUCCESSORS[successor](world, ends);
    await sleep(clock, AFTERWARDS_MS);
  };
  if ((await tell(world, story(), LONGEST_MS)) === 'endless') {
    report('every release ends', `not within ${LONGEST_MS / 60_000} minutes`);
  }
  unwatch();
  neighbourhood.stop();
  const losses = judgeLosses(world, new Set(), report, deeds);
  if (!deeds.hasTornJournal) checkStanding(world, before, scenario.replicas, report, deeds.images);
  world.stop();
  const record = journalOf(world)?.history.find(({ release }) => release === FIRST.id);
  return {
    outcome: record?.outcome ?? 'unchanged',
    requests: world.clients.traffic.requests,
    lost: losses.blamed,
    broken,
  };
}
