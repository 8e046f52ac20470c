/** How a release sees, measures and acts, for as long as a process drives it. */

import { type Instant, instant } from '../../core/base/vocabulary.ts';
import type { Action } from '../../core/cluster/action.ts';
import type { Freshness, Observation } from '../../core/cluster/observation.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { AWAY_MS } from '../../core/state/freshness.ts';
import type { ReleaseState } from '../../core/state/state.ts';
import { needsOf } from '../../core/strategies/needs.ts';
import type { Clock } from '../base/clock.ts';
import type { Observer } from '../kube/watch/observer.ts';
import { startMeasuring } from '../measure/measure.ts';
import { countOwnRequests } from '../measure/own-requests.ts';
import type { Prober } from '../measure/prober.ts';
import type { OwnedRelease } from '../ownership/owned-release.ts';
import { applyAction } from './apply-action.ts';
import { createDrainHooks } from './drain-hooks.ts';
import type { Wakeup } from './wakeup.ts';

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
  owned: OwnedRelease,
  plan: Plan,
  observer: Observer,
  { tell }: Wakeup,
  prober: Prober,
): Instruments {
  const { kube, clock, log, lease, journal } = owned;
  const own = countOwnRequests(owned);
  const calls = createDrainHooks({ ...owned, ...own.context }, tell);
  const measuring = startMeasuring(own, plan, observer, tell);
  const executing = { kube, observer, calls, log, namespace: plan.namespace };

  let contactAt = clock.now();
  let contactSince = contactAt;

  /** What was heard of the API, by what is looked at and by the Lease. */
  const sight = (): Freshness => {
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
      earlierProbes: prober.earlier(),
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
        log.event({ event: 'action', action: action.text });
        if ((await applyAction(action, executing)) === 'stale') return;
      }
    },
    meanwhile: (state, work) => whileMeasuring(clock, () => measure(state, look()), work),
  };
}

/** Calls `measure` again and again until the work has ended, one way or the other. */
async function whileMeasuring<T>(clock: Clock, measure: () => void, work: Promise<T>): Promise<T> {
  const over = new AbortController();
  void (async () => {
    for (;;) {
      await clock.sleep(MEASURE_MS, over.signal);
      if (over.signal.aborted) return;
      measure();
    }
  })();
  try {
    return await work;
  } finally {
    over.abort();
  }
}
