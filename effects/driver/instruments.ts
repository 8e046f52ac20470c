/** How a release sees, measures and acts, for as long as a process drives it. */

import { type Instant, instant } from '../../core/base/vocabulary.ts';
import type { Action } from '../../core/cluster/action.ts';
import type { Observation, Sight } from '../../core/cluster/observation.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { AWAY_MS } from '../../core/state/freshness.ts';
import type { ReleaseState } from '../../core/state/state.ts';
import { needsOf } from '../../core/strategies/needs.ts';
import type { Outside } from '../context/stage-context.ts';
import type { Observer } from '../kube/observer.ts';
import { startMeasuring } from '../measure/measure.ts';
import { countOwnRequests } from '../measure/own-requests.ts';
import type { Prober } from '../measure/prober.ts';
import type { JournalFile } from '../ownership/journal/journal.ts';
import type { HeldLease } from '../ownership/lease/lease.ts';
import { execute } from './apply-action.ts';
import { createCalls } from './drain-hooks.ts';
import type { News } from './wakeup.ts';

export interface Driving extends Outside {
  readonly journal: JournalFile;
  readonly lease: HeldLease;
}

export interface Instruments {
  look(): Observation;
  measure(state: ReleaseState, seen: Observation): void;
  /** Carries out one after the other, as long as none was decided on what is no longer so. */
  act(actions: readonly Action[], isOver: () => boolean): Promise<void>;
  /** When the API last answered anything. */
  contactAt(): Instant;
  /** Measures as long as the work takes: a request that hangs must not keep pods from being looked at. */
  meanwhile<T>(state: ReleaseState, work: Promise<T>): Promise<T>;
}

const MEASURE_MS = 1_000;

export function createInstruments(
  driving: Driving,
  plan: Plan,
  observer: Observer,
  { tell }: News,
  prober: Prober,
): Instruments {
  const { kube, clock, log, lease, journal } = driving;
  const own = countOwnRequests(driving);
  const calls = createCalls({ ...driving, ...own.outside }, tell);
  const measuring = startMeasuring(own, plan, observer, tell);
  const executing = { kube, observer, calls, log, namespace: plan.namespace };

  let contactAt = clock.now();
  let contactSince = contactAt;

  /** What was heard of the API, by what is looked at and by the Lease. */
  const sight = (): Sight => {
    const seen = observer.sight();
    const heardAt = instant(Math.max(seen.contactAt, lease.answeredAt()));
    if (heardAt - contactAt >= AWAY_MS) contactSince = heardAt;
    contactAt = heardAt;
    return { ...seen, contactAt, contactSince };
  };
  const look = (): Observation => {
    return {
      at: clock.now(),
      ...observer.look(),
      sight: sight(),
      readings: measuring.readings,
      measured: measuring.measured,
      reports: measuring.reports,
      probes: prober.counts(),
      called: calls.called,
    };
  };
  const measure = (state: ReleaseState, seen: Observation): void =>
    measuring.meet(needsOf(plan, state, seen));

  return {
    look,
    measure,
    contactAt: () => sight().contactAt,
    act: async (actions, isOver) => {
      for (const action of actions) {
        if (isOver()) return;
        if (calls.isUnderWay(action.id)) continue;
        await lease.ensureHeld(journal.assertUnchanged);
        log.line(`action="${action.text}"`);
        if ((await execute(action, executing)) === 'stale') return;
      }
    },
    meanwhile: async (state, work) => {
      const over = new AbortController();
      void (async () => {
        for (;;) {
          await clock.sleep(MEASURE_MS, over.signal);
          if (over.signal.aborted) return;
          measure(state, look());
        }
      })();
      try {
        return await work;
      } finally {
        over.abort();
      }
    },
  };
}
