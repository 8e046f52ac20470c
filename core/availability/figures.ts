/**
 * The two figures of a release: requests that were answered with an error, and requests that were not
 * answered. The first is counted by the pods. Of the second a sample is known, and so the figure is an
 * interval: Wilson's score interval for a binomial share at 95% (E. B. Wilson 1927, Journal of the
 * American Statistical Association 22, 209-212) of the probes, applied to the requests, from the least
 * that clients lost, whatever connections they use, to the most. docs/metrics.md has the method.
 */

import { LOST_HOW, type ProbeCounts, probesLost, probesSent } from '../cluster/prober.ts';
import type { Availability } from './availability.ts';
import { leastMissing } from './shortfall.ts';
import { dispersion } from './usual.ts';

/** The 97.5% quantile of the normal distribution. */
const Z = 1.959964;

export interface Share {
  readonly least: number;
  readonly most: number;
}

/** `hits` of `tries`; anything from 0 to 1 where nothing was tried. */
export function wilson(hits: number, tries: number): Share {
  if (tries === 0) return { least: 0, most: 1 };
  const share = hits / tries;
  const spread = (Z * Z) / tries;
  const middle = share + spread / 2;
  const half = Math.sqrt(spread * (share * (1 - share) + spread / 4));
  return {
    least: hits === 0 ? 0 : Math.max(0, (middle - half) / (1 + spread)),
    most: hits === tries ? 1 : Math.min(1, (middle + half) / (1 + spread)),
  };
}

/** How many requests of clients were not answered. */
export interface Unanswered {
  readonly least: number;
  readonly estimate: number;
  readonly most: number;
}

/** Undefined where the prober saw nothing, or the pods do not tell how many requests there were. */
export function unanswered(availability: Availability): Unanswered | undefined {
  const { probes, counted, lost, usual, missed } = availability;
  const sent = probesSent(probes);
  if (sent === 0 || counted === undefined) return undefined;
  // It is not known how many clients open a connection for each request and how many keep one: what
  // they lost lies between what the ones lose and what the others do.
  const ifAll = CONNECTIONS.flatMap((kind) =>
    probes[kind].sent === 0 ? [] : [lostIfAll(availability, kind)],
  );
  const misses = probesLost(probes);
  const between = unwatchedRequests(availability);
  const most = Math.ceil(Math.max(...ifAll.map((all) => all.most), misses) + between);
  if (misses === 0) return { least: 0, estimate: 0, most };
  const least = Math.max(
    1,
    Math.floor(Math.min(leastMissing(missed, usual), Math.max(...ifAll.map((all) => all.least)))),
  );
  return { least, estimate: Math.min(most, Math.max(least, Math.round(lost))), most };
}

const CONNECTIONS = ['fresh', 'keptAlive'] as const;

/** What clients lost if all of them asked over connections of that kind. */
function lostIfAll(
  { probes, requests, lostIf, usual }: Availability,
  kind: (typeof CONNECTIONS)[number],
): Share {
  const { sent, lost } = probes[kind];
  // What is foretold is what so many requests saw, and chance had its part in that as well: the
  // variance of a difference of two shares is p q (1/n + D/m), of requests that come in bursts.
  const alone = requests / (dispersion(usual) ?? 1);
  const { least, most } = wilson((lost / sent) * tries(sent, alone), tries(sent, alone));
  if (lost === 0) return { least: 0, most: requests * most };
  // By stretches: those in which much was asked count for more.
  const byStretches = lostIf ? lostIf[kind] / (lost / sent) : requests;
  return { least: byStretches * least, most: byStretches * most };
}

function tries(sent: number, requests: number): number {
  return requests < 1 ? sent : (sent * requests) / (sent + requests);
}

/** As many as usual come while one stage has ended and the next has not begun. They are not measured. */
function unwatchedRequests({ usual, unwatchedMs = 0 }: Availability): number {
  return usual.ms === 0 ? 0 : (usual.requests / usual.ms) * unwatchedMs;
}

/**
 * The sum of both as a lower bound: what was answered with an error, and the least that was not
 * answered. Undefined where neither the pods nor the prober could see.
 */
export function failedAtLeast(availability: Availability): number | undefined {
  const { counted, probes } = availability;
  const wasAsked = counted && counted.stable.requests + counted.candidate.requests > 0;
  if (!wasAsked && probesSent(probes) === 0) return undefined;
  const errors = counted ? counted.stable.errors + counted.candidate.errors : 0;
  // A Service that has led nowhere all the while, or a prober that asks for what it never answers.
  if (errors === 0 && probesSent(probes) === 0 && (probes.inVain ?? 0) > 0) return undefined;
  return errors + (unanswered(availability)?.least ?? probesLost(probes));
}

/** `19 of 600 requests`, or why it is not known. */
export function errorsText({ counted }: Availability): string {
  if (!counted) return 'unknown: no pod counts its requests';
  const { stable, candidate } = counted;
  return `${stable.errors + candidate.errors} of ${stable.requests + candidate.requests} requests`;
}

/** `12 of 900 probes (refused 12), some 80 of 6000 requests, 46 to 138`. */
export function unansweredText(availability: Availability): string {
  const { probes } = availability;
  const sent = probesSent(probes);
  const { inVain = 0 } = probes;
  if (sent === 0) return inVain > 0 ? `unknown: none of ${inVain} probes` : 'unknown: no probes';
  const told = `${probesLost(probes)} of ${sent} probes${kinds(probes)}`;
  const figure = unanswered(availability);
  if (!figure) return told;
  const { least, estimate, most } = figure;
  const s = Math.round((availability.unwatchedMs ?? 0) / 1000);
  const between = s > 0 ? `, ${s}s between stages unwatched` : '';
  return `${told}, some ${estimate} of ${Math.round(availability.requests)} requests, ${least} to ${most}${between}`;
}

function kinds({ how, errors }: ProbeCounts): string {
  const named = LOST_HOW.flatMap((each) => (how[each] ? [`${each} ${how[each]}`] : []));
  const all = errors > 0 ? [...named, `5xx ${errors}`] : named;
  return all.length === 0 ? '' : ` (${all.join(', ')})`;
}
