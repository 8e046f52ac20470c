/** What a stretch of a second or so adds to what is known of a service's requests. */
import { NO_PROBES, type ProbeCounts, probesLost, probesSent } from '../cluster/prober.ts';
import { fallenShort, type Shortfall } from './shortfall.ts';
import { expectedIn, learnt, type Usual } from './usual.ts';

/** Plain JSON. */
export interface Requests {
  /** How many requests the service got, and of those how many the prober's shares say were lost. */
  readonly requests: number;
  readonly lost: number;
  /** The same, had each of them opened a connection, or had none. Older records lack it. */
  readonly lostIf?: Readonly<Record<'fresh' | 'keptAlive', number>>;
  /** Over the stretches in which nothing was lost. */
  readonly usual: Usual;
  /** What the pods have not counted of it while something was. */
  readonly missed?: Shortfall;
}

export interface Stretch {
  readonly forMs: number;
  readonly asked: ProbeCounts;
  readonly counted: number;
  /** Of so much time the counters have told. */
  readonly toldMs: number;
  /** Probes were lost in it, or so shortly before that the counters have not told all of it. */
  readonly isLosing: boolean;
  readonly isSure: boolean;
}

/**
 * Requests that are not answered are in no counter. What came in a stretch is at least what was
 * counted; where probes were lost it is at least what is usual.
 */
export function withStretch(before: Requests, stretch: Stretch): Requests {
  const { asked, counted, forMs, toldMs, isLosing, isSure } = stretch;
  const { usual, missed, lostIf = { fresh: before.lost, keptAlive: before.lost } } = before;
  const share = shareOf(asked, 0);
  const fresh = shareOf({ ...asked, keptAlive: NO_PROBES.keptAlive }, share);
  // Where there was none to ask over, clients that keep connections had to open one.
  const keptAlive = shareOf({ ...asked, fresh: NO_PROBES.fresh }, fresh);
  const expected = usual.ms === 0 ? counted : expectedIn(usual, forMs);
  const requests = share === 0 ? counted : Math.max(counted, expected);
  const short = isLosing && isSure ? fallenShort(missed, usual, counted, toldMs) : missed;
  return {
    requests: before.requests + requests,
    lost: before.lost + requests * share,
    lostIf: {
      fresh: lostIf.fresh + requests * fresh,
      keptAlive: lostIf.keptAlive + requests * keptAlive,
    },
    usual: isLosing ? usual : learnt(usual, counted, toldMs),
    ...(short ? { missed: short } : {}),
  };
}

function shareOf(asked: ProbeCounts, otherwise: number): number {
  const sent = probesSent(asked);
  return sent === 0 ? otherwise : probesLost(asked) / sent;
}
