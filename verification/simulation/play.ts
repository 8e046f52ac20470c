/**
 * Plays a tale with the production stages: a run that accidents befall, whoever comes after it,
 * perhaps a rival, and in the end a release that nothing disturbs. Returns what did not hold.
 */
import { sleep } from '../../embedded-cluster/base/clock.ts';
import type { Broken, Report } from '../invariants/broken.ts';
import { watchCapacity } from '../invariants/capacity.ts';
import { watchJournal } from '../invariants/journal.ts';
import { calmIn } from '../invariants/liveness/calm.ts';
import { checkCauses } from '../invariants/liveness/causes.ts';
import { watchCourse } from '../invariants/liveness/course.ts';
import { checkEconomy } from '../invariants/liveness/economy.ts';
import { checkPace } from '../invariants/liveness/pace.ts';
import { checkVerdict } from '../invariants/liveness/verdict.ts';
import { judgeLosses, type LossCount } from '../invariants/lost.ts';
import { checkNotes } from '../invariants/notes.ts';
import { type Before, checkStanding, lookBefore } from '../invariants/standing.ts';
import { checkTruth } from '../invariants/truth.ts';
import { letIn, type Neighbourhood } from '../neighbours/arrive.ts';
import type { Deeds } from '../neighbours/deeds.ts';
import type { GeneratedScenario, OperatorCommand } from '../scenarios/scenario-generator.ts';
import { CANDIDATE_TAG, NEXT_TAG } from '../world/application/versions.ts';
import { journalOf } from '../world/journal.ts';
import { leasesLeft } from '../world/leases.ts';
import { releaseNext } from '../world/next-release.ts';
import {
  type Release,
  type RunEnd,
  runCommand,
  runPipeline,
  runRecover,
  runStage,
  type StageName,
  statusesOf,
} from '../world/process/pipeline.ts';
import { createRng } from '../world/rng.ts';
import { leastReady } from '../world/scenario.ts';
import { type ProofWorld, startWorld, tell } from '../world/world.ts';
import { type Actors, createActors, injectFault } from './actors.ts';
import { letHappen, type Meddling } from './environment-faults.ts';

export interface Played {
  readonly broken: readonly Broken[];
  readonly outcome: string;
  readonly requests: number;
  readonly losses: LossCount;
  /** Which neighbours came, and how. */
  readonly came: readonly string[];
  readonly virtualMs: number;
}

/** However much goes wrong, two releases take no longer. */
const LONGEST_MS = 90 * 60_000;
const AFTERWARDS_MS = 5_000;
/** What others have done shows by then. */
const A_MINUTE_MS = 60_000;
/** Stages put their clocks right to within two seconds (effects/cluster-time). */
const CLOCKS_DIFFER_MS = 4_000;
/** Longer than a Lease lasts. */
const LEASE_MS = 20_000;

export async function play(
  scenario: GeneratedScenario,
  show: (line: string) => void,
): Promise<Played> {
  const world = await startWorld(scenario.scenario, scenario.crashes);
  const { clock } = world.cluster;
  const began = clock.now();
  const broken: Broken[] = [];
  const say = (line: string): void =>
    show(`${((clock.now() - began) / 1000).toFixed(2).padStart(8)}s  ${line}`);
  const report: Report = (invariant, seen, atMs = clock.now()) => {
    say(`BROKEN ${invariant}: ${seen}`);
    broken.push({ invariant, atMs: atMs - began, seen });
  };
  const before = lookBefore(world);
  const meddling = letHappen(world, scenario.mishaps);
  const neighbourhood = letIn(world, scenario.visits, say, () => meddling.viewsLateMs);
  const { deeds } = neighbourhood;
  const floor = (): number =>
    leastReady(scenario.scenario, meddling.scaledTo ?? scenario.scenario.replicas) -
    deeds.missing -
    (neighbourhood.isWatched() ? 0 : deeds.missingUnseen);
  const watching = [
    watchCapacity(world, floor, report, deeds, () => meddling.viewsLateMs),
    watchJournal(world, () => meddling.metricsOutSinceMs, report),
  ];
  const course = watchCourse(world);
  const rng = createRng(scenario.scenario.seed + 1);
  const cast = createActors(world, rng, say, report, neighbourhood.alter);
  const told = await tell(
    world,
    story(world, scenario, { meddling, neighbourhood }, cast, report),
    LONGEST_MS,
  );
  if (told === 'endless') report('every release ends', `not within ${LONGEST_MS / 60_000} minutes`);
  for (const stop of [...watching, course.stop]) stop();
  neighbourhood.stop();
  const losses = judgeLosses(world, meddling.dismissed, report, deeds);
  checkCauses(scenario, journalOf(world), report);
  const isCalm = calmIn(scenario, cast.ran, began);
  if (isCalm) {
    checkPace(scenario.scenario, course.stretches, isCalm, report);
    checkVerdict(scenario, course.stretches, isCalm, report);
    checkEconomy(scenario.scenario, cast.ran, course.stretches, isCalm, report);
  }
  if (scenario.visits.length > 0) checkTruth(world, scenario, deeds, report);
  if (told !== 'endless' && !deeds.hasTornJournal) {
    checkWhatIsLeft(world, scenario, before, { meddling, deeds }, report);
  }
  world.stop();
  return {
    broken,
    outcome: journalOf(world)?.history.at(-1)?.outcome ?? 'unchanged',
    requests: world.clients.traffic.requests,
    losses,
    came: deeds.came,
    virtualMs: clock.now() - began,
  };
}

/** How the objects of the service stand when everything is over, beside how they stood before. */
function checkWhatIsLeft(
  world: ProofWorld,
  scenario: GeneratedScenario,
  before: Before,
  { meddling, deeds }: { meddling: Meddling; deeds: Deeds },
  report: Report,
): void {
  const scaled = scenario.mishaps.some(({ kind }) => kind === 'scale');
  const replicas = scaled ? undefined : scenario.scenario.replicas;
  const routes = deeds.isRouteGone ? { ...before.routes, http: undefined } : before.routes;
  const expected = { ...before, routes };
  checkStanding(world, expected, replicas, report, deeds.images, deeds.came.length > 0);
  const notes = meddling.notes.filter(({ on }) => on !== 'service' || !deeds.isServiceNew);
  checkNotes(world, notes, report);
}

async function story(
  world: ProofWorld,
  scenario: GeneratedScenario,
  { meddling, neighbourhood }: { meddling: Meddling; neighbourhood: Neighbourhood },
  cast: Actors,
  report: Report,
): Promise<'told'> {
  const { clock } = world.cluster;
  injectFault(world, cast, scenario.accidents, report);
  const orders = scenario.orders.map((order, at) => ask(world, cast, order, `order-${at}`));
  const rival =
    scenario.rivalAtMs === undefined ? undefined : visit(world, cast, scenario.rivalAtMs);
  const end = await mainRun(world, scenario, cast);
  await Promise.all([rival, ...orders, meddling.over, cast.thawed()]);
  await neighbourhood.end();
  const { current } = journalOf(world) ?? {};
  const left = current !== undefined && current.state.outcome === undefined;
  if (scenario.next || left || end === 'abandoned') {
    await releaseNext(world, () => cast.options('rival'));
  } else if (leasesLeft(world).length > 0) {
    // An API that did not answer leaves a Lease behind: its CronJob takes that away.
    await sleep(clock, LEASE_MS);
    await runRecover(world, cast.options('rival'));
  }
  if (scenario.scenario.rollbackWindowSeconds > 0) {
    // What was kept for a rollback goes when its time is over, by any clock that is kept in time.
    await sleep(clock, scenario.scenario.rollbackWindowSeconds * 1000 + CLOCKS_DIFFER_MS);
    await runRecover(world, cast.options('rival'));
  }
  await sleep(clock, scenario.visits.length > 0 ? A_MINUTE_MS : AFTERWARDS_MS);
  return 'told';
}

/** A rival takes what it may, and must leave the rest alone. */
async function visit(world: ProofWorld, cast: Actors, atMs: number): Promise<void> {
  await sleep(world.cluster.clock, atMs);
  await runPipeline(world, { id: 'rival', tag: NEXT_TAG }, () => cast.options('rival'));
}

const PAUSE = '30s';

/** An operator comes by; what there is to act on is as it is then. */
async function ask(
  world: ProofWorld,
  cast: Actors,
  { atMs, command }: OperatorCommand,
  id: string,
) {
  await sleep(world.cluster.clock, atMs);
  await runCommand(world, command, id, { limit: PAUSE }, cast.options('rival'));
}

const FIRST: Release = { id: 'first', tag: CANDIDATE_TAG };

async function mainRun(
  world: ProofWorld,
  scenario: GeneratedScenario,
  cast: Actors,
): Promise<'concluded' | 'abandoned'> {
  const { clock } = world.cluster;
  const run = (stage: StageName, more: Readonly<Record<string, string>> = {}) =>
    runStage(world, stage, FIRST, more, cast.options('main'));
  const successors = [...scenario.successors];
  let ends: RunEnd = await runPipeline(world, FIRST, () => cast.options('main'));
  while (wasCutOff(ends) && successors.length > 0) {
    await sleep(clock, scenario.successorAfterMs);
    switch (successors.shift()) {
      case 'retry':
        ends = await runPipeline(world, FIRST, () => cast.options('main'), 'deploy');
        break;
      case 'conclude':
        ends = { conclude: await run('conclude', statusesOf(ends)) };
        break;
      default:
        return 'abandoned';
    }
  }
  return wasCutOff(ends) ? 'abandoned' : 'concluded';
}

/** Nobody has concluded it, or whoever tried was killed, stopped, or could not go on. */
function wasCutOff({ conclude }: RunEnd): boolean {
  if (conclude?.kind !== 'exited') return true;
  const isOver = conclude.code === 0 || conclude.code === 1;
  return !isOver;
}
