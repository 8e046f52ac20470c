/**
 * A hostile case: a world in which somebody else writes, owns or breaks something, a release in it, and
 * what must come of that. Played with the production stages in simulated time (verification/world).
 */
import { readJournal } from '../../core/journal/read-journal.ts';
import { sleep } from '../../embedded-cluster/base/clock.ts';
import { configMaps } from '../../embedded-cluster/kubernetes/collection.ts';
import type { Crash } from '../../verification/world/application/application.ts';
import { CANDIDATE_TAG, STABLE_TAG } from '../../verification/world/application/versions.ts';
import { journalOf } from '../../verification/world/journal.ts';
import {
  CALM,
  type RunEnd,
  runPipeline,
  type StageOptions,
} from '../../verification/world/process/pipeline.ts';
import type { Scenario } from '../../verification/world/scenario.ts';
import { type ProofWorld, startWorld, tell } from '../../verification/world/world.ts';

/** unfinished: traffic is safe, and the release is left to whoever can see it through. */
export type End = 'promoted' | 'rolled-back' | 'refused' | 'unchanged' | 'unfinished';

export interface HostileCase {
  /** As in the collection that it is from: `hostile s`, `field 04`; and the variant. */
  readonly id: string;
  /** Which kind of fault it stands for, 1 to 13; see docs/hostile.md. */
  readonly kind: number;
  /** What others do, in a few words. */
  readonly title: string;
  readonly scenario: Scenario;
  readonly crashes?: readonly Crash[];
  /** What is different before the release begins. */
  readonly before?: (world: ProofWorld) => void;
  /** Sets up what happens while it runs. */
  readonly during?: (world: ProofWorld) => void;
  readonly options?: (world: ProofWorld) => Partial<StageOptions>;
  /** By default the candidate's. */
  readonly tag?: string;
  readonly ends: readonly End[];
  /** What the cause, the refusal or the log must say. */
  readonly says?: RegExp;
  /** Why some requests may be lost, where that is nobody's fault but the world's. */
  readonly mayLose?: string;
  /** Who serves beside the stable before and after, by the world's own doing. */
  readonly alsoServing?: readonly string[];
  /** What else must be true a minute after the end: a text says what is not. */
  readonly holds?: (world: ProofWorld) => string | undefined;
}

export interface Played {
  /** What the product did, in one line. */
  readonly did: string;
  /** Empty where all is as it must be. */
  readonly faults: readonly string[];
}

const LONGEST_MS = 3_000_000;
const SETTLES_MS = 10_000;
const AFTERWARDS_MS = 60_000;
/** Of the minute after the end, what is looked at to tell who serves. */
const LAST_MS = 20_000;

export async function play(hostile: HostileCase): Promise<Played> {
  const { scenario, crashes = [], before, during, options, tag = CANDIDATE_TAG } = hostile;
  const world = await startWorld(scenario, crashes);
  const { clock } = world.cluster;
  const { traffic } = world.clients;
  try {
    before?.(world);
    await clock.advanceTo(clock.now() + SETTLES_MS);
    const lostBefore = traffic.lost.length;
    const lines: string[] = [];
    const more = options?.(world) ?? {};
    const log = (line: string): void => void lines.push(line);
    during?.(world);
    const running = () => ({ ...CALM, ...more, log });
    const ends = await tell(world, runPipeline(world, { id: 'first', tag }, running), LONGEST_MS);
    await clock.advanceTo(clock.now() + AFTERWARDS_MS - LAST_MS);
    const answered = counts(world);
    await clock.advanceTo(clock.now() + LAST_MS);
    const serving = servingSince(world, answered);
    return judged(hostile, { world, ends, lines, serving, lostBefore });
  } finally {
    world.stop();
  }
}

interface Seen {
  readonly world: ProofWorld;
  readonly ends: RunEnd | 'endless';
  readonly lines: readonly string[];
  /** The versions that answered at the last. */
  readonly serving: readonly string[];
  readonly lostBefore: number;
}

function judged(hostile: HostileCase, seen: Seen): Played {
  const { world, ends, lines, serving, lostBefore } = seen;
  const record = journalOf(world)?.history.find(({ release }) => release === 'first');
  const left = record ? undefined : journalOf(world)?.current?.state;
  const why = record?.cause ?? left?.cause ?? refusalIn(lines);
  const begun = left ? 'unfinished' : 'refused';
  const end = record?.outcome ?? (why === undefined ? 'unchanged' : begun);
  const faults: string[] = [];
  const lost = world.clients.traffic.lost.length - lostBefore;
  if (ends === 'endless') faults.push('the release did not end');
  else faults.push(...bugsIn(ends));
  if (!hostile.ends.some((wanted) => wanted === end)) faults.push(`ended ${end}: ${why ?? ''}`);
  if (lost > 0 && hostile.mayLose === undefined) faults.push(`${lost} requests lost`);
  const winner = end === 'promoted' ? (hostile.tag ?? CANDIDATE_TAG) : STABLE_TAG;
  const wanted = [winner, ...(hostile.alsoServing ?? [])].sort().join();
  const loaded = hostile.scenario.load.fresh + hostile.scenario.load.keptAlive > 0;
  if (loaded && serving.join() !== wanted) {
    faults.push(`${end}, and ${serving.join(' and ') || 'nobody'} serves a minute later`);
  }
  if (hostile.says && !hostile.says.test([why, ...lines].join('\n'))) {
    faults.push(`does not say ${hostile.says}: ${why ?? lines.slice(-3).join(' | ')}`);
  }
  const untrue = hostile.holds?.(world);
  if (untrue !== undefined) faults.push(untrue);
  return { did: didText(end, why), faults };
}

function didText(end: string, why: string | undefined): string {
  const words = end.replace('-', ' ');
  return why === undefined ? words : `${words}: ${why}`;
}

function bugsIn(ends: RunEnd): string[] {
  return Object.entries(ends).flatMap(([stage, ended]) =>
    ended.kind === 'bug' ? [`${stage} threw ${ended.why}`] : [],
  );
}

/** What a stage said that refused. */
function refusalIn(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const [, error] = /: error="(.*)"$/.exec(line) ?? [];
    if (error !== undefined) return error;
    const [, refused] = /preflight=refused .*message="([^"]*)"/.exec(line) ?? [];
    if (refused !== undefined) return refused;
  }
  return undefined;
}

function counts({ clients }: ProofWorld): ReadonlyMap<string, number> {
  return new Map([...clients.traffic.answers].map(([version, { count }]) => [version, count]));
}

function servingSince({ clients }: ProofWorld, before: ReadonlyMap<string, number>): string[] {
  return [...clients.traffic.answers]
    .filter(([version, { count }]) => count > (before.get(version) ?? 0))
    .map(([version]) => version)
    .sort();
}

/** Does something once, a while after the release was first seen in a phase. */
export function inPhase(world: ProofWorld, phase: string, afterMs: number, act: () => void): void {
  let done = false;
  const stop = world.cluster.world.store.subscribe(() => {
    if (done || phaseOf(world) !== phase) return;
    done = true;
    void sleep(world.cluster.clock, afterMs).then(() => {
      stop();
      act();
    });
  });
}

/** Of the release that is under way; a journal that somebody has damaged has none. */
function phaseOf(world: ProofWorld): string | undefined {
  for (const { metadata, data } of configMaps(world.cluster.world).list()) {
    if (!metadata.name.endsWith('-release-journal')) continue;
    const journal = readJournal(data);
    if (typeof journal !== 'string') return journal.current?.state.phase;
  }
  return undefined;
}
