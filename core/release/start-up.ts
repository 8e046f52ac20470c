/** Why new pods will not become ready: trouble that waiting does not mend, a controller that gave up, or time. */
import { formatDuration } from '../duration.ts';
import type { Pod } from '../kubernetes/objects.ts';
import { troubleAmong, unreadyAmong } from '../kubernetes/pods.ts';
import type { Rollout } from '../kubernetes/rollout.ts';
import type { Instant } from '../vocabulary.ts';
import { type Action, showTrouble } from './action.ts';
import type { Plan } from './plan.ts';

export interface StartFailure {
  readonly cause: string;
  /** Shows what the failing container said. */
  readonly actions: readonly Action[];
}

/** Undefined as long as there is hope. `progress` says how far it is: `1 of 3 candidate pods ready`. */
export function startFailure(
  plan: Plan,
  pods: readonly Pod[],
  rollout: Rollout | undefined,
  progress: string,
  since: Instant,
  at: Instant,
): StartFailure | undefined {
  const trouble = troubleAmong(pods, at);
  if (trouble) {
    const cause = `${trouble.pod} cannot start: ${trouble.reason} ${trouble.message}`.trim();
    return { cause, actions: showTrouble(plan.release, trouble) };
  }
  const { readyMs } = plan.settings.limits;
  const stuck = rollout?.kind === 'stuck' ? rollout.why : undefined;
  if (stuck === undefined && at - since < readyMs) return undefined;
  const unready = unreadyAmong(pods);
  const why = stuck ?? `after ${formatDuration(readyMs)}`;
  const which = unready ? `, ${unready.pod} ${unready.message}` : '';
  return {
    cause: `only ${progress} ${why}${which}`,
    actions: unready ? showTrouble(plan.release, unready) : [],
  };
}
