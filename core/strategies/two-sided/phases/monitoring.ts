/** The candidate serves at a step's weight and is judged; then the next step, or somebody concludes. */
import { formatDuration } from '../../../base/duration.ts';
import type { Observation } from '../../../cluster/observation.ts';
import type { Sides } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { candidatePodsAt, weightText } from '../../../plan/sizing.ts';
import { routerOf } from '../../../routers/registry.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import { enter, noting, watchLeftMs } from '../../../state/transitions.ts';
import { afterStep } from '../../common/after-step.ts';
import { analyseCandidate } from '../../common/analyse-candidate.ts';
import { stay } from '../../strategy.ts';
import { judgingNeeds } from '../needs.ts';
import { type Phase, turnBackFrom } from '../phase.ts';
import { routeAtStep } from '../route/expected.ts';
import { stepOf, type TwoSidedTransition, watchedAgainIn } from '../transition.ts';

export const monitoring: Phase = {
  waitsFor: 'time',
  writesRoutes: false,
  isAboutWeight: true,
  ownership: 'held',
  loser: 'kept',
  next: monitor,
  needs: (plan, state, _seen, sides) => judgingNeeds(plan, state, sides),
  mayServe: () => true,
  isDispensable: () => false,
  stepInForce: ({ step }) => step,
  expectedRoute: (plan, state, seen) => routeAtStep(plan, state, seen),
  triedAgainIn: watchedAgainIn,
  scaledSide: ({ steps }, { step }) => (step === steps.length - 1 ? 'candidate' : 'stable'),
};

function monitor(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
): TwoSidedTransition {
  const step = stepOf(plan, state);
  const expected = candidatePodsAt(plan, step.weightPercent, plan.candidate.replicas);
  // Where connections are split, a candidate without requests may truly have had none.
  const share = routerOf(plan.routing).splits === 'requests' ? step.weightPercent / 100 : undefined;
  const watched = analyseCandidate(plan, state, seen, sides, expected, share);
  if (watched.turn !== undefined) {
    return stay(
      turnBackFrom(monitoring, watched.state, seen.at, watched.turn),
      '',
      watched.actions,
    );
  }
  const leftMs = watchLeftMs(watched.state, step.watchMs, seen.at);
  if (leftMs > 0) {
    const left = `${formatDuration(leftMs)} more of watching`;
    return stay(watched.state, `${left} at ${weightText(plan, step)}, ${watched.judged}`);
  }
  const then = afterStep(plan, watched, -leftMs);
  if (then.kind === 'wait') return stay(watched.state, then.why);
  if (then.kind === 'turn')
    return stay(turnBackFrom(monitoring, watched.state, seen.at, then.cause), '');
  const next = noting(watched.state, { judged: watched.judged });
  const last = state.step >= plan.steps.length - 1;
  return last
    ? stay(enter({ ...next, watchedStep: state.step }, 'holding', seen.at), '')
    : stay(enter({ ...next, step: state.step + 1 }, 'preparing', seen.at), '');
}
