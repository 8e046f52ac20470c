/** Lines for people: where a release stands, and how it ended. */

import type { Availability } from '../availability/availability.ts';
import { errorsText, failedAtLeast, unansweredText } from '../availability/figures.ts';
import { formatDuration } from '../base/duration.ts';
import { shortImage } from '../base/image.ts';
import type { Side } from '../base/vocabulary.ts';
import type { Observation } from '../cluster/observation.ts';
import { askerText } from '../journal/commands/asker.ts';
import type { CommandResponse } from '../journal/commands/command.ts';
import type { ReleaseRecord } from '../journal/journal.ts';
import type { Counted } from '../judge/sample.ts';
import { readyPods } from '../kubernetes/endpoints.ts';
import type { Sides } from '../plan/own-pods.ts';
import type { Plan } from '../plan/plan.ts';
import { weightText } from '../plan/sizing.ts';
import { interferenceText } from '../state/interference.ts';
import type { Interference, ReleaseState } from '../state/state.ts';

/** Where a release stands, how many pods of either side new requests reach, and what it waits for. */
export function progressLine(
  plan: Plan,
  state: ReleaseState,
  seen: Observation,
  sides: Sides,
  waitingFor: string,
): string {
  const reached = readyPods(seen.slices);
  const serving = (pods: Sides[Side]): number =>
    pods.filter(({ metadata }) => reached.has(metadata.name)).length;
  const direction = state.direction === 'back' ? ' direction=back' : '';
  const waiting = waitingFor === '' ? '' : ` waiting-for="${waitingFor}"`;
  const weight = weightOf(plan, state);
  return `phase=${state.phase}${direction}${weight} target=${plan.namespace}/${plan.service} elapsed=${formatDuration(seen.at - state.startedAt)} serving=stable:${serving(sides.stable)},candidate:${serving(sides.candidate)}${waiting}`;
}

/** The share that the candidate has been given, in the phases that are about it. */
function weightOf(plan: Plan, state: ReleaseState): string {
  if (plan.strategy === 'rolling' || state.strategy === 'rolling') return '';
  const step = plan.steps[state.step];
  const moving = ['switching', 'confirming', 'monitoring'].includes(state.phase);
  if (!moving || !step) return '';
  return ` weight="${state.direction === 'back' ? '0%' : weightText(plan, step)}"`;
}

export function responseLine({ order, taken, text, ...asker }: CommandResponse): string {
  return `order=${order} ${askerText(asker)} ${responseWord(taken)}="${text}"`;
}

/** The journal keeps an older word. */
export function responseWord(taken: CommandResponse['taken']): 'accepted' | 'refused' {
  return taken === 'refused' ? 'refused' : 'accepted';
}

export function summaryLine(record: ReleaseRecord, service: string): string {
  const duration = formatDuration(record.endedAt - record.startedAt);
  const cause = record.cause === undefined ? '' : ` reason="${record.cause}"`;
  const evidence = evidenceText(record);
  return `outcome=${record.outcome} service=${service} from=${shortImage(record.from)} to=${shortImage(record.to)} duration=${duration}${evidence}${warmText(record)}${cause}`;
}

function warmText({ warm, endedAt }: ReleaseRecord): string {
  return warm ? ` kept-warm=${warm.deployment} for=${formatDuration(warm.until - endedAt)}` : '';
}

function evidenceText({ strategy, outcome, evidence }: ReleaseRecord): string {
  const { moved, movedBack, drained, judged, drainProbe, decision, interferences = [] } = evidence;
  // The cluster itself ends the old pods of a rolling release: their connections are not watched.
  const unwatched = strategy === 'rolling' && outcome === 'promoted' ? 'unknown' : undefined;
  const cut = evidence.connectionsCut ?? unwatched;
  const { availability } = evidence;
  const parts = [
    moved && `traffic-moved-by=${moved}`,
    movedBack && `traffic-back-by=${movedBack}`,
    drained && `drained-by=${drained}`,
    cut && `connections-cut=${cut}`,
    judged && `judged="${judged}"`,
    drainProbe && `drain-probe="${drainProbe}"`,
    changedByOthers(interferences),
    decision &&
      `decided-by="${decision.rule}" candidate=${counts(decision.candidate)} stable=${counts(decision.stable)}`,
    availability && figuresText(availability),
  ].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? '' : ` ${parts.join(' ')}`;
}

/** How often others changed what the release rests on, and the last of it. */
function changedByOthers(interferences: readonly Interference[]): string | undefined {
  const last = interferences.at(-1);
  if (!last) return undefined;
  return `changed-by-others=${interferences.length} last-change="${interferenceText(last)}"`;
}

/** Both figures, never mixed. */
function figuresText(availability: Availability): string {
  return `answered-with-error="${errorsText(availability)}" not-answered="${unansweredText(availability)}"`;
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
