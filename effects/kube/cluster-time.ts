/**
 * Time as the cluster has it. A stage reads times that the cluster has written and leaves times for
 * stages on other nodes; a node whose clock is wrong would read minutes into both. So the first answer
 * of the API server, which says what time it is there, sets this process's clock right.
 */
import { type Instant, instant } from '../../core/base/vocabulary.ts';
import type { Clock } from '../base/clock.ts';
import type { ApiAnswer, Transport } from './transport.ts';

/** A server says the time to the second; clocks that are kept in time differ by less than this. */
const RESOLUTION_MS = 1_000;
const TOLERANCE_MS = 2_000;
/** Once set, the clock is not moved for what two API servers may differ by: time would go back and forth. */
const SUSPENDED_MS = 30_000;

export interface ClusterTime {
  readonly clock: Clock;
  readonly transport: Transport;
}

/** The process's own clock is used as it is as long as no answer says otherwise. */
export function inClusterTime(transport: Transport, own: Clock): ClusterTime {
  let offsetMs = 0;
  let tolerated = TOLERANCE_MS;

  const learn = ({ serverTimeMs }: ApiAnswer, sentAt: Instant): void => {
    if (serverTimeMs === undefined) return;
    // Whenever between sending and now the server looked at its clock, the offset is in between.
    const least = serverTimeMs - own.now();
    const most = serverTimeMs + RESOLUTION_MS - sentAt;
    if (offsetMs < least - tolerated || offsetMs > most + tolerated) {
      offsetMs = Math.round((least + most) / 2);
    }
    tolerated = SUSPENDED_MS;
  };

  return {
    clock: { now: () => instant(own.now() + offsetMs), sleep: own.sleep },
    transport: {
      stream: (path, onLine, signal) => transport.stream(path, onLine, signal),
      renewCredentials: () => transport.renewCredentials?.(),
      send: async (request, timeoutMs) => {
        const sentAt = own.now();
        const answer = await transport.send(request, timeoutMs);
        learn(answer, sentAt);
        return answer;
      },
    },
  };
}
