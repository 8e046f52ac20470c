/**
 * Whether anything can be seen at all. No numbers are not good numbers: a source that does not
 * answer, numbers that cannot be, and a candidate that must have had requests but reports none.
 */
import { type Instant, instant } from '../base/vocabulary.ts';
import type { ArmSample, MeasuredWindow, Window } from './sample.ts';

/** Plain JSON. */
export interface Measurability {
  /** Since when, and why, nothing has been seen. */
  readonly blind: { readonly since: Instant; readonly why: string } | undefined;
  /** Requests that the candidate must have had since it last reported one. */
  readonly unreported: { readonly since: Instant; readonly requests: number } | undefined;
}

export const UNSEEN: Measurability = { blind: undefined, unreported: undefined };

/** So many requests do not all go elsewhere by chance: e^-20 where they are spread at random. */
const SURELY_SOME = 20;

export function see(sight: Measurability, window: Window): Measurability {
  const since = began(window);
  const why = window.kind === 'unmeasured' ? window.why : impossible(window);
  if (why !== undefined || window.kind === 'unmeasured') {
    return { ...sight, blind: { since: sight.blind?.since ?? since, why: why ?? '' } };
  }
  if (window.candidate.requests > 0) return UNSEEN;
  const missed = (sight.unreported?.requests ?? 0) + due(window);
  if (missed === 0) return UNSEEN;
  const unreported = { since: sight.unreported?.since ?? since, requests: missed };
  return { blind: undefined, unreported };
}

/** Since when and why a verdict is impossible, or undefined where it is possible. */
export function blindness({ blind, unreported }: Measurability): Measurability['blind'] {
  if (blind) return blind;
  if (!unreported || unreported.requests < SURELY_SOME) return undefined;
  const requests = Math.round(unreported.requests);
  return {
    since: unreported.since,
    why: `the candidate must have had about ${requests} requests and reports none`,
  };
}

function began({ at, forMs }: Window): Instant {
  return instant(at - forMs);
}

/** Requests that the router must have sent to the candidate, by what reached the stable. */
function due({ candidateWeight = 0, stable }: MeasuredWindow): number {
  return candidateWeight < 1 ? (stable.requests * candidateWeight) / (1 - candidateWeight) : 0;
}

function impossible({ candidate, stable }: MeasuredWindow): string | undefined {
  for (const [side, sample] of [
    ['candidate', candidate],
    ['stable', stable],
  ] as const) {
    const wrong = noCountIn(sample);
    if (wrong !== undefined)
      return `the ${side}'s numbers cannot be counts: one of them is ${wrong}`;
  }
  return undefined;
}

function noCountIn({ requests, errors, latency, pods }: ArmSample): number | undefined {
  const noCount = (value: number): boolean => !(value >= 0 && value < Infinity);
  if (noCount(requests)) return requests;
  if (noCount(errors)) return errors;
  for (const name in pods) {
    const pod = pods[name];
    if (pod && noCount(pod.requests + pod.errors)) return pod.requests + pod.errors;
    if (pod && (pod.requests < 0 || pod.errors < 0)) return Math.min(pod.requests, pod.errors);
  }
  return latency?.counts.find(noCount);
}
