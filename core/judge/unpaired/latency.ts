/**
 * Latency where no stable runs beside the candidate: requests above the stable's p90 and p99 are
 * counted as errors are, against how many the stable had above them before. Its median is left out:
 * an allowance for drift leaves nothing of it to test.
 */

import { type Counted, countAbove, countAll, type MeasuredWindow } from '../sample.ts';
import { boundFor, type LatencyEvidence } from '../statistics/latency.ts';
import { type Alone, beginAlone, growAlone, type Limits } from './against-a-rate.ts';

export const QUANTILES_ALONE = [0.9, 0.99] as const;

/** Beyond one of the quantiles that the stable had when the candidate was first alone. */
interface Beyond {
  readonly boundMs: number;
  readonly before: Counted;
  readonly alone: Alone;
}

/** Plain JSON: by quantile, in the order of QUANTILES_ALONE. */
export type LatencyAlone = readonly Beyond[];

/** The stable's requests weigh no more than so many: its buckets were chosen by them. */
const MOST = 2_000;

/** A window more; undefined where the stable's latency is not known or the candidate tells none. */
export function growLatencyAlone(
  known: LatencyAlone | undefined,
  { stable }: LatencyEvidence,
  { candidate, forMs }: MeasuredWindow,
  policy: Limits & { readonly toleratedLatencyMs: number },
): LatencyAlone | undefined {
  const { latency } = candidate;
  const begun = known ?? (stable && begin(stable, policy));
  if (!begun || !latency) return begun;
  return begun.map((beyond): Beyond => {
    const slow = countAbove(latency, beyond.boundMs);
    if (slow === undefined) return beyond;
    const counted = { requests: countAll(latency), errors: slow };
    return { ...beyond, alone: growAlone(beyond.alone, counted, policy, forMs, 1) };
  });
}

function begin(
  stable: NonNullable<LatencyEvidence['stable']>,
  policy: Limits & { readonly toleratedLatencyMs: number },
): LatencyAlone {
  const all = countAll(stable);
  const scale = Math.min(1, MOST / Math.max(1, all));
  return QUANTILES_ALONE.flatMap((quantile) => {
    const boundMs = boundFor(stable, quantile, policy.toleratedLatencyMs);
    const slow = boundMs === undefined ? undefined : countAbove(stable, boundMs);
    if (boundMs === undefined || slow === undefined) return [];
    const before = { requests: all * scale, errors: slow * scale };
    return [{ boundMs, before, alone: beginAlone(before, { ...policy, toleratedErrorRate: 1 }) }];
  });
}
