/**
 * What differs from what a release last wrote into the routes, who has changed it, and the writes
 * that put it right. A release is no controller that would be woken by each change: it looks by
 * itself, at every decision.
 */

import type { Action } from '../../cluster/action.ts';
import type { ClusterView, Observation } from '../../cluster/observation.ts';
import { keyOf } from '../../kubernetes/by-name.ts';
import { type FieldPath, keeperOf, writerText } from '../../kubernetes/field-managers.ts';
import type { KubernetesObject } from '../../kubernetes/objects.ts';
import type { TwoSidedPlan } from '../../plan/plan.ts';
import { routerOf } from '../../routers/registry.ts';
import { type RouteChange, type RoutedObject, routeChange } from '../../routers/router.ts';

export interface RouteDrift {
  /** moved: says what a release may have written · foreign: says what none writes · gone: is not there. */
  readonly kind: 'moved' | 'foreign' | 'gone';
  /** `service pay` */
  readonly object: string;
  /** `its selector` */
  readonly what: string;
  readonly by: string;
  /** What makes the other leave the field alone, where it is known. */
  readonly advice: string;
  readonly repair: readonly Action[];
}

interface Field {
  readonly object: KubernetesObject | undefined;
  readonly text: string;
  readonly what: string;
  readonly path: FieldPath;
}

/** The first thing that keeps the route from sending `weightPercent` to the candidate. */
export function driftAt(
  plan: TwoSidedPlan,
  seen: Observation,
  weightPercent: number,
): RouteDrift | undefined {
  const router = routerOf(plan.routing);
  const standing = driftAmong(plan, seen, router.standing(plan, seen));
  if (standing) return standing;
  const written = router.written(plan, seen, weightPercent);
  switch (written.kind) {
    case 'as-wanted':
      return undefined;
    case 'otherwise':
      return driftAmong(plan, seen, [routeChange(router.shift(plan, seen, weightPercent))]);
    case 'changed':
      return driftOf('foreign', fieldOf(plan, seen, written.of), []);
    case 'gone':
      return driftOf('gone', fieldOf(plan, seen, written.of), []);
  }
}

/** The first thing that keeps the route from being as it is to stay once the candidate was found good. */
export function driftFromFinal(plan: TwoSidedPlan, seen: Observation): RouteDrift | undefined {
  const changes = routerOf(plan.routing).finalForm(plan, seen);
  return changes.length === 0 ? driftAt(plan, seen, 100) : driftAmong(plan, seen, changes);
}

/** The first of several changes that is not as it was brought about. */
export function driftAmong(
  plan: TwoSidedPlan,
  seen: ClusterView,
  changes: readonly RouteChange[],
): RouteDrift | undefined {
  const open = changes.find(({ kind }) => kind !== 'done');
  if (!open || open.kind === 'done') return undefined;
  if (open.kind === 'write')
    return driftOf('moved', writtenBy(plan, seen, open.actions), open.actions);
  if (!seen.service) return driftOf('gone', selectorField(seen, plan.service), []);
  const field = fieldOf(plan, seen, open.of);
  return driftOf(field.object ? 'foreign' : 'gone', field, []);
}

/** Whether the routes are as the release found them: whom they reach then is their owner's word. */
export function isRouteAsFound(plan: TwoSidedPlan, seen: ClusterView): boolean {
  const router = routerOf(plan.routing);
  const asFound = router.ownRoute(plan, seen).kind === 'done';
  if (router.splitsBetween === 'pods') return asFound;
  // Other Services that move along are no part of it: given back, they lead as they were found.
  const alone = { ...plan, furtherServices: [] };
  return asFound && router.written(alone, seen, 0).kind === 'as-wanted';
}

function driftOf(kind: RouteDrift['kind'], field: Field, repair: readonly Action[]): RouteDrift {
  const { object, text, what, path } = field;
  const keeper = object && keeperOf(object);
  const advice = keeper ? `: ${keeper.advice(`/${path.join('/')} of ${text}`)}` : '';
  return { kind, object: text, what, by: writerText(object, path), advice, repair };
}

/** The field that the first of the actions writes. */
function writtenBy(plan: TwoSidedPlan, seen: ClusterView, [action]: readonly Action[]): Field {
  const effect = action?.effect;
  if (effect?.kind === 'patch') {
    return fieldOf(plan, seen, effect.target);
  }
  if (effect?.kind === 'apply' || effect?.kind === 'create') {
    const { kind, metadata } = effect.object;
    return fieldNamed(plan, seen, kind, metadata.name);
  }
  return selectorField(seen, plan.service);
}

/** What a release writes of the object. */
function fieldOf(plan: TwoSidedPlan, seen: ClusterView, { kind, name }: RoutedObject): Field {
  return kind === 'Service' ? selectorField(seen, name) : fieldNamed(plan, seen, kind, name);
}

/** Of the release's Service, or of another that moves along. */
function selectorField(seen: ClusterView, name: string): Field {
  const isOwn = seen.service?.metadata.name === name;
  const object = isOwn ? seen.service : seen.furtherServices?.get(name)?.service;
  return { object, text: `service ${name}`, what: 'its selector', path: ['spec', 'selector'] };
}

function fieldNamed(plan: TwoSidedPlan, seen: ClusterView, kind: string, name: string): Field {
  const { what, field } = routerOf(plan.routing).writes[kind] ?? { what: 'it', field: '' };
  const object = seen.others.get(keyOf(kind, name));
  return { object, text: `${kind} ${name}`, what, path: ['spec', field] };
}
