/** Lines for people: where a release stands, and how it ended. */
import { formatDuration } from '../duration.ts';
import { shortImage } from '../image.ts';
import { readyPods } from '../kubernetes/endpoints.ts';
import type { Side } from '../vocabulary.ts';
import type { Sides } from './confirmation.ts';
import type { ReleaseRecord } from './journal.ts';
import type { Observation } from './observation.ts';
import type { Plan } from './plan.ts';
import type { Evidence, ReleaseState } from './state.ts';

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
  return `phase=${state.phase}${direction} target=${plan.namespace}/${plan.service} elapsed=${formatDuration(seen.at - state.startedAt)} serving=stable:${serving(sides.stable)},candidate:${serving(sides.candidate)}${waiting}`;
}

export function summaryLine(record: ReleaseRecord, service: string): string {
  const duration = formatDuration(record.endedAt - record.startedAt);
  const cause = record.cause === undefined ? '' : ` reason="${record.cause}"`;
  const evidence = evidenceText(record.evidence);
  return `outcome=${record.outcome} service=${service} from=${shortImage(record.from)} to=${shortImage(record.to)} duration=${duration}${evidence}${cause}`;
}

function evidenceText({ moved, movedBack, drained, judged }: Evidence): string {
  const parts = [
    moved && `traffic-moved-by=${moved}`,
    movedBack && `traffic-back-by=${movedBack}`,
    drained && `drained-by=${drained}`,
    judged && `judged="${judged}"`,
  ].filter((part) => part !== undefined && part !== '');
  return parts.length === 0 ? '' : ` ${parts.join(' ')}`;
}
