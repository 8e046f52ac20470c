/** What the sequential judge must show. A bound that is broken ends the benchmark with an error. */

import { find } from '../trials/trial.ts';
import type { Report } from './cells.ts';

/** Where the candidate is at least four times as bad, and nothing else is the matter. */
const CLEARLY_BAD: readonly string[] = ['0.5 -> 2%', '0.5 -> 5%'];

/** Judges of the field, each tuned to the same rate of false rollbacks. */
const PEERS: readonly string[] = ['Kayenta, tuned', 'Argo, tuned', 'Flagger, tuned'];

const LONGEST_JUDGEMENT_MS = 50;

export function brokenBounds({ outcomes, alone, cost }: Report): readonly string[] {
  const falseRollbacks = [...outcomes, ...alone].flatMap(({ scenario, results }) => {
    const upper = find(results, 'sequential').interval[1];
    return scenario.bound !== undefined && upper > scenario.bound
      ? [`${scenario.name}: up to ${percent(upper)} rolled back, not ${percent(scenario.bound)}`]
      : [];
  });
  const slow = outcomes.flatMap(({ scenario, results }) => {
    if (!CLEARLY_BAD.includes(scenario.name)) return [];
    const own = find(results, 'sequential, tuned').badRequests;
    const best = Math.min(...PEERS.map((name) => find(results, name).badRequests));
    const told = `${own.toFixed(1)} bad requests served, the next best judge ${best.toFixed(1)}`;
    return own > best / 2 ? [`${scenario.name}: ${told}`] : [];
  });
  const costly =
    cost.judgementMs > LONGEST_JUDGEMENT_MS
      ? [`${cost.windows} windows took ${cost.judgementMs.toFixed(0)} ms to judge`]
      : [];
  return [...falseRollbacks, ...slow, ...costly];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)}%`;
}
