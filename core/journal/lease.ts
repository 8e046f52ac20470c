/**
 * Who may drive a service's release. The Lease's holder is `<release>/<process>`, or `<release>/`
 * where one stage has handed the release over to the next and no process drives it just now.
 */
import { formatDuration } from '../base/duration.ts';
import { type Instant, instant, type ReleaseId, releaseId } from '../base/vocabulary.ts';
import type { Lease } from '../kubernetes/objects.ts';
import { timeOf } from '../kubernetes/time.ts';

export interface Claimant {
  readonly release: ReleaseId;
  /** Unique to this run of this step. */
  readonly process: string;
}

export type Claim =
  | { readonly kind: 'free' }
  | { readonly kind: 'mine' }
  /** Held by another run of a step of the same release: it is ending, or it was killed. */
  | ({ readonly kind: 'same-release' } & Held)
  | ({ readonly kind: 'other-release' } & Held)
  /**
   * By its own time it has run out. That is the word of a clock on another node: a process that wants it
   * watches it for as long as it lasts, and takes it only if no one renews it meanwhile.
   */
  | ({ readonly kind: 'to-watch' } & Held);

export interface Held {
  readonly release: ReleaseId;
  /** Empty where no process drives it just now. */
  readonly process: string;
  readonly until: Instant;
}

/** A Lease as somebody watches it who would like to have it. */
export interface Watched {
  /** Changes with every renewal. */
  readonly version: string;
  /** Since when it has been seen like this, by the clock of the process that watches. */
  readonly since: Instant;
}

const NAME_END = '-release';
/** Clocks that are kept in time differ by less than this; a Lease that lasts longer was not made here. */
const CLOCKS_DIFFER_MS = 5_000;
const MOST_DURATION_MS = 15 * 60_000;

export function leaseName(service: string): string {
  return `${service}${NAME_END}`;
}

/** The service whose Lease has this name; undefined for the name of anything else. */
export function serviceOfLease(name: string): string | undefined {
  return name.endsWith(NAME_END) ? name.slice(0, -NAME_END.length) : undefined;
}

export function holderText({ release, process }: Claimant): string {
  return `${release}/${process}`;
}

/** The holder while a release waits for its next stage. */
export function handedOver(release: ReleaseId): string {
  return `${release}/`;
}

/** What is seen of a Lease now, after what was seen before. */
export function watchLease(
  before: Watched | undefined,
  lease: Lease | undefined,
  now: Instant,
): Watched {
  const { holderIdentity, renewTime } = lease?.spec ?? {};
  const version = [lease?.metadata.resourceVersion, holderIdentity, renewTime].join(' ');
  return before?.version === version ? before : { version, since: now };
}

/**
 * Whether the Lease may be taken. A Lease whose process has not renewed it for as long as it lasts, as
 * somebody has `watched` it by one and the same clock, is free, whatever the times in it say.
 */
export function claimOf(
  lease: Lease | undefined,
  me: Claimant,
  now: Instant,
  watched?: Watched,
): Claim {
  const held = holdingOf(lease);
  if (!held) return { kind: 'free' };
  const { release, process, until, durationMs } = held;
  const seen = { release, process, until };
  if (release === me.release && process === me.process) return { kind: 'mine' };
  if (release === me.release && process === '') return { kind: 'free' };
  if (watched && now - watched.since >= durationMs) return { kind: 'free' };
  // No one renews what is kept for the next stage: of it only its own time tells.
  if (process === '' && until <= now) return { kind: 'free' };
  if (release === me.release) return { kind: 'same-release', ...seen };
  const isPlausible = now < until && until <= now + durationMs + CLOCKS_DIFFER_MS;
  return { kind: isPlausible ? 'other-release' : 'to-watch', ...seen };
}

/** Who holds a service, for somebody who does not want to hold it. */
export type Holder =
  | { readonly kind: 'free' }
  /** Its Lease has run out, and it has not given it back. */
  | { readonly kind: 'gone'; readonly release: ReleaseId; readonly since: Instant }
  | { readonly kind: 'between-stages'; readonly release: ReleaseId; readonly until: Instant }
  | ({ readonly kind: 'process' } & Held);

export function holderOf(lease: Lease | undefined, now: Instant): Holder {
  const held = holdingOf(lease);
  if (!held) return { kind: 'free' };
  const { release, process, until } = held;
  if (until <= now) return { kind: 'gone', release, since: until };
  return process === ''
    ? { kind: 'between-stages', release, until }
    : { kind: 'process', release, process, until };
}

/** Who holds it and for how long, for people: `first (process deploy-1), which renewed its Lease 3s ago`. */
export function heldText({ release, process, until }: Held, now: Instant): string {
  const left = formatDuration(Math.max(0, until - now));
  return process === ''
    ? `release ${release} is between two stages, and keeps it for its next stage for ${left} more`
    : `process ${process} of release ${release} is at work; without a sign of life it loses it in ${left}`;
}

function holdingOf(lease: Lease | undefined) {
  const { holderIdentity, renewTime, leaseDurationSeconds = 0 } = lease?.spec ?? {};
  if (!holderIdentity) return undefined;
  const slash = holderIdentity.lastIndexOf('/');
  const durationMs = Math.min(leaseDurationSeconds * 1000, MOST_DURATION_MS);
  return {
    release: releaseId(holderIdentity.slice(0, slash)),
    process: holderIdentity.slice(slash + 1),
    durationMs,
    until: instant((timeOf(renewTime) ?? 0) + durationMs),
  };
}
