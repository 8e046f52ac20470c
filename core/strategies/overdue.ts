/** A release does not go forward for ever: it has a time as a whole, and a pause has one. */
import { formatDuration } from '../base/duration.ts';
import { because, type Cause, type Instant } from '../base/vocabulary.ts';
import type { Plan } from '../plan/plan.ts';
import type { ReleaseState } from '../state/state.ts';
import { pausedMs } from '../state/transitions.ts';
import { isHandedOver } from './registry.ts';

/** Why a release that goes forward has taken too long, if it has. One that is handed over waits. */
export function overdue(plan: Plan, state: ReleaseState, at: Instant): Cause | undefined {
  const { wait } = state;
  if (state.direction === 'back' || state.outcome !== undefined) return undefined;
  if (wait.kind === 'paused' && at >= wait.until) {
    const limit = formatDuration(wait.until - wait.since);
    return because('pause-ended', `paused for ${limit}, and not resumed`);
  }
  const { maxMs } = plan.settings.limits;
  const tookMs = at - state.startedAt - pausedMs(state, at);
  if (isHandedOver(state) || tookMs < maxMs) return undefined;
  const limit = formatDuration(maxMs);
  return because('too-late', `not promoted within ${limit}: still in phase ${state.phase}`);
}
