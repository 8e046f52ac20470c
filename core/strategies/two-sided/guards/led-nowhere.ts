/**
 * A selector that no release writes is somebody's own word, and is left: it may lead to a page that
 * says why nothing is served. Where it leads to no pod at all it is an outage, and is put right as
 * what was put back is.
 */

import type { Observation } from '../../../cluster/observation.ts';
import { writerText } from '../../../kubernetes/field-managers.ts';
import { selects } from '../../../kubernetes/labels.ts';
import { isServing } from '../../../kubernetes/pods/pods.ts';
import { sidesOfTwo } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { routerOf } from '../../../routers/registry.ts';
import type { Selectors } from '../../../routers/routing.ts';
import { select, selectorState } from '../../../routers/service/router.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import type { RouteDrift } from '../../common/drift.ts';
import { phaseOf } from '../phase-registry.ts';
import { isOver, orWhoServes, stepOf } from '../transition.ts';

/** What puts it right; undefined where the Service leads to somebody, or as a release writes it. */
export function ledNowhere(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): RouteDrift | undefined {
  const { service, pods } = seen;
  const { service: name, selectors, release } = plan;
  if (!service || isOver(state)) return undefined;
  if (selectorState({ name, selectors }, service, 'found').kind !== 'changed') return undefined;
  const { selector } = service.spec;
  if (pods.some((pod) => isServing(pod) && selects(selector, pod.metadata.labels))) {
    return undefined;
  }
  return {
    kind: 'moved',
    object: `service ${name}`,
    what: 'its selector',
    by: writerText(service, ['spec', 'selector']),
    advice: '',
    repair: [select(release, service, selectors, wantedBy(plan, state, seen))],
  };
}

/** Where it led before, as long as anybody is there. */
function wantedBy(plan: TwoSidedPlan, state: TwoSidedState, seen: Observation): keyof Selectors {
  const wanted = beforeIt(plan, state);
  if (wanted !== 'stable' && wanted !== 'candidate') return wanted;
  return orWhoServes(sidesOfTwo(plan, seen), wanted);
}

function beforeIt(plan: TwoSidedPlan, state: TwoSidedState): keyof Selectors {
  const phase = phaseOf(state);
  const isBack = state.direction === 'back';
  const isOwners = phase.ownership === (isBack ? 'returning' : 'taking');
  if (isOwners) return 'found';
  // Between two Services it is the last thing that goes over to the candidate.
  const isLast = routerOf(plan.routing).splitsBetween === 'services' && phase.loser !== 'kept';
  if (isLast && !isBack) return 'candidate';
  const step = phase.stepInForce(state);
  const weightPercent = step < 0 ? 0 : stepOf(plan, { ...state, step }).weightPercent;
  return routerOf(plan.routing).endpoints(weightPercent);
}
