/** The one write that gives the candidate its share, and why it must wait or must not be. */

import { because } from '../../../base/vocabulary.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { readyByEveryFamily } from '../../../kubernetes/endpoints.ts';
import { isServing } from '../../../kubernetes/pods/pods.ts';
import type { Sides } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { candidatePodsAt, fullSize, weightText } from '../../../plan/sizing.ts';
import { routerOf } from '../../../routers/registry.ts';
import type { RouteState } from '../../../routers/router.ts';
import { furtherBack } from '../../../routers/service/further-services.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import { ended, enter, isPropagating, observedSince } from '../../../state/transitions.ts';
import { driftAmong, isRouteAsFound, type RouteDrift } from '../../common/drift.ts';
import { stay } from '../../strategy.ts';
import { mostPods } from '../autoscaler.ts';
import { judgingNeeds } from '../needs.ts';
import { type Phase, turnBackFrom } from '../phase.ts';
import { routeToWrite } from '../route/expected.ts';
import { isUnreached } from '../route/misled.ts';
import { serving, stepOf, type TwoSidedTransition } from '../transition.ts';
import { workloadOf } from '../workloads.ts';

export const switching: Phase = {
  waitsFor: 'write',
  writesRoutes: true,
  isAboutWeight: true,
  ownership: 'held',
  loser: 'kept',
  next: switchTo,
  needs: (plan, state, _seen, sides) => judgingNeeds(plan, state, sides),
  mayServe: () => true,
  isDispensable: isUnreached,
  stepInForce: ({ step }) => step - 1,
  expectedRoute: routeToWrite,
  triedAgainIn: () => undefined,
  scaledSide: () => 'stable',
};

function switchTo(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
): TwoSidedTransition {
  const { weightPercent } = stepOf(plan, state);
  const router = routerOf(plan.routing);
  const written = router.written(plan, seen, weightPercent);
  if (state.conceded === true && isRouteAsFound(plan, seen)) {
    // It is left as others put it back: what it reaches of the candidate goes with the candidate. But
    // they may have put back their own route, and not the other Services that had moved along.
    const further = furtherBack(plan, seen);
    if (further.length > 0) return stay(state, 'the other Services to lead to the stable', further);
    return stay(enter(state, 'draining', seen.at), '');
  }
  const lacking = lacksStable(plan, seen, sides, weightPercent);
  const standing = driftAmong(plan, seen, router.standing(plan, seen));
  const isAside = standing !== undefined && standing.repair.length > 0;
  // Between Services it leads to the stable alone, whose pods have to be there; to both, at any time.
  const isHarmless = !lacking || router.splitsBetween !== 'services';
  if (isAside && isHarmless) return repairStanding(plan, state, seen, sides, standing, written);
  switch (written.kind) {
    case 'gone':
      return stay(
        ended(state, seen.at, 'failed', because('object-gone', `${written.what} is gone`)),
        '',
      );
    case 'as-wanted':
      // What stands beside the weight waits for the stable's pods, and nothing is confirmed before.
      if (isAside) break;
      return stay(enter(state, 'confirming', seen.at), '');
    case 'changed':
      if (state.direction === 'forward') {
        const cause = because('changed-by-others', `somebody changed ${written.what} meanwhile`);
        return stay(ended(state, seen.at, 'failed', cause), '');
      }
      break;
    case 'otherwise':
      break;
  }
  if (isOutgrown(plan, seen, weightPercent)) {
    return stay(enter(state, 'preparing', seen.at), '');
  }
  if (lacking && isAwaited(plan, state, seen, sides)) {
    return stay(state, 'the stable to have all its pods again');
  }
  const missing = lacking ?? lacksCandidate(plan, seen, sides, weightPercent);
  if (missing) {
    const next =
      state.direction === 'forward'
        ? turnBackFrom(switching, state, seen.at, because('pods-lost', missing))
        : enter(state, 'preparing', seen.at);
    return stay(next, '');
  }
  const known = knownAsEndpoints(plan, state, seen, sides, weightPercent);
  if (known.waitingFor !== undefined) return stay(known.state, known.waitingFor);
  return writeWeight(plan, known.state, seen, written);
}

function repairStanding(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
  { what, object, repair }: RouteDrift,
  written: RouteState,
): TwoSidedTransition {
  // Where no pod serves behind the route as it is, nothing is gained by one after the other.
  const alone = state.direction === 'back' && serving(sides.candidate) === 0;
  const isDue = alone && written.kind !== 'as-wanted';
  const weight = isDue ? routerOf(plan.routing).shift(plan, seen, 0) : [];
  return stay(state, `${what} of ${object} to be right again`, [...repair, ...weight]);
}

function writeWeight(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  written: RouteState,
): TwoSidedTransition {
  const step = stepOf(plan, state);
  const actions = routerOf(plan.routing).shift(plan, seen, step.weightPercent);
  if (written.kind === 'changed' && actions.length === 0) {
    // On the way back too: what no release writes is left, and waiting for it would have no end.
    const cause = `${state.cause}; somebody changed ${written.what} meanwhile; both versions are left running`;
    return stay(ended({ ...state, cause }, seen.at, 'failed'), '');
  }
  const share = state.direction === 'back' ? 'nothing' : weightText(plan, step);
  return stay(state, `the route to give the candidate ${share}`, actions);
}

/** A proxy that learns of a weight before it learns of the pods behind it answers 503. */
function knownAsEndpoints(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
  weightPercent: number,
): { readonly state: TwoSidedState; readonly waitingFor?: string } {
  const slices = routerOf(plan.routing).candidateEndpoints(seen);
  if (!slices || weightPercent === 0) return { state };
  const reached = readyByEveryFamily(slices);
  const missing = sides.candidate.filter(
    (pod) => isServing(pod) && !reached.has(pod.metadata.name),
  );
  if (missing.length > 0) {
    const waitingFor = `${missing.length} candidate pods to become endpoints`;
    return { state: { ...state, endpointsSince: undefined }, waitingFor };
  }
  const next = observedSince(state, seen.at);
  return isPropagating(next, plan.settings.drain.minMs, seen.at)
    ? { state: next, waitingFor: 'every proxy to know the candidate' }
    : { state: next };
}

/** An autoscaler has let the stable grow since the candidate was made ready: no reason to turn back. */
function isOutgrown(plan: TwoSidedPlan, seen: Observation, weightPercent: number): boolean {
  const { replicas = 1 } = workloadOf(plan, seen, 'candidate')?.spec ?? {};
  const wanted = candidatePodsAt(plan, weightPercent, fullSize(plan, seen));
  return plan.autoscaler !== undefined && weightPercent > 0 && replicas < wanted;
}

/** Why a weight must not be written now: no route leads to pods that are not there. */
function lacksStable(
  plan: TwoSidedPlan,
  seen: Observation,
  sides: Sides,
  weightPercent: number,
): string | undefined {
  const stable = serving(sides.stable);
  const all = Math.min(plan.floor, mostPods(plan, seen));
  // Back from a candidate that has no pod left, one is better than none.
  const floor = weightPercent === 0 && serving(sides.candidate) === 0 ? Math.min(1, all) : all;
  return weightPercent < 100 && stable < floor
    ? `only ${stable} of ${floor} stable pods ready at the switch`
    : undefined;
}

/** A stable pod that was evicted comes back: the weight is what it was, and says nothing of the candidate. */
function isAwaited(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  sides: Sides,
): boolean {
  const isSoon = seen.at - state.since < plan.settings.limits.readyMs;
  return state.direction === 'forward' && serving(sides.stable) > 0 && isSoon;
}

function lacksCandidate(
  plan: TwoSidedPlan,
  seen: Observation,
  sides: Sides,
  weightPercent: number,
): string | undefined {
  if (weightPercent === 0) return undefined;
  const wanted = candidatePodsAt(plan, weightPercent, fullSize(plan, seen));
  const candidate = serving(sides.candidate);
  return candidate < wanted
    ? `only ${candidate} of ${wanted} candidate pods ready at the switch`
    : undefined;
}
