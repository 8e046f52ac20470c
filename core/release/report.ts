/** Lines for people: where a release stands, and how it ended. */
import { formatDuration } from '../duration.ts';
import { shortImage } from '../image.ts';
import type { Counted } from '../judge/sample.ts';
import { readyPods } from '../kubernetes/endpoints.ts';
import type { Side } from '../vocabulary.ts';
import type { Sides } from './confirmation.ts';
import { interferenceText } from './interference.ts';
import type { ReleaseRecord } from './journal.ts';
import type { Observation } from './observation.ts';
import type { Answer } from './order.ts';
import type { Plan } from './plan.ts';
import { weightText } from './sizing.ts';
import type { Interference, ReleaseState } from './state.ts';

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

export function answerLine({ order, by, taken, text }: Answer): string {
  return `order=${order} by=${by} ${taken}="${text}"`;
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
  // The cluster itself ends the old pods of a rolling release: nobody watches their connections.
  const unwatched = strategy === 'rolling' && outcome === 'promoted' ? 'unknown' : undefined;
  const cut = evidence.connectionsCut ?? unwatched;
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
  ].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? '' : ` ${parts.join(' ')}`;
}

/** How often others changed what the release rests on, and the last of it. */
function changedByOthers(interferences: readonly Interference[]): string | undefined {
  const last = interferences.at(-1);
  if (!last) return undefined;
  return `changed-by-others=${interferences.length} last-change="${interferenceText(last)}"`;
}

/**
 * How many requests failed while the candidate was watched, on either side. `unknown` where none was
 * counted: no metrics, no traffic, or nothing that came so far.
 */
export function failedRequests({
  evidence: { decision },
}: Pick<ReleaseRecord, 'evidence'>): string {
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
