/**
 * Who may drive a service's release. The Lease's holder is `<release>/<process>`, or `<release>/`
 * where one stage has handed the release over to the next and no process drives it just now.
 */
import type { Lease } from '../kubernetes/objects.ts';
import { timeOf } from '../kubernetes/time.ts';
import { type Instant, instant, type ReleaseId, releaseId } from '../vocabulary.ts';

export interface Claimant {
  readonly release: ReleaseId;
  /** Unique to this run of this step. */
  readonly process: string;
}

export type Claim =
  | { readonly kind: 'free' }
  | { readonly kind: 'mine' }
  /** Held by another run of a step of the same release: it is ending, or it was killed. */
  | { readonly kind: 'same-release'; readonly until: Instant }
  | { readonly kind: 'other-release'; readonly release: ReleaseId; readonly until: Instant };

const NAME_END = '-release';

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

export function claimOf(lease: Lease | undefined, me: Claimant, now: Instant): Claim {
  const held = holdingOf(lease);
  if (!held) return { kind: 'free' };
  const { release, process, until } = held;
  if (release === me.release && process === me.process) return { kind: 'mine' };
  if (release === me.release && process === '') return { kind: 'free' };
  if (until <= now) return { kind: 'free' };
  return release === me.release
    ? { kind: 'same-release', until }
    : { kind: 'other-release', release, until };
}

/** Who holds a service, for somebody who does not want to hold it. */
export type Holder =
  | { readonly kind: 'nobody' }
  /** Its Lease has run out, and it has not given it back. */
  | { readonly kind: 'gone'; readonly release: ReleaseId; readonly since: Instant }
  | { readonly kind: 'between-stages'; readonly release: ReleaseId; readonly until: Instant }
  | { readonly kind: 'process'; readonly release: ReleaseId; readonly process: string };

export function holderOf(lease: Lease | undefined, now: Instant): Holder {
  const held = holdingOf(lease);
  if (!held) return { kind: 'nobody' };
  const { release, process, until } = held;
  if (until <= now) return { kind: 'gone', release, since: until };
  return process === ''
    ? { kind: 'between-stages', release, until }
    : { kind: 'process', release, process };
}

function holdingOf(lease: Lease | undefined) {
  const { holderIdentity, renewTime, leaseDurationSeconds = 0 } = lease?.spec ?? {};
  if (!holderIdentity) return undefined;
  const slash = holderIdentity.lastIndexOf('/');
  return {
    release: releaseId(holderIdentity.slice(0, slash)),
    process: holderIdentity.slice(slash + 1),
    until: instant((timeOf(renewTime) ?? 0) + leaseDurationSeconds * 1000),
  };
}
