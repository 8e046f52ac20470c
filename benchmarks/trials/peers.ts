/**
 * The judges side by side, each fed with what its own metrics source would give it: the sequential
 * judge with every window, the others with a point a minute. Models of Argo Rollouts' and Flagger's
 * rules, the latter two after their documentation; Kayenta's judge is the one that is selectable.
 */

import { MANN_WHITNEY_DEFAULTS, mannWhitney } from '../../core/judge/judges/mann-whitney.ts';
import { sequential } from '../../core/judge/judges/sequential.ts';
import { SEQUENTIAL_DEFAULTS } from '../../core/judge/policy.ts';
import {
  type Counted,
  type MeasuredWindow,
  together,
  type Window,
} from '../../core/judge/sample.ts';
import { quantileOf } from '../../core/judge/statistics/latency.ts';

export type Opinion = 'roll back' | 'promote' | 'go on';

/** One judge in one release: told of every window, asked after each. */
export type Seat = (window: Window) => Opinion;

export interface Peer {
  readonly name: string;
  /** Told what the stable's counters had counted before. */
  readonly sit: (life: Counted) => Seat;
}

/** A step of ten minutes, as is usual: nobody promotes before. */
const STEP_MS = 600_000;
const STEP_MINUTES = 10;

export const SEQUENTIAL = sequentialAt('sequential', SEQUENTIAL_DEFAULTS.alpha);

export function sequentialAt(name: string, alpha: number): Peer {
  const judge = sequential({
    ...SEQUENTIAL_DEFAULTS,
    alpha,
    // Its tail is twice as slow as usual, and usual is quick.
    toleratedLatencyMs: 0,
    minDurationMs: STEP_MS,
  });
  return {
    name,
    sit: () => {
      let evidence = judge.begin();
      let promoted = false;
      return (window) => {
        evidence = judge.take(evidence, window);
        if (evidence.convicted) return 'roll back';
        if (!promoted && window.at % 60_000 === 0 && evidence.step.forMs >= STEP_MS) {
          promoted = judge.verdict(evidence).verdict === 'good';
        }
        return promoted ? 'promote' : 'go on';
      };
    },
  };
}

/** How long a step waits for errors to find an explanation. */
const UNEXPLAINED_MS = 120_000;

/**
 * The sequential judge where no stable runs beside the candidate, as a release goes by it: after a step
 * of ten minutes it is promoted, unless errors are unexplained; then two minutes more, and back.
 */
export function releasedBy(name: string, alpha: number): Peer {
  const policy = { ...SEQUENTIAL_DEFAULTS, alpha, beside: 'never', minDurationMs: 0 } as const;
  const judge = sequential(policy);
  return {
    name,
    sit: (life) => {
      let evidence = judge.know(judge.begin(), life);
      let promoted = false;
      return (window) => {
        if (promoted) return 'go on';
        evidence = judge.take(evidence, window);
        if (evidence.convicted) return 'roll back';
        if (window.at < STEP_MS) return 'go on';
        const { verdict, unexplained } = judge.verdict(evidence);
        promoted = verdict === 'good' || unexplained === undefined;
        if (promoted) return 'promote';
        return window.at >= STEP_MS + UNEXPLAINED_MS ? 'roll back' : 'go on';
      };
    },
  };
}

/** The sequential judge alone, for as long as it lasts. */
export function sequentialAlone(name: string, alpha: number): Peer {
  const judge = sequential({ ...SEQUENTIAL_DEFAULTS, alpha, beside: 'never' });
  return {
    name,
    sit: (life) => {
      let evidence = judge.know(judge.begin(), life);
      return (window) => {
        evidence = judge.take(evidence, window);
        return evidence.convicted ? 'roll back' : 'go on';
      };
    },
  };
}

/** Whoever wants it by the minute gets what was measured in it, or undefined. */
function byMinute(opine: (point: MeasuredWindow | undefined, minute: number) => Opinion): Seat {
  let open: MeasuredWindow | undefined;
  let minute = 0;
  return (window) => {
    if (window.at <= 0) return 'go on';
    if (window.kind === 'measured') open = open ? together(open, window) : window;
    if (window.at < (minute + 1) * 60_000) return 'go on';
    minute++;
    const point = open;
    open = undefined;
    return opine(point, minute);
  };
}

/** Judged anew every minute over all points so far; in its group, errors and p99. */
export function kayenta(name: string, quantile = MANN_WHITNEY_DEFAULTS.quantile): Peer {
  const judge = mannWhitney({ ...MANN_WHITNEY_DEFAULTS, quantile });
  return {
    name,
    sit: () => {
      let evidence = judge.begin();
      return byMinute((point) => {
        if (!point) return 'go on';
        evidence = judge.take(evidence, { ...point, forMs: Math.max(point.forMs, 60_000) });
        const { verdict } = judge.verdict(evidence);
        return verdict === 'bad' ? 'roll back' : verdict === 'good' ? 'promote' : 'go on';
      });
    },
  };
}

export interface Limits {
  /** A measurement fails where the candidate's error rate is not below this... */
  readonly errorRate: number;
  /** ...or where this quantile of its latency is not below so many milliseconds. */
  readonly latency: { readonly quantile: number; readonly ms: number };
}

/** Argo Rollouts with the AnalysisTemplate that the documentation's example is: < 1%, p95 < 200 ms. */
const ARGO_LIMITS: Limits = { errorRate: 0.01, latency: { quantile: 0.95, ms: 200 } };
export const ARGO_FAILURE_LIMIT = 3;
const ARGO_CONSECUTIVE_ERRORS = 4;

export function argo(name: string, limits = ARGO_LIMITS, failureLimit = ARGO_FAILURE_LIMIT): Peer {
  return {
    name,
    sit: () => {
      let [failures, errors] = [0, 0];
      return byMinute((point, minute) => {
        const measured = point && point.candidate.requests > 0;
        errors = measured ? 0 : errors + 1;
        if (measured && fails(limits, point)) failures++;
        if (failures > failureLimit || errors > ARGO_CONSECUTIVE_ERRORS) return 'roll back';
        return minute >= STEP_MINUTES ? 'promote' : 'go on';
      });
    },
  };
}

/** Flagger: success rate of at least 99%, p99 within 500 ms, `threshold: 5` failed checks in all. */
const FLAGGER_LIMITS: Limits = { errorRate: 0.01, latency: { quantile: 0.99, ms: 500 } };
export const FLAGGER_THRESHOLD = 5;

export function flagger(name: string, limits = FLAGGER_LIMITS): Peer {
  return {
    name,
    sit: () => {
      let failed = 0;
      return byMinute((point) => {
        // The controller looks at the count before it makes the next check.
        if (failed >= FLAGGER_THRESHOLD) return 'roll back';
        // No values are a failed check too.
        if (!point || point.candidate.requests === 0 || fails(limits, point)) failed++;
        return 'go on';
      });
    },
  };
}

function fails({ errorRate, latency }: Limits, { candidate }: MeasuredWindow): boolean {
  const slow = candidate.latency && quantileOf(candidate.latency, latency.quantile);
  return candidate.errors / candidate.requests >= errorRate || (slow ?? 0) >= latency.ms;
}
