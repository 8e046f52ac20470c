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

export function leaseName(service: string): string {
  return `${service}-release`;
}

export function holderText({ release, process }: Claimant): string {
  return `${release}/${process}`;
}

/** The holder while a release waits for its next stage. */
export function handedOver(release: ReleaseId): string {
  return `${release}/`;
}

export function claimOf(lease: Lease | undefined, me: Claimant, now: Instant): Claim {
  const { holderIdentity, renewTime, leaseDurationSeconds = 0 } = lease?.spec ?? {};
  if (!holderIdentity) return { kind: 'free' };
  const slash = holderIdentity.lastIndexOf('/');
  const release = releaseId(holderIdentity.slice(0, slash));
  const process = holderIdentity.slice(slash + 1);
  if (release === me.release && process === me.process) return { kind: 'mine' };
  if (release === me.release && process === '') return { kind: 'free' };
  const until = instant((timeOf(renewTime) ?? 0) + leaseDurationSeconds * 1000);
  if (until <= now) return { kind: 'free' };
  return release === me.release
    ? { kind: 'same-release', until }
    : { kind: 'other-release', release, until };
}
