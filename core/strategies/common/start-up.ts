/**
 * Why new pods will not become ready: trouble that waiting does not mend, pods that the API refuses,
 * a probe that never passes, a controller that gave up, or time.
 */
import { formatDuration } from '../../base/duration.ts';
import { foreignText } from '../../base/foreign-text.ts';
import { because, type Cause, type Instant, isTwoSided } from '../../base/vocabulary.ts';
import { type Action, showTrouble } from '../../cluster/action.ts';
import type { Observation } from '../../cluster/observation.ts';
import type { Pod } from '../../kubernetes/objects.ts';
import { lastWarning } from '../../kubernetes/pods/events.ts';
import {
  isServing,
  isTerminating,
  lastReadyAt,
  type Trouble,
  troubleAmong,
  unreadyAmong,
} from '../../kubernetes/pods/pods.ts';
import { neverReadyAmong } from '../../kubernetes/pods/probes.ts';
import type { Rollout } from '../../kubernetes/pods/rollout.ts';
import type { Plan } from '../../plan/plan.ts';

const SAME_ENDING = 40;
const MOST_CHARACTERS = 600;

export interface StartFailure {
  readonly cause: Cause;
  /** Shows what the failing container said. */
  readonly actions: readonly Action[];
}

/** What is waited for: pods to become ready. */
export interface StartUp {
  readonly pods: readonly Pod[];
  /** What a Deployment's controller says of it. */
  readonly rollout?: Rollout | undefined;
  /** How far it is: `1 of 3 candidate pods ready`. */
  readonly progress: string;
  readonly since: Instant;
}

/** Undefined as long as there is hope: pods that become ready one after the other have a time each. */
export function startFailure(
  plan: Plan,
  start: StartUp,
  seen: Observation,
): StartFailure | undefined {
  const { pods, rollout, progress, since } = start;
  const { schedulingMs } = plan.settings.limits;
  const trouble =
    troubleAmong(pods, seen.at, schedulingMs) ?? neverReadyAmong(pods, since, seen.at);
  if (trouble) {
    const text = `${trouble.pod} cannot start: ${troubleText(trouble, seen)}`;
    return {
      cause: because('pods-not-starting', text),
      actions: showTrouble(plan.release, trouble),
    };
  }
  if (rollout?.kind === 'refused' && !roomMayCome(plan, pods, seen)) {
    const text = `${progress}, and no more can be created: ${rollout.why}`;
    return { cause: because('no-room', text), actions: [] };
  }
  return outOfTime(plan, start, seen);
}

/**
 * The same for pods that have served before: nothing better is to be had, so whatever is the matter
 * with one of them, it is given its time.
 */
export function outOfTime(
  plan: Plan,
  { pods, rollout, progress, since }: StartUp,
  seen: Observation,
): StartFailure | undefined {
  const { readyMs } = plan.settings.limits;
  const stuck = rollout?.kind === 'stuck' ? rollout.why : undefined;
  // One that falls and comes back again and again is no progress.
  const lastAt = Math.max(since, lastReadyAt(pods.filter(isFirstRun)));
  if (stuck === undefined && seen.at - lastAt < readyMs) return undefined;
  const unready = unreadyAmong(pods);
  const why = stuck ?? `after ${formatDuration(readyMs)}`;
  const which = unready ? `, ${unready.pod} ${troubleText(unready, seen)}` : '';
  return {
    cause: because('pods-not-ready', `only ${progress} ${why}${which}`),
    actions: unready ? showTrouble(plan.release, unready) : [],
  };
}

function isFirstRun({ status }: Pod): boolean {
  return status?.containerStatuses?.every(({ restartCount }) => restartCount === 0) ?? true;
}

/** A quota is full for a moment where a pod that was let go has not gone yet. */
function roomMayCome(plan: Plan, pods: readonly Pod[], seen: Observation): boolean {
  return seen.pods.some(isTerminating) || (!isTwoSided(plan) && pods.some(isServing));
}

/** The reason, the pod's own message, and the last event that says more: words of others. */
export function troubleText({ pod, reason, message }: Trouble, seen: Observation): string {
  const event = lastWarning(seen.events, 'Pod', pod);
  // Both tell the same error behind words of their own.
  const known = event === undefined || message.endsWith(event.slice(-SAME_ENDING));
  const text = `${reason} ${message}`.trim() + (known ? '' : ` (event ${event})`);
  return foreignText(text, MOST_CHARACTERS);
}
