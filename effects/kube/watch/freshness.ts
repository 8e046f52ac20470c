/** How well a collection is known: when the API last confirmed it, and what it has answered since. */
import type { Instant } from '../../../core/base/vocabulary.ts';
import { messageOf } from '../../base/failure.ts';
import { KubeError } from '../refusal.ts';

export interface Freshness {
  /** When all of it was last known to be as it is here: listed, or told of by its watch. */
  readonly seenAt: Instant;
  /** When the API last answered for it, if only to refuse. */
  readonly contactAt: Instant;
  /** Why it could not be listed since; undefined where it was. */
  readonly why: string | undefined;
}

export function confirmed(at: Instant): Freshness {
  return { seenAt: at, contactAt: at, why: undefined };
}

/** After a list that failed. */
export function failed(before: Freshness, thrown: unknown, at: Instant): Freshness {
  const refused = thrown instanceof KubeError && isRefusal(thrown.status);
  return { ...before, contactAt: refused ? at : before.contactAt, why: messageOf(thrown) };
}

/** An answer of an API server that is well: asking again changes nothing. */
export function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 429;
}
