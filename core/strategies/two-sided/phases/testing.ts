/** The candidate is tried before any traffic: the drain probe, then smoke checks. */
import { because } from '../../../base/vocabulary.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { isServing } from '../../../kubernetes/pods/pods.ts';
import type { Sides } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { candidatePodsAt } from '../../../plan/sizing.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import { countedFrom, enter, noting } from '../../../state/transitions.ts';
import { stay } from '../../strategy.ts';
import { type ProbeVerdict, probeNeed, probeVerdict } from '../drain/probe.ts';
import { countersNeed, namesOf } from '../needs.ts';
import { type Phase, turnBackFrom, UNREACHED } from '../phase.ts';
import { routePrepared } from '../route/expected.ts';
import { stepOf, type TwoSidedTransition } from '../transition.ts';
import { workloadOf } from '../workloads.ts';

export const testing: Phase = {
  ...UNREACHED,
  waitsFor: 'evidence',
  writesRoutes: false,
  ownership: 'held',
  loser: 'kept',
  next: test,
  needs: (plan, state, seen, sides) => {
    const counters = countersNeed(plan, sides);
    if (probed(plan, state, seen, sides).kind !== 'go') {
      return [counters, ...probeNeed(plan, seen, sides.candidate)];
    }
    const pods = namesOf(sides.candidate.filter(isServing));
    return [counters, { kind: 'smoke', key: smokeKey(plan, state), pods }];
  },
  expectedRoute: (plan, _state, seen) => routePrepared(plan, seen),
  triedAgainIn: () => 'preparing',
};

function smokeKey(plan: TwoSidedPlan, state: TwoSidedState): string {
  return `${plan.release}/smoke/${state.since}`;
}

/** The drain probe's word on the candidate; nothing is switched before its pods are all there again. */
function probed(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
): ProbeVerdict {
  const { weightPercent } = stepOf(plan, state);
  const planned = candidatePodsAt(plan, weightPercent, plan.candidate.replicas);
  // Not as many as an autoscaler would have by now: those are started before the switch.
  const wanted = workloadOf(plan, seen, 'candidate')?.spec.replicas ?? planned;
  return probeVerdict(plan, seen, sides.candidate, wanted, countedFrom(state, seen.at));
}

function test(
  plan: TwoSidedPlan,
  begun: TwoSidedState,
  seen: Observation,
  sides: Sides,
): TwoSidedTransition {
  const probe = probed(plan, begun, seen, sides);
  if (probe.kind === 'wait') return stay(begun, probe.waitingFor);
  if (probe.kind === 'refuse') {
    return stay(turnBackFrom(testing, begun, seen.at, probe.cause), '', probe.actions);
  }
  const { evidence: drainProbe } = probe;
  const state = drainProbe === undefined ? begun : noting(begun, { drainProbe });
  const report = seen.reports.get(smokeKey(plan, state));
  if (!report) return stay(state, 'smoke checks of the candidate');
  const failure = report.failures[0];
  if (failure === undefined) return stay(enter(state, 'switching', seen.at), '');
  const more = report.failures.length > 1 ? ` (and ${report.failures.length - 1} more)` : '';
  const cause = because('smoke-check', `smoke check failed: ${failure}${more}`);
  return stay(turnBackFrom(testing, state, seen.at, cause), '');
}
