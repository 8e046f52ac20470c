/**
 * Evidence that may be looked at as often as one likes: an e-process, in logarithms.
 *
 * A likelihood ratio has expectation at most 1 as long as its null hypothesis holds, and so has the
 * product of the ratios of all windows. By Ville's inequality that product ever reaches 1/alpha with
 * probability at most alpha, at whatever moment one stops (Howard, Ramdas, McAuliffe, Sekhon, arXiv
 * 1810.08240; Grünwald, de Heide, Koolen, arXiv 1906.07801).
 *
 * Averages of e-processes are e-processes. Two are taken, with weights that are fixed beforehand:
 * over alternatives, since it is not known how bad a bad candidate is, and over the moment when it
 * turned bad, since otherwise half an hour of good behaviour would have to be made up for first.
 */

/** Plain JSON. */
export interface EProcess {
  /** ln of the evidence for each alternative, over all onsets so far, without its weight. */
  readonly logs: readonly number[];
  /** How long it has been running, for the prior of the onset. */
  readonly forMs: number;
}

/** Prior probability that things are as they are from the first window on. */
const FROM_THE_START = 0.9;

/** Half of the later onsets are expected before this: their prior is F(t) = t / (t + this). */
const ONSET_MEDIAN_MS = 600_000;

export function beginProcess(alternatives: number): EProcess {
  return { logs: Array.from({ length: alternatives }, () => Math.log(FROM_THE_START)), forMs: 0 };
}

/** One window more, given ln of its likelihood ratio for each alternative. */
export function grow(process: EProcess, logRatios: readonly number[], forMs: number): EProcess {
  const onset = Math.log(onsetWithin(process.forMs, forMs));
  const logs = process.logs.map((log, k) => logAdd(log, onset) + (logRatios[k] ?? 0));
  return { logs, forMs: process.forMs + forMs };
}

/** ln E, 0 at first. The weights are those of the alternatives and sum to 1. */
export function logEvidence({ logs, forMs }: EProcess, weights: readonly number[]): number {
  const notYet = Math.log((1 - FROM_THE_START) * (ONSET_MEDIAN_MS / (forMs + ONSET_MEDIAN_MS)));
  return logAdd(notYet, logAverage(logs, weights));
}

/** What ln E is at most, for less than it costs to know it: an average is below its largest part. */
export function boundOfEvidence({ logs }: EProcess): number {
  let largest = 0;
  for (const log of logs) if (log > largest) largest = log;
  return largest;
}

/** ln of the weighted average of e-values that are given as logarithms, whatever their size. */
export function logAverage(logs: readonly number[], weights: readonly number[]): number {
  const largest = Math.max(...logs);
  let sum = 0;
  for (const [k, log] of logs.entries()) sum += (weights[k] ?? 0) * Math.exp(log - largest);
  return largest + Math.log(sum);
}

/** Prior probability that things changed in the window that begins at `sinceMs`. */
function onsetWithin(sinceMs: number, forMs: number): number {
  const until = sinceMs + forMs + ONSET_MEDIAN_MS;
  return ((1 - FROM_THE_START) * ONSET_MEDIAN_MS * forMs) / ((sinceMs + ONSET_MEDIAN_MS) * until);
}

/** ln of a sum from the logarithms of its terms. */
function logAdd(a: number, b: number): number {
  const larger = Math.max(a, b);
  const gap = Math.abs(a - b);
  // Beyond this the smaller is lost in the larger's last digit.
  return gap < 37 ? larger + Math.log(1 + Math.exp(-gap)) : larger;
}
