/**
 * blue-green: the candidate starts beside the stable at the same size, is tried, gets all traffic by
 * one write of the Service's selector, is watched, and only when somebody concludes is the stable
 * let go. Turning back is the same way in the other direction: make before break, both ways.
 */
import { formatDuration } from '../duration.ts';
import { isServing } from '../kubernetes/pods.ts';
import { rolloutOf } from '../kubernetes/rollout.ts';
import type { Action } from '../release/action.ts';
import { confirmMove, type Sides } from '../release/confirmation.ts';
import type { Observation } from '../release/observation.ts';
import type { BlueGreenPlan } from '../release/plan.ts';
import { elapsedMs, ended, enter, noting, turned } from '../release/progress.ts';
import { startFailure } from '../release/start-up.ts';
import type { BlueGreenState } from '../release/state.ts';
import { watchCandidate } from '../release/watch.ts';
import { selectedSide, selectSide } from '../routers/service.ts';
import type { Side } from '../vocabulary.ts';
import {
  candidateActions,
  isCandidateApplied,
  sidesOf,
  stableActions,
  workloadOf,
} from './blue-green-actions.ts';
import { drain, retire } from './blue-green-letting-go.ts';
import type { Transition } from './strategy.ts';

type Step = Transition<BlueGreenState>;

/** One look: what the phase makes of what is seen. */
export function nextBlueGreen(plan: BlueGreenPlan, state: BlueGreenState, seen: Observation): Step {
  const sides = sidesOf(plan, seen);
  switch (state.phase) {
    case 'preparing':
      return state.direction === 'forward'
        ? prepareCandidate(plan, state, seen, sides)
        : prepareStable(plan, state, seen, sides);
    case 'testing':
      return test(plan, state, seen);
    case 'switching':
      return switchTo(plan, state, seen, sides);
    case 'confirming':
      return confirm(plan, state, seen, sides);
    case 'monitoring':
      return monitor(plan, state, seen, sides);
    case 'holding':
      return stay(state, 'somebody to conclude');
    case 'draining':
      return drain(plan, state, seen, sides);
    case 'retiring':
      return retire(plan, state, seen, sides);
    case 'done':
      return stay(state, 'nothing');
  }
}

/** The side that is to serve in the end. */
function winner(state: BlueGreenState): Side {
  return state.direction === 'forward' ? 'candidate' : 'stable';
}

export function smokeKey(plan: BlueGreenPlan, state: BlueGreenState): string {
  return `${plan.release}/smoke/${state.since}`;
}

/** Fresh connections can tell the sides apart only where the config says how. */
export function answersKey(plan: BlueGreenPlan, state: BlueGreenState): string | undefined {
  const asked = plan.settings.drain.confirm && state.direction === 'forward';
  return asked ? `${plan.release}/answers/${state.since}` : undefined;
}

function stay(state: BlueGreenState, waitingFor: string, actions: readonly Action[] = []): Step {
  return { state, actions, waitingFor };
}

function prepareCandidate(
  plan: BlueGreenPlan,
  state: BlueGreenState,
  seen: Observation,
  sides: Sides,
): Step {
  const actions = candidateActions(plan, seen);
  const deployment = workloadOf(plan, seen, 'candidate');
  const applied = deployment && isCandidateApplied(plan, deployment);
  const rollout = applied ? rolloutOf(deployment) : undefined;
  const ready = serving(sides.candidate);
  const progress = `${ready} of ${plan.stable.replicas} candidate pods ready`;
  const pods = applied ? sides.candidate : [];
  const failure = startFailure(plan, pods, rollout, progress, state.since, seen.at);
  if (failure) {
    return stay(turned(state, 'retiring', seen.at, failure.cause), '', failure.actions);
  }
  if (actions.length > 0) return stay(state, 'the candidate to be created', actions);
  return rollout?.kind === 'complete' && ready >= plan.floor
    ? stay(enter(state, 'testing', seen.at), '')
    : stay(state, progress);
}

/** Before traffic goes back: as many stable pods as there were when the release began. */
function prepareStable(
  plan: BlueGreenPlan,
  state: BlueGreenState,
  seen: Observation,
  sides: Sides,
): Step {
  const ready = serving(sides.stable);
  if (ready >= plan.floor) return stay(enter(state, 'switching', seen.at), '');
  const progress = `${ready} of ${plan.floor} stable pods ready`;
  const { readyMs } = plan.settings.limits;
  if (elapsedMs(state, seen.at) < readyMs) {
    return stay(state, progress, stableActions(plan, seen));
  }
  // Sending traffic to too few pods would be worse than leaving it where it is.
  const cause = `${state.cause}; and the way back is blocked: only ${progress} after ${formatDuration(readyMs)}`;
  return stay(ended({ ...state, cause }, seen.at, 'failed'), '');
}

function test(plan: BlueGreenPlan, state: BlueGreenState, seen: Observation): Step {
  const report = seen.reports.get(smokeKey(plan, state));
  if (!report) return stay(state, 'smoke checks of the candidate');
  const failure = report.failures[0];
  if (failure === undefined) return stay(enter(state, 'switching', seen.at), '');
  const more = report.failures.length > 1 ? ` (and ${report.failures.length - 1} more)` : '';
  const cause = `smoke check failed: ${failure}${more}`;
  return stay(turned(state, 'retiring', seen.at, cause), '');
}

function switchTo(
  plan: BlueGreenPlan,
  state: BlueGreenState,
  seen: Observation,
  sides: Sides,
): Step {
  const to = winner(state);
  const { service } = seen;
  if (!service) {
    return stay(ended(state, seen.at, 'failed', `service ${plan.service} is gone`), '');
  }
  const selected = selectedSide(service, plan.selectors);
  if (selected === to) return stay(enter(state, 'confirming', seen.at), '');
  if (state.direction === 'forward' && selected === undefined) {
    const cause = `somebody changed the selector of service ${plan.service} meanwhile`;
    return stay(ended(state, seen.at, 'failed', cause), '');
  }
  if (serving(sides[to]) < plan.floor) {
    const cause = `only ${serving(sides[to])} of ${plan.floor} ${to} pods ready at the switch`;
    const next =
      state.direction === 'forward'
        ? turned(state, 'retiring', seen.at, cause)
        : enter(state, 'preparing', seen.at);
    return stay(next, '');
  }
  const action = selectSide(plan.release, service, plan.selectors, to);
  return stay(state, `the service to select the ${to}`, [action]);
}

function confirm(
  plan: BlueGreenPlan,
  state: BlueGreenState,
  seen: Observation,
  sides: Sides,
): Step {
  const to = winner(state);
  const { limits } = plan.settings;
  if (seen.service && selectedSide(seen.service, plan.selectors) !== to) {
    return stay(enter(state, 'switching', seen.at), '');
  }
  const watched = watchCandidate(plan, state, seen, sides.candidate, plan.floor);
  if (watched.turn !== undefined) {
    return stay(turned(watched.state, 'preparing', seen.at, watched.turn), '', watched.actions);
  }
  const rules = { answersKey: answersKey(plan, state), propagationMs: plan.settings.drain.minMs };
  const { state: next, evidence, waitingFor } = confirmMove(watched.state, seen, sides, to, rules);
  if (evidence) {
    return state.direction === 'forward'
      ? stay(enter(noting(next, { moved: evidence }), 'monitoring', seen.at), '')
      : stay(enter(noting(next, { movedBack: evidence }), 'draining', seen.at), '');
  }
  if (elapsedMs(state, seen.at) < limits.readyMs) return stay(next, waitingFor);
  const cause = `traffic was not seen to move within ${formatDuration(limits.readyMs)}: still waiting for ${waitingFor}`;
  return state.direction === 'forward'
    ? stay(turned(next, 'preparing', seen.at, cause), '')
    : stay(ended({ ...next, cause: `${state.cause}; ${cause}` }, seen.at, 'failed'), '');
}

function monitor(
  plan: BlueGreenPlan,
  state: BlueGreenState,
  seen: Observation,
  sides: Sides,
): Step {
  const watched = watchCandidate(plan, state, seen, sides.candidate, plan.floor);
  if (watched.turn !== undefined) {
    return stay(turned(watched.state, 'preparing', seen.at, watched.turn), '', watched.actions);
  }
  const { monitoringMs } = plan.settings.blueGreen;
  const leftMs = monitoringMs - elapsedMs(state, seen.at);
  if (leftMs > 0) {
    return stay(watched.state, `${formatDuration(leftMs)} more of watching, ${watched.judged}`);
  }
  if (watched.verdict === 'unmeasurable') return stay(watched.state, watched.judged);
  const next = noting(watched.state, { judged: watched.judged });
  return stay(enter(next, 'holding', seen.at), '');
}

function serving(pods: Sides[Side]): number {
  return pods.filter(isServing).length;
}
