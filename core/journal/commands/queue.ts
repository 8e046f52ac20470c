/**
 * Whose turn it is among runs that wait for a service: the one that was asked for last. Those that
 * were asked for before it give way, for what they release is part of it or has been thought better
 * of. Who was asked for when is kept beside the journal, so that it outlives the runs that wait.
 */
import { jsonOf } from '../../base/json.ts';
import { type Instant, instant, type ReleaseId, releaseId } from '../../base/vocabulary.ts';
import { type Journal, unfinished } from '../journal.ts';

export const CONCURRENCY = ['queue', 'supersede', 'refuse'] as const;
/**
 * queue: waits until the release that is under way has ended · supersede: asks it to turn back first,
 * where it is another waiting run's · refuse: ends at once.
 */
export type Concurrency = (typeof CONCURRENCY)[number];

/** A run that waits for its turn, or has had it. */
export interface Asking {
  readonly release: ReleaseId;
  /** When its run was created, by the clock of the API server. */
  readonly askedAt: Instant;
  /** The same push was released before, by that release: it is not released once more. */
  readonly repeats?: ReleaseId;
  /** For whom it has waited, or why it gave way, for people. */
  readonly said?: string;
}

/** Where they are in the journal's ConfigMap. */
const TURNS_KEY = 'turns.json';
/** As many as the journal remembers releases: of an older one no one asks any more. */
const MOST_TURNS = 20;
/** A run's name and its uid: the uid is another one for the same push, delivered again. */
const RELEASE_OF_RUN = /^(.+)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What is none in the ConfigMap is no one's turn. Oldest first. */
export function readQueue(data: Readonly<Record<string, string>> | undefined): readonly Asking[] {
  const parsed = jsonOf(data?.[TURNS_KEY] ?? '[]');
  return Array.isArray(parsed) ? parsed.flatMap(asking).sort(byTime) : [];
}

export function queueData(turns: readonly Asking[]): Record<string, string> {
  return { [TURNS_KEY]: JSON.stringify(turns) };
}

/** With one more; a run that asks again, in a pod that was created again, is there once. */
export function withPlaceInQueue(turns: readonly Asking[], mine: Asking): readonly Asking[] {
  const others = turns.filter(({ release }) => release !== mine.release);
  return [...others, mine].sort(byTime).slice(-MOST_TURNS);
}

/** What became of its turn; empty for a run that has not asked. */
export function saidOf(turns: readonly Asking[], release: ReleaseId): string {
  return turns.find((turn) => turn.release === release)?.said ?? '';
}

/** The release of the same push that was begun before, under a run of the same name. */
export function repeated(journal: Journal, release: ReleaseId): ReleaseId | undefined {
  const run = runOf(release);
  if (run === undefined) return undefined;
  const begun = [...(journal.current ? [journal.current.plan] : []), ...journal.history];
  return begun.find((other) => other.release !== release && runOf(other.release) === run)?.release;
}

/**
 * Why a run that has asked for its turn is to release nothing, for people; undefined where it is to
 * release, and for every run that has not asked. One that has begun is never told to give way.
 */
export function whyToGiveWay(
  turns: readonly Asking[],
  journal: Journal,
  release: ReleaseId,
): string | undefined {
  const mine = turns.find((turn) => turn.release === release);
  if (!mine || hasBegun(journal, release)) return undefined;
  if (mine.repeats) return `the same push was released before, by ${mine.repeats}`;
  const after = turns.filter((turn) => byTime(turn, mine) > 0).at(-1)?.release;
  const other = after ?? begunAfter(turns, journal, mine);
  return other === undefined ? undefined : `${other} was asked for later: it gives way`;
}

/** Whether a release is one that asked for its turn before `mine`: what may be superseded. */
export function isEarlierInQueue(
  turns: readonly Asking[],
  release: ReleaseId,
  mine: ReleaseId,
): boolean {
  const at = turns.findIndex((turn) => turn.release === release);
  return at >= 0 && at < turns.findIndex((turn) => turn.release === mine);
}

/** The last stage of a run writes how it ended after it has given the service free; a run that was cut off concludes nothing, one that was not has concluded by then. */
const CONCLUDED_MS = 2 * 60_000;

/** Whether no one writes any more about the release that was the last: who begins before is written over. */
export function isConcluded({ history: [last] }: Journal, now: Instant): boolean {
  if (!last) return true;
  const ago = now - last.endedAt;
  return ago >= CONCLUDED_MS || last.stages !== undefined;
}

/** What began without asking for a turn, by hand or as a rollback, is what somebody wanted since. */
function begunAfter(
  turns: readonly Asking[],
  journal: Journal,
  { askedAt }: Asking,
): ReleaseId | undefined {
  const left = unfinished(journal);
  const begun = [
    ...(left ? [{ release: left.plan.release, startedAt: left.state.startedAt }] : []),
    ...journal.history,
  ];
  const ofTurns = new Set(turns.map(({ release }) => release));
  return begun.find((other) => other.startedAt > askedAt && !ofTurns.has(other.release))?.release;
}

function hasBegun({ current, history }: Journal, release: ReleaseId): boolean {
  return current?.plan.release === release || history.some((record) => record.release === release);
}

function runOf(release: ReleaseId): string | undefined {
  return RELEASE_OF_RUN.exec(release)?.[1];
}

/** Of two that were created in the same second one is later for everybody, whichever it is. */
function byTime(one: Asking, other: Asking): number {
  if (one.release === other.release) return 0;
  return one.askedAt - other.askedAt || (one.release < other.release ? -1 : 1);
}

function asking(value: unknown): Asking[] {
  if (typeof value !== 'object' || value === null) return [];
  const { release, askedAt, repeats, said }: Record<string, unknown> = { ...value };
  if (typeof release !== 'string' || typeof askedAt !== 'number') return [];
  return [
    {
      release: releaseId(release),
      askedAt: instant(askedAt),
      ...(typeof repeats === 'string' ? { repeats: releaseId(repeats) } : {}),
      ...(typeof said === 'string' ? { said } : {}),
    },
  ];
}
