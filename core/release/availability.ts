/**
 * What became of the service's requests while a release was under way, in every phase and in both
 * directions: how many were answered with an error, by the pods' own counters, and how many were not
 * answered at all, by the prober. The two are never mixed. docs/metrics.md has the method.
 */
import type { Counted } from '../judge/sample.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { NOTHING, sum } from '../metrics/families.ts';
import { NOTHING_OWED, type Owed, withoutProber } from '../metrics/shared.ts';
import { type CountersByKey, grownBy } from '../metrics/traffic.ts';
import type { Instant, Side } from '../vocabulary.ts';
import type { Observation } from './observation.ts';
import { answeredSince, NO_PROBES, type ProbeCounts, probesLost, probesSent } from './prober.ts';

/** Plain JSON of bounded size. */
export interface Availability {
  readonly probes: ProbeCounts;
  /** Requests of clients that the pods have counted; undefined where none of them tells. */
  readonly counted: Readonly<Record<Side, Counted>> | undefined;
  /** How many requests the service got, and of those how many the prober's shares say were lost. */
  readonly requests: number;
  readonly lost: number;
  /** Of a second, over the stretches in which nothing was lost. */
  readonly usual: { readonly requests: number; readonly ms: number };
  /** Until when it was looked, and for how long nobody did: between one stage and the next. */
  readonly until?: Instant;
  readonly unwatchedMs?: number;
}

export const NOTHING_KNOWN: Availability = {
  probes: NO_PROBES,
  counted: undefined,
  requests: 0,
  lost: 0,
  usual: { requests: 0, ms: 0 },
};

type Sides = Readonly<Record<Side, readonly Pod[]>>;

/** What the next look is compared with; read anew by whoever comes next. */
export interface AvailabilityMark {
  readonly at: Instant;
  readonly last: Readonly<Record<Side, CountersByKey>>;
  readonly probes: ProbeCounts;
  readonly owed: Owed;
  /** What came in the last stretch, and how long that was. */
  readonly lately?: { readonly forMs: number; readonly sides: Readonly<Record<Side, Counted>> };
}

/** Shorter stretches hold too few probes. */
const STRETCH_MS = 1_000;
/** So much of what was usual is remembered. */
const USUAL_MS = 60_000;

export interface Accounted {
  readonly availability: Availability;
  readonly mark: AvailabilityMark;
}

export function account(
  before: Availability,
  mark: AvailabilityMark | undefined,
  seen: Observation,
  sides: Sides,
): Accounted {
  const probes = seen.probes ?? NO_PROBES;
  const now = {
    stable: countersOf(seen, sides, 'stable'),
    candidate: countersOf(seen, sides, 'candidate'),
  };
  if (!mark) {
    const last = { stable: now.stable, candidate: now.candidate };
    const mark = { at: seen.at, last, probes, owed: NOTHING_OWED };
    const unwatchedMs = (before.unwatchedMs ?? 0) + seen.at - (before.until ?? seen.at);
    return { availability: { ...before, until: seen.at, unwatchedMs }, mark };
  }
  const sent = probesSent(probes) - probesSent(mark.probes);
  const forMs = seen.at - mark.at;
  // While every probe hangs, nothing is known yet of the time that they hang.
  const hangs = sent === 0 && probesSent(mark.probes) > 0 && forMs < HANGS_MS;
  if (forMs < STRETCH_MS || hangs) return { availability: before, mark };
  const lost = probesLost(probes) - probesLost(mark.probes);
  const grown = {
    stable: grownBy(mark.last.stable, now.stable),
    candidate: grownBy(mark.last.candidate, now.candidate),
  };
  const settled = withoutProber(grown, mark.owed, answeredSince(mark.probes, probes));
  const tells = Object.keys({ ...now.stable, ...now.candidate }).length > 0;
  const counted = tells ? both(before.counted, settled.sides) : before.counted;
  const requests = settled.sides.stable.requests + settled.sides.candidate.requests;
  return {
    availability: {
      unwatchedMs: before.unwatchedMs ?? 0,
      until: seen.at,
      ...stretch(before, requests, sent === 0 ? 0 : lost / sent, forMs),
      counted,
      probes: plus(before.probes, probes, mark.probes),
    },
    mark: {
      at: seen.at,
      probes,
      owed: settled.owed,
      lately: { forMs, sides: countsOf(settled.sides) },
      last: {
        stable: { ...mark.last.stable, ...now.stable },
        candidate: { ...mark.last.candidate, ...now.candidate },
      },
    },
  };
}

/** Longer than any probe waits for its answer. */
const HANGS_MS = 5_000;

/**
 * Requests that are not answered are counted by nobody. What came in a stretch is at least what was
 * counted; where probes were lost it is at least what is usual.
 */
function stretch(before: Availability, counted: number, share: number, forMs: number) {
  const { usual } = before;
  const expected = usual.ms === 0 ? counted : (usual.requests / usual.ms) * forMs;
  const requests = share === 0 ? counted : Math.max(counted, expected);
  const kept = usual.ms > USUAL_MS ? USUAL_MS / usual.ms : 1;
  return {
    requests: before.requests + requests,
    lost: before.lost + requests * share,
    usual:
      share > 0
        ? usual
        : { requests: usual.requests * kept + counted, ms: usual.ms * kept + forMs },
  };
}

function countersOf(seen: Observation, sides: Sides, side: Side): CountersByKey {
  return Object.fromEntries(
    sides[side].flatMap(({ metadata: { name, uid = '' } }) => {
      const reading = seen.readings.get(name);
      return reading?.kind === 'counted' ? [[`${name}/${uid}`, reading.counters] as const] : [];
    }),
  );
}

function both(before: Availability['counted'], more: Readonly<Record<Side, Counted>>) {
  const { stable, candidate } = countsOf(more);
  return {
    stable: sum(before?.stable ?? NOTHING, stable),
    candidate: sum(before?.candidate ?? NOTHING, candidate),
  };
}

/** Without histograms and pods. */
function countsOf(sides: Readonly<Record<Side, Counted>>): Readonly<Record<Side, Counted>> {
  const of = ({ requests, errors }: Counted): Counted => ({ requests, errors });
  return { stable: of(sides.stable), candidate: of(sides.candidate) };
}

/** The release's probes with what this process has sent since its last look. */
function plus(all: ProbeCounts, now: ProbeCounts, last: ProbeCounts): ProbeCounts {
  const of = (kind: 'fresh' | 'keptAlive') => ({
    sent: all[kind].sent + now[kind].sent - last[kind].sent,
    lost: all[kind].lost + now[kind].lost - last[kind].lost,
  });
  const how = { ...all.how };
  for (const [each, count = 0] of Object.entries(now.how) as [keyof typeof how, number][]) {
    const more = count - (last.how[each] ?? 0);
    if (more > 0) how[each] = (how[each] ?? 0) + more;
  }
  const errors = all.errors + now.errors - last.errors;
  const counts = { fresh: of('fresh'), keptAlive: of('keptAlive'), how, errors };
  // Once one was answered, what was lost before counts like all the rest.
  return now.inVain === undefined ? counts : { ...counts, inVain: now.inVain };
}
