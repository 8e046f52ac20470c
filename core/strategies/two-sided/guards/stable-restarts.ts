/**
 * A plain stable is told apart by the hash of its pod template: where somebody restarts or changes it
 * in mid release, the Service that was narrowed to the old hash loses its pods one by one. As long as
 * no request needs the candidate, it goes first: once none of its pods is ready any more, the Service
 * gets its own selector back, while old pods still serve. Later the selector follows the pods: from
 * when as many of the new ones are ready as of the old, it names these.
 */

import { because, type ReleaseId } from '../../../base/vocabulary.ts';
import { type Action, actionId, patchOf } from '../../../cluster/action.ts';
import type { Observation } from '../../../cluster/observation.ts';
import { sameLabels } from '../../../kubernetes/labels.ts';
import type { Service } from '../../../kubernetes/network-objects.ts';
import { controllerOf, sameTemplate, TEMPLATE_HASH } from '../../../kubernetes/owners.ts';
import { isServing } from '../../../kubernetes/pods/pods.ts';
import { sidesOfTwo } from '../../../plan/own-pods.ts';
import type { TwoSidedPlan } from '../../../plan/plan.ts';
import { routerOf } from '../../../routers/registry.ts';
import type { Selectors } from '../../../routers/routing.ts';
import type { TwoSidedState } from '../../../state/state.ts';
import { type Guarded, stay, type Transition } from '../../strategy.ts';
import { phaseOf, reversed } from '../phase-registry.ts';
import { isOver } from '../transition.ts';
import { emptyCandidate, workloadOf } from '../workloads.ts';

type Step = Transition<TwoSidedState>;

/** The plan with the hash by which the stable's pods are told apart now. */
export function followed(plan: TwoSidedPlan, { stableHash }: TwoSidedState): TwoSidedPlan {
  if (stableHash === undefined) return plan;
  const renamed = (selectors: Selectors): Selectors =>
    selectors.stable[TEMPLATE_HASH] === undefined
      ? selectors
      : { ...selectors, stable: { ...selectors.stable, [TEMPLATE_HASH]: stableHash } };
  const furtherServices = (plan.furtherServices ?? []).map((each) => {
    return { ...each, selectors: renamed(each.selectors) };
  });
  return { ...plan, furtherServices, selectors: renamed(plan.selectors) };
}

function isNarrowed({ selectors }: TwoSidedPlan): boolean {
  return selectors.stable[TEMPLATE_HASH] !== undefined;
}

/** The way back at once, where nothing needs the candidate and the stable's own pods are being replaced. */
export function dropCandidateFirst(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
  changed: string,
): Step | undefined {
  if (!isNarrowed(plan) || !phaseOf(state).isDispensable(plan, state, seen)) return undefined;
  const text = `${changed} while the release was getting ready: its pods could not be told from the candidate's any more; release again once they are replaced`;
  const cause = because('changed-by-others', text);
  const back = reversed({ ...state, phase: 'testing' }, seen.at, cause);
  return stay({ ...back, atOnce: true, conceded: true }, '', emptyCandidate(plan, seen));
}

/** Follows the stable's pods to their new hash, and takes the routes along that name the old one. */
export function followRestarts(
  plan: TwoSidedPlan,
  state: TwoSidedState,
  seen: Observation,
): Guarded<TwoSidedState> {
  if (!isNarrowed(plan) || isOver(state) || state.atOnce === true) return { state };
  const hash = currentHash(plan, seen);
  const next =
    hash === plan.selectors.stable[TEMPLATE_HASH] ? state : { ...state, stableHash: hash };
  const renamed = followed(plan, next);
  const router = routerOf(plan.routing);
  const actions = [...selectorActions(renamed, seen), ...router.followStable(renamed, seen)];
  if (actions.length === 0) return { state: next };
  return { state, step: stay(next, 'the route to follow the pods of the stable', actions) };
}

/**
 * The hash that most of the stable's ready pods carry. Of as many it is the one that the stable goes to, and
 * never back to the one that it comes from: a selector that went to and fro would lead to pods as they end.
 */
function currentHash(plan: TwoSidedPlan, seen: Observation): string {
  const known = plan.selectors.stable[TEMPLATE_HASH] ?? '';
  const counts = new Map<string, number>();
  for (const pod of sidesOfTwo(plan, seen).stable.filter(isServing)) {
    const hash = pod.metadata.labels?.[TEMPLATE_HASH];
    if (hash !== undefined) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  const wanted = wantedHash(plan, seen);
  let best = known;
  for (const [hash, ready] of counts) {
    const most = counts.get(best) ?? 0;
    if (ready > most || (ready === most && hash === wanted)) best = hash;
  }
  return best;
}

/** Of the pods that the stable is to have, as its template is now. */
function wantedHash(plan: TwoSidedPlan, seen: Observation): string | undefined {
  const stable = workloadOf(plan, seen, 'stable');
  const replicaSet = seen.replicaSets.find(
    (each) =>
      controllerOf(each)?.uid === stable?.metadata.uid &&
      stable !== undefined &&
      sameTemplate(each.spec.template, stable.spec.template),
  );
  return replicaSet?.metadata.labels?.[TEMPLATE_HASH];
}

/** Of the Service, and of others that moved along and were narrowed to the same hash. */
function selectorActions(plan: TwoSidedPlan, seen: Observation): Action[] {
  const { release, selectors, furtherServices = [] } = plan;
  const further = furtherServices.flatMap((each) =>
    selectorAction(release, seen.furtherServices?.get(each.name)?.service, each.selectors),
  );
  return [...selectorAction(release, seen.service, selectors), ...further];
}

/** The Service names the stable by another hash than it has. */
function selectorAction(
  release: ReleaseId,
  service: Service | undefined,
  { stable, both }: Selectors,
): Action[] {
  const found = service?.spec.selector ?? {};
  const { [TEMPLATE_HASH]: hash, ...rest } = found;
  const named = hash !== undefined && hash !== stable[TEMPLATE_HASH];
  if (!service || !named || !sameLabels(rest, both)) return [];
  const { name } = service.metadata;
  return [
    {
      id: actionId(release, `follow-${stable[TEMPLATE_HASH]}`, name),
      text: `let service ${name} follow the stable's pods to ${TEMPLATE_HASH} ${stable[TEMPLATE_HASH]}`,
      effect: patchOf(service, [{ op: 'replace', path: '/spec/selector', value: stable }]),
    },
  ];
}
