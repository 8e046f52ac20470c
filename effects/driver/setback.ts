/**
 * What a release does when the API does not do what it asks. One that is away is waited for: no one else
 * can act either. One that refuses a request is asked again for a while, since webhooks, quotas and
 * rights come and go; then the release turns back, and where that is refused too, it is made safe and
 * left to the next process.
 */
import { formatDuration } from '../../core/base/duration.ts';
import { because, type Cause, type Instant } from '../../core/base/vocabulary.ts';
import { AWAY_MS } from '../../core/state/freshness.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/failure.ts';
import type { Log } from '../context/log.ts';
import { KubeError } from '../kube/refusal.ts';
import { isRefusal } from '../kube/watch/freshness.ts';

/** So long a request is refused before the release turns back, and again before it is given up. */
const REFUSED_MS = 20_000;
/** The same where one request is not answered, or is too much, while others are. Longer than it takes to tell that it is away. */
const BUSY_MS = 60_000;

export type Response =
  | { readonly kind: 'hold' }
  | { readonly kind: 'turn-back'; readonly cause: Cause }
  | { readonly kind: 'give-up' };

export interface Setbacks {
  /** What follows from what was thrown; `contactAt`: when the API last answered anything. */
  meet(thrown: unknown, contactAt: Instant): Response;
  /** Everything went well. */
  over(): void;
}

export function createSetbacks(clock: Clock, log: Log, awayLimitMs: number): Setbacks {
  let since: Instant | undefined;
  let refusedSince: Instant | undefined;
  let isTurned = false;
  return {
    meet: (thrown, contactAt) => {
      if (!(thrown instanceof KubeError)) return { kind: 'give-up' };
      const now = clock.now();
      if (since === undefined) log.event({ event: 'api-away', holding: thrown.message });
      since ??= now;
      const isAway = !isRefusal(thrown.status) && now - contactAt >= AWAY_MS;
      if (isAway) {
        refusedSince = undefined;
        return { kind: now - since < awayLimitMs ? 'hold' : 'give-up' };
      }
      refusedSince ??= now;
      const limitMs = isRefusal(thrown.status) ? REFUSED_MS : BUSY_MS;
      if (now - refusedSince < limitMs) return { kind: 'hold' };
      if (isTurned) return { kind: 'give-up' };
      isTurned = true;
      refusedSince = now;
      return {
        kind: 'turn-back',
        cause: because('api-refused', `the API refuses what is to be done: ${messageOf(thrown)}`),
      };
    },
    over: () => {
      if (since !== undefined)
        log.event({
          event: 'api-away',
          holding: 'over',
          after: formatDuration(clock.now() - since),
        });
      since = undefined;
      refusedSince = undefined;
    },
  };
}
