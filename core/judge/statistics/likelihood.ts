/**
 * What one window says, as logarithms of likelihood ratios.
 *
 * Of two sides: of x + y errors in a window, x fall on the candidate with probability theta(r) =
 * r n_c / (r n_c + n_b) where its error rate is r times the stable's. Whatever hits both sides alike
 * cancels, and the traffic's weights may change from window to window (conditional binomial;
 * Turner, Ly, Grünwald, arXiv 2106.02693; Lindon, Sanden, Shirikian, arXiv 2205.14762). For two
 * binomials with one rate, x is hypergeometric, for which the bound is only stricter (Hoeffding
 * 1963, theorem 4).
 */

/** Counts of both sides in one window: errors, or requests that were slow. */
export interface Contest {
  readonly candidate: number;
  readonly candidateRequests: number;
  readonly stable: number;
  readonly stableRequests: number;
}

export const NOTHING: Contest = {
  candidate: 0,
  candidateRequests: 0,
  stable: 0,
  stableRequests: 0,
};

export function sum(a: Contest, b: Contest): Contest {
  return {
    candidate: a.candidate + b.candidate,
    candidateRequests: a.candidateRequests + b.candidateRequests,
    stable: a.stable + b.stable,
    stableRequests: a.stableRequests + b.stableRequests,
  };
}

/**
 * ln of the likelihood ratio of each of `ratios` against `nullRatio`. `tempering` >= 1 divides it
 * where counts scatter more than Poisson.
 */
export function ratioLogs(
  { candidate, candidateRequests, stable, stableRequests }: Contest,
  nullRatio: number,
  ratios: readonly number[],
  tempering = 1,
): readonly number[] {
  const underNull = nullRatio * candidateRequests + stableRequests;
  const both = candidate + stable;
  if (both === 0 || underNull === 0) return ratios.map(() => 0);
  const share = candidateRequests / underNull;
  return ratios.map((ratio) => {
    // theta(r)/theta(r_0) and its complement share a factor: one logarithm serves both.
    const shared = Math.log1p((ratio - nullRatio) * share);
    return (candidate * Math.log(ratio / nullRatio) - both * shared) / tempering;
  });
}

/** The same for error rates between 0 and 1 against `nullRate`, of one side by itself. */
export function rateLogs(
  { candidate, candidateRequests }: Contest,
  nullRate: number,
  rates: readonly number[],
  tempering = 1,
): readonly number[] {
  const answered = candidateRequests - candidate;
  return rates.map((rate) => {
    const byErrors = candidate * Math.log(rate / nullRate);
    return (byErrors + answered * Math.log1p((nullRate - rate) / (1 - nullRate))) / tempering;
  });
}

/**
 * ln of the likelihood ratio of two rates, the candidate's and the stable's, against one rate for
 * both: at their mean, weighted by requests, it is an e-value whatever that one rate is, and whenever
 * the candidate's is the lower one (Turner, Ly, Grünwald, arXiv 2106.02693, theorem 1).
 */
export function outrightLogs(
  { candidate, candidateRequests, stable, stableRequests }: Contest,
  pairs: readonly { readonly candidate: number; readonly stable: number }[],
  tempering = 1,
): readonly number[] {
  const requests = candidateRequests + stableRequests;
  if (candidateRequests === 0 || stableRequests === 0) return pairs.map(() => 0);
  return pairs.map((pair) => {
    const mean = (candidateRequests * pair.candidate + stableRequests * pair.stable) / requests;
    const own = against(candidate, candidateRequests, pair.candidate, mean);
    return (own + against(stable, stableRequests, pair.stable, mean)) / tempering;
  });
}

function against(errors: number, requests: number, rate: number, mean: number): number {
  return errors * Math.log(rate / mean) + (requests - errors) * Math.log((1 - rate) / (1 - mean));
}
