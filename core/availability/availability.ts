/**
 * What became of the service's requests while a release was under way, in every phase and in both
 * directions: how many were answered with an error, by the pods' own counters, and how many were not
 * answered at all, by the prober. The two are never mixed. docs/metrics.md has the method.
 */

import type { Instant, Side } from '../base/vocabulary.ts';
import type { Observation } from '../cluster/observation.ts';
import {
  answeredSince,
  NO_PROBES,
  type ProbeCounts,
  probesOfBoth,
  probesSent,
  probesSince,
} from '../cluster/prober.ts';
import type { Counted } from '../judge/sample.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { NOTHING, sum } from '../metrics/page/families.ts';
import { NOTHING_OWED, type Owed, withoutProber } from '../metrics/shared.ts';
import { type CountersByKey, grownBy } from '../metrics/traffic.ts';
import {
  isSure,
  type Losing,
  losingNow,
  losingStill,
  NOT_LOSING,
  type Told,
  timeTold,
  toldNow,
} from './shortfall.ts';
import { type Requests, withStretch } from './stretch.ts';
import { NOTHING_USUAL } from './usual.ts';

/** Plain JSON of bounded size. */
export interface Availability extends Requests {
  readonly probes: ProbeCounts;
  /** Requests of clients that the pods have counted; undefined where none of them tells. */
  readonly counted: Readonly<Record<Side, Counted>> | undefined;
  /** Until when it was measured, and for how long it was not: between one stage and the next. */
  readonly until?: Instant;
  readonly unwatchedMs?: number;
}

export const NOTHING_KNOWN: Availability = {
  probes: NO_PROBES,
  counted: undefined,
  requests: 0,
  lost: 0,
  usual: NOTHING_USUAL,
};

type Sides = Readonly<Record<Side, readonly Pod[]>>;

/** What the next look is compared with; a process that takes over reads it again. */
export interface AvailabilityBaseline {
  readonly at: Instant;
  readonly last: Readonly<Record<Side, CountersByKey>>;
  readonly told: Told;
  readonly losing: Losing;
  readonly probes: ProbeCounts;
  readonly owed: Owed;
  /** What came in the last stretch, and how long that was. */
  readonly lately?: { readonly forMs: number; readonly sides: Readonly<Record<Side, Counted>> };
}

/** Shorter stretches hold too few probes. */
const STRETCH_MS = 1_000;

export interface Accounted {
  readonly availability: Availability;
  readonly mark: AvailabilityBaseline;
}

export function account(
  before: Availability,
  mark: AvailabilityBaseline | undefined,
  seen: Observation,
  sides: Sides,
): Accounted {
  const probes = seen.probes ?? NO_PROBES;
  const now = {
    stable: countersOf(seen, sides, 'stable'),
    candidate: countersOf(seen, sides, 'candidate'),
  };
  const told = toldNow(mark?.told, readAt(seen, [...sides.stable, ...sides.candidate]));
  if (!mark) return beginning(before, { at: seen.at, last: now, told, probes });
  const asked = probesSince(mark.probes, probes);
  const forMs = seen.at - mark.at;
  // While every probe hangs, nothing is known yet of the time that they hang.
  const hangs = probesSent(asked) === 0 && probesSent(mark.probes) > 0 && forMs < HANGS_MS;
  if (forMs < STRETCH_MS || hangs) return { availability: before, mark };
  const { sides: grown, owed } = withoutProber(
    {
      stable: grownBy(mark.last.stable, now.stable),
      candidate: grownBy(mark.last.candidate, now.candidate),
    },
    mark.owed,
    answeredSince(mark.probes, probes),
  );
  const losing = losingNow(mark.losing, asked, seen.at);
  const stretch = {
    forMs,
    asked,
    counted: grown.stable.requests + grown.candidate.requests,
    toldMs: timeTold(mark.told, told),
    isLosing: losing.until !== undefined,
    isSure: isSure(losing, mark.told, told),
  };
  return {
    availability: {
      unwatchedMs: before.unwatchedMs ?? 0,
      until: seen.at,
      ...withStretch(before, stretch),
      counted: told.lately.length > 0 ? both(before.counted, grown) : before.counted,
      probes: probesOfBoth(before.probes, asked),
    },
    mark: {
      at: seen.at,
      probes,
      owed,
      told,
      losing: losingStill(losing, seen.at, told),
      lately: { forMs, sides: countsOf(grown) },
      last: {
        stable: { ...mark.last.stable, ...now.stable },
        candidate: { ...mark.last.candidate, ...now.candidate },
      },
    },
  };
}

/** The first look of a process: what passed before it was watched by no one. */
function beginning(
  before: Availability,
  now: Pick<AvailabilityBaseline, 'at' | 'last' | 'told' | 'probes'>,
): Accounted {
  const unwatchedMs = (before.unwatchedMs ?? 0) + now.at - (before.until ?? now.at);
  return {
    availability: { ...before, until: now.at, unwatchedMs },
    mark: { ...now, losing: NOT_LOSING, owed: NOTHING_OWED },
  };
}

/** Longer than any probe waits for its answer. */
const HANGS_MS = 5_000;

function countersOf(seen: Observation, sides: Sides, side: Side): CountersByKey {
  return Object.fromEntries(
    sides[side].flatMap(({ metadata: { name, uid = '' } }) => {
      const reading = seen.readings.get(name);
      return reading?.kind === 'counted' ? [[`${name}/${uid}`, reading.counters] as const] : [];
    }),
  );
}

function readAt(seen: Observation, pods: readonly Pod[]): Told['at'] {
  return Object.fromEntries(
    pods.flatMap(({ metadata: { name, uid = '' } }) => {
      const reading = seen.readings.get(name);
      return reading?.kind === 'counted' ? [[`${name}/${uid}`, reading.at] as const] : [];
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
