/**
 * Takes the prober's own requests off what the pods of both sides have counted. It asks the Service,
 * so no one knows which pod answered; how many it asked is known, and so are the pods that were asked
 * for its path meanwhile.
 */

import type { Side } from '../base/vocabulary.ts';
import type { ArmSample, Counted } from '../judge/sample.ts';
import { less, NOTHING, sum } from './page/families.ts';
import { fastestOff } from './page/histograms.ts';
import { type Counters, type CountersByKey, summed } from './traffic.ts';

/** What the prober was answered, and the pods have not counted so far. Plain JSON. */
export interface Owed extends Counted {
  /** All that it was answered, and all that the pods were asked on its path. */
  readonly answered: number;
  readonly counted: number;
}

export const NOTHING_OWED: Owed = { ...NOTHING, answered: 0, counted: 0 };

/** So many answers show whether the pods count what the prober asks. */
const ENOUGH = 50;
/** A pod's page is a second old; what is still owed after a look was never counted, but for so many. */
const MOST_OWED = 100;

export interface Settled {
  readonly sides: Readonly<Record<Side, ArmSample>>;
  readonly owed: Owed;
}

/**
 * `grown` by pod; `answered` is what the prober was answered since the last time. `unseen`: what new pods
 * had been asked before they were first seen. It is in no growth, and what of it was the prober's has been
 * taken off the other pods meanwhile: these get it back.
 */
export function withoutProber(
  grown: Readonly<Record<Side, CountersByKey>>,
  before: Owed,
  answered: Counted,
  unseen = 0,
): Settled {
  const pods = [...Object.values(grown.stable), ...Object.values(grown.candidate)];
  const shared = pods.reduce((all, pod) => sum(all, pod.shared ?? NOTHING), NOTHING);
  const all = {
    answered: before.answered + answered.requests,
    counted: before.counted + shared.requests + unseen,
  };
  const proberShare = all.counted === 0 ? 0 : Math.min(1, all.answered / all.counted);
  const tooMuch = Math.min(MOST_OWED, Math.round(unseen * proberShare));
  const owed: Owed = {
    ...all,
    // Prometheus may not have looked for a minute: what came since is counted all at once.
    requests: Math.min(MOST_OWED, before.requests) + answered.requests - tooMuch,
    errors: Math.min(MOST_OWED, before.errors) + answered.errors,
  };
  // A page that tells no paths and counts less than the prober alone does not count it.
  const isCounted = owed.answered < ENOUGH || owed.counted * 2 >= owed.answered;
  if (!isCounted || shared.requests === 0) return { sides: bothSummed(grown), owed };
  const share = {
    requests: Math.max(0, Math.min(1, owed.requests / shared.requests)),
    errors: shared.errors === 0 ? 0 : Math.min(1, owed.errors / shared.errors),
  };
  let taken = NOTHING;
  let asked = NOTHING;
  const take = (pod: Counters): Counters => {
    if (!pod.shared) return pod;
    // What rounding leaves of one pod the next one loses.
    asked = sum(asked, pod.shared);
    const due = {
      requests: Math.round(asked.requests * share.requests) - taken.requests,
      errors: Math.round(asked.errors * share.errors) - taken.errors,
    };
    taken = sum(taken, due);
    const left = less(pod, due);
    const errors = Math.min(left.errors, left.requests);
    return {
      ...left,
      errors,
      ...(pod.latency ? { latency: fastestOff(pod.latency, due.requests) } : {}),
    };
  };
  const each = (side: CountersByKey): CountersByKey =>
    Object.fromEntries(Object.entries(side).map(([key, pod]) => [key, take(pod)]));
  const sides = bothSummed({ stable: each(grown.stable), candidate: each(grown.candidate) });
  const left = { requests: owed.requests - taken.requests, errors: owed.errors - taken.errors };
  return { sides, owed: { ...owed, ...left } };
}

function bothSummed({
  stable,
  candidate,
}: Readonly<Record<Side, CountersByKey>>): Settled['sides'] {
  return { stable: summed(stable), candidate: summed(candidate) };
}
