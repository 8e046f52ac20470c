/** Where a release stands, and how it ended, as fields of log events. */

import { errorsText, failedAtLeast, unansweredText } from '../availability/figures.ts';
import { formatDuration } from '../base/duration.ts';
import { shortImage } from '../base/image.ts';
import { isTwoSided, type Side } from '../base/vocabulary.ts';
import type { Observation } from '../cluster/observation.ts';

import type { CommandResponse } from '../journal/commands/command.ts';
import type { ReleaseRecord } from '../journal/journal.ts';
import type { Counted } from '../judge/sample.ts';
import { readyPods } from '../kubernetes/endpoints.ts';
import type { Sides } from '../plan/own-pods.ts';
import type { Plan } from '../plan/plan.ts';
import { interferenceText } from '../state/interference.ts';
import type { ReleaseState } from '../state/state.ts';
import { strategyOf } from '../strategies/registry.ts';
import { type ToldEnd, toldEnd } from './ends/sentence.ts';
import { askerFields } from './log/asker-fields.ts';
import type { Fields } from './log/log-events.ts';

/** Where a release stands, how many pods of either side new requests reach, and what it waits for. */
export function progressFields(
  plan: Plan,
  state: ReleaseState,
  seen: Observation,
  sides: Sides,
  waitingFor: string,
): Fields<'progress'> {
  const reached = readyPods(seen.slices);
  const serving = (pods: Sides[Side]): number =>
    pods.filter(({ metadata }) => reached.has(metadata.name)).length;
  return {
    phase: state.phase,
    direction: state.direction === 'back' ? 'back' : undefined,
    weight: strategyOf(plan).weight(plan, state),
    target: `${plan.namespace}/${plan.service}`,
    elapsed: formatDuration(seen.at - state.startedAt),
    serving: `stable:${serving(sides.stable)},candidate:${serving(sides.candidate)}`,
    'waiting-for': waitingFor === '' ? undefined : waitingFor,
  };
}

export function responseFields({
  order,
  taken,
  text,
  ...asker
}: CommandResponse): Fields<'command'> {
  const outcome = taken === 'heeded' ? 'accepted' : taken;
  return { command: order, ...askerFields(asker), outcome, reason: text };
}

export function endFields(record: ReleaseRecord, service: string): Fields<'release-ended'> {
  const { outcome, warm, endedAt } = record;
  return {
    outcome,
    service,
    from: shortImage(record.from),
    to: shortImage(record.to),
    duration: formatDuration(endedAt - record.startedAt),
    ...evidenceFields(record),
    ...(warm ? { 'kept-warm': warm.deployment, for: formatDuration(warm.until - endedAt) } : {}),
    ...endWords(toldEnd(record, service)),
    reason: record.cause,
  };
}

/** How it ended, for programs and for people. */
export function endWords({
  code,
  sentence,
  next,
}: ToldEnd): Record<'code' | 'sentence' | 'next', string> {
  return { code, sentence, next };
}

function evidenceFields(record: ReleaseRecord): Fields<'release-ended'> {
  const { outcome, evidence } = record;
  const { decision, availability, interferences = [] } = evidence;
  const last = interferences.at(-1);
  // The cluster itself ends the old pods of a rolling release: their connections are not watched.
  const unwatched = !isTwoSided(record) && outcome === 'promoted' ? 'unknown' : undefined;
  return {
    'traffic-moved-by': evidence.moved,
    'traffic-back-by': evidence.movedBack,
    'drained-by': evidence.drained,
    'connections-cut': evidence.connectionsCut ?? unwatched,
    judged: evidence.judged || undefined,
    'drain-probe': evidence.drainProbe || undefined,
    // How often others changed what the release rests on, and the last of it.
    'changed-by-others': last && interferences.length,
    'last-change': last && interferenceText(last),
    'decided-by': decision?.rule,
    candidate: decision && counts(decision.candidate),
    stable: decision && counts(decision.stable),
    // Both figures, never mixed.
    'answered-with-error': availability && errorsText(availability),
    'not-answered': availability && unansweredText(availability),
  };
}

/** Why it ended as it did, and what requests failed meanwhile, if any did. */
export function reasonText({ cause, evidence }: Pick<ReleaseRecord, 'cause' | 'evidence'>): string {
  const { availability } = evidence;
  const failed = availability && (failedAtLeast(availability) ?? 0) > 0;
  const figures =
    failed &&
    `answered with an error: ${errorsText(availability)}; not answered: ${unansweredText(availability)}`;
  return [cause, figures].filter((part) => part).join('; ');
}

/**
 * How many requests failed at least from the first write to the end, on either side: answered with an
 * error, and not answered. `unknown` where neither the pods nor the prober could see.
 */
export function failedRequests({
  evidence: { decision, availability },
}: Pick<ReleaseRecord, 'evidence'>): string {
  if (availability) return `${failedAtLeast(availability) ?? 'unknown'}`;
  // A record from before there was a prober.
  if (!decision) return 'unknown';
  const { candidate, stable } = decision;
  return candidate.requests + stable.requests > 0
    ? `${candidate.errors + stable.errors}`
    : 'unknown';
}

/** Errors of requests: `19/600`. */
function counts({ errors, requests }: Counted): string {
  return `${errors}/${requests}`;
}
