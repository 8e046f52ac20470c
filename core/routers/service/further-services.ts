/**
 * Other Services of the same pods beside a router's own route. They never split: each leads to the
 * stable until the candidate is to have all requests, and moves with that one step.
 */
import type { Action } from '../../cluster/action.ts';
import type { ClusterView } from '../../cluster/observation.ts';
import { DONE, type RouteChange, type Routed, type Router } from '../router.ts';
import type { RoutingBase, Selectors } from '../routing.ts';
import { selectorChange, selectorState } from './router.ts';

type AnyRouted = Routed<RoutingBase>;

/** Which of its selectors a further Service has at a weight of the release's own route. */
export function furtherSelected(weightPercent: number): 'stable' | 'candidate' {
  return weightPercent >= 100 ? 'candidate' : 'stable';
}

/** The router, and the further Services along with it. */
export function withFurtherServices<R extends RoutingBase>(router: Router<R>): Router<R> {
  return {
    ...router,
    preparation: (routed, seen) => [
      ...furtherChanges(routed, seen, 'stable'),
      ...router.preparation(routed, seen),
    ],
    written: (routed, seen, weightPercent) => {
      const own = router.written(routed, seen, weightPercent);
      if (own.kind !== 'as-wanted') return own;
      const selected = furtherSelected(weightPercent);
      const others = (routed.furtherServices ?? []).map((each) =>
        selectorState(each, seen.furtherServices?.get(each.name)?.service, selected),
      );
      return others.find(({ kind }) => kind !== 'as-wanted') ?? own;
    },
    shift: (routed, seen, weightPercent) => {
      const isThere = router.written(routed, seen, weightPercent).kind === 'as-wanted';
      const own = isThere ? [] : router.shift(routed, seen, weightPercent);
      const selected = furtherSelected(weightPercent);
      const changes = furtherChanges(routed, seen, selected);
      return [
        ...own,
        ...changes.flatMap((change) => (change.kind === 'write' ? change.actions : [])),
      ];
    },
    cleanUp: (routed, seen, winner) => [
      ...router.cleanUp(routed, seen, winner),
      ...(winner === 'stable' ? furtherChanges(routed, seen, 'found') : []),
    ],
  };
}

/** Takes those that lead to the candidate away from it; others are left as they are. */
export function furtherBack(routed: AnyRouted, seen: ClusterView): readonly Action[] {
  const misled = (routed.furtherServices ?? []).filter((each) => {
    const service = seen.furtherServices?.get(each.name)?.service;
    return selectorState(each, service, 'candidate').kind === 'as-wanted';
  });
  const changes = furtherChanges({ ...routed, furtherServices: misled }, seen, 'stable');
  return changes.flatMap((change) => (change.kind === 'write' ? change.actions : []));
}

/** All of them as one change: none where there are none. */
function furtherChanges(
  { release, furtherServices = [] }: AnyRouted,
  seen: ClusterView,
  selected: keyof Selectors,
): RouteChange[] {
  if (furtherServices.length === 0) return [];
  const changes = furtherServices.map(({ name, selectors }) =>
    selectorChange(
      { release, selectors, service: name },
      seen.furtherServices?.get(name)?.service,
      selected,
    ),
  );
  const blocked = changes.find(({ kind }) => kind === 'blocked');
  if (blocked) return [blocked];
  const actions = changes.flatMap((change) => (change.kind === 'write' ? change.actions : []));
  const [first] = actions;
  return [first ? { kind: 'write', text: first.text, actions } : DONE];
}
