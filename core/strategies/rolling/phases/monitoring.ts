/** All pods are of the candidate, and it is judged for as long as the config says. */
import { formatDuration } from '../../../base/duration.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { isTerminating } from '../../../kubernetes/pods/pods.ts';
import { sidesOfOne } from '../../../plan/own-pods.ts';
import type { RollingPlan } from '../../../plan/plan.ts';
import type { RollingState } from '../../../state/state.ts';
import { enter, noting, turnedBack, watchLeftMs } from '../../../state/transitions.ts';
import { afterStep } from '../../common/after-step.ts';
import { analyseCandidate } from '../../common/analyse-candidate.ts';
import { stay, type Transition } from '../../strategy.ts';
import { judgingNeeds } from '../needs.ts';
import type { Phase } from '../phase.ts';

export const monitoring: Phase = {
  waitsFor: 'time',
  replacesPods: false,
  next: monitor,
  needs: (plan, _state, seen) => judgingNeeds(plan, seen),
};

function monitor(
  plan: RollingPlan,
  state: RollingState,
  seen: Observation,
): Transition<RollingState> {
  const { stable, candidate: all } = sidesOfOne(plan, seen);
  const candidate = all.filter((pod) => !isTerminating(pod));
  const sides = { stable, candidate };
  const watched = analyseCandidate(plan, state, seen, sides, plan.workload.replicas);
  if (watched.turn !== undefined) {
    return stay(turnedBack(watched.state, 'rolling', seen.at, watched.turn), '', watched.actions);
  }
  const leftMs = watchLeftMs(watched.state, plan.settings.rolling.monitoringMs, seen.at);
  if (leftMs > 0) {
    return stay(watched.state, `${formatDuration(leftMs)} more of watching, ${watched.judged}`);
  }
  const then = afterStep(plan, watched, -leftMs);
  if (then.kind === 'wait') return stay(watched.state, then.why);
  if (then.kind === 'turn') {
    return stay(turnedBack(watched.state, 'rolling', seen.at, then.cause), '');
  }
  const next = noting(watched.state, { judged: watched.judged });
  return stay(enter(next, 'holding', seen.at), '');
}
