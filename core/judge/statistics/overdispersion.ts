/**
 * How much more than Poisson the errors of equal pods scatter, from an A/A split: the stable's pods
 * run one version, so whatever sets them apart is noise that a candidate's pods have too. Noise that
 * lasts adds up over requests, so it is looked for at two scales: by the minute and over the whole
 * release. Estimates use only what came before the window that they temper.
 *
 * Pearson's X^2 of the pods' errors, given their sum y, has expectation (m - 1)(1 + (y - 1) c^2 / m)
 * where each of m pods has an error rate of its own with coefficient of variation c
 * (Dirichlet-multinomial); c^2 follows by the method of moments, shrunk towards 0.
 */
import type { ArmSample, Counted, MeasuredWindow } from '../sample.ts';

type Pods = Readonly<Record<string, Counted>>;

/** Pearson's statistic of pods' errors, as sums over one or more stretches of time. */
interface Scatter {
  /** X^2 - (m - 1), and what that is expected to be for each unit of c^2. */
  readonly excess: number;
  readonly weight: number;
  /** m - 1. */
  readonly degrees: number;
}

/** Plain JSON, bounded. */
export interface Dispersion {
  /** The current minute's counts of the stable's pods, and the errors of both sides. */
  readonly minute: { readonly forMs: number; readonly pods: Pods; readonly errors: number };
  /** Errors of both sides in the minute before. */
  readonly errorsBefore: number;
  /** Of all minutes before. */
  readonly scatter: Scatter;
  /** The whole release. */
  readonly life: { readonly pods: Pods; readonly errors: number };
}

const MINUTE_MS = 60_000;

/** More pods than this say nothing more about how pods differ, and the journal is small. */
const MOST_PODS = 32;

/** Knowledge beforehand that pods are alike: in units of `weight`, and in degrees of freedom. */
const PRIOR_WEIGHT = 5;
const PRIOR_DEGREES = 8;

export const ALIKE: Dispersion = {
  minute: { forMs: 0, pods: {}, errors: 0 },
  errorsBefore: 0,
  scatter: { excess: 0, weight: 0, degrees: 0 },
  life: { pods: {}, errors: 0 },
};

export function observePods(dispersion: Dispersion, window: MeasuredWindow): Dispersion {
  const errors = window.candidate.errors + window.stable.errors;
  const pods = window.stable.pods ?? {};
  const life = {
    pods: added(dispersion.life.pods, pods),
    errors: dispersion.life.errors + errors,
  };
  const minute = {
    forMs: dispersion.minute.forMs + window.forMs,
    pods: added(dispersion.minute.pods, pods),
    errors: dispersion.minute.errors + errors,
  };
  if (minute.forMs < MINUTE_MS) return { ...dispersion, minute, life };
  const { excess, weight, degrees } = scatterOf(minute.pods);
  const scatter = {
    excess: dispersion.scatter.excess + excess,
    weight: dispersion.scatter.weight + weight,
    degrees: dispersion.scatter.degrees + degrees,
  };
  return { minute: ALIKE.minute, errorsBefore: minute.errors, scatter, life };
}

/** By how much the next window's logarithms are to be divided: 1 where pods are alike. */
export function temperingOf(dispersion: Dispersion, window: MeasuredWindow): number {
  const { candidate, stable } = window;
  const share = candidate.requests / (candidate.requests + stable.requests);
  const spread = share * (1 - share) * (1 / podsOf(candidate) + 1 / podsOf(stable));
  return tempering(dispersion, window, spread);
}

/** The same of a window in which the candidate is alone: its pods' noise has nothing to cancel with. */
export function temperingAlone(dispersion: Dispersion, window: MeasuredWindow): number {
  return tempering(dispersion, window, 1 / podsOf(window.candidate));
}

function podsOf({ pods = {} }: ArmSample): number {
  return Math.max(1, Object.keys(pods).length);
}

function tempering(dispersion: Dispersion, window: MeasuredWindow, spread: number): number {
  const errors = window.candidate.errors + window.stable.errors;
  const inMinute = Math.max(dispersion.errorsBefore, dispersion.minute.errors + errors);
  const inLife = dispersion.life.errors + errors;
  const byMinute = clear(dispersion.scatter) / (dispersion.scatter.weight + PRIOR_WEIGHT);
  const inflation = Math.max(byMinute * inMinute, lasting(dispersion) * inLife) * spread;
  return 1 + (Number.isFinite(inflation) ? inflation : 0);
}

/** c^2 over the whole release, of which there is only one sample. */
function lasting({ life }: Dispersion): number {
  const scatter = scatterOf(life.pods);
  const { weight, degrees } = scatter;
  return weight > 0 ? clear(scatter) / (weight * (1 + PRIOR_DEGREES / degrees)) : 0;
}

/** What exceeds one standard deviation of chance: pods that are alike are seldom taken for noisy. */
function clear({ excess, degrees }: Scatter): number {
  return Math.max(0, excess - Math.sqrt(2 * degrees));
}

function scatterOf(pods: Pods): Scatter {
  const serving = Object.values(pods).filter(({ requests }) => requests > 0);
  const requests = serving.reduce((sum, pod) => sum + pod.requests, 0);
  const errors = serving.reduce((sum, pod) => sum + pod.errors, 0);
  const degrees = serving.length - 1;
  // One error lies in one pod, however pods differ.
  if (degrees < 1 || errors < 2) return { excess: 0, weight: 0, degrees: 0 };
  const statistic = serving.reduce((sum, pod) => {
    const expected = (pod.requests * errors) / requests;
    return sum + (pod.errors - expected) ** 2 / expected;
  }, 0);
  return {
    excess: statistic - degrees,
    weight: (degrees * (errors - 1)) / serving.length,
    degrees,
  };
}

function added(sums: Pods, pods: Pods): Pods {
  const next: Record<string, Counted> = { ...sums };
  let known = Object.keys(sums).length;
  for (const name in pods) {
    const before = next[name];
    const now = pods[name];
    if (!now || (!before && known >= MOST_PODS)) continue;
    if (!before) known++;
    next[name] = before
      ? { requests: before.requests + now.requests, errors: before.errors + now.errors }
      : { requests: now.requests, errors: now.errors };
  }
  return next;
}
