/**
 * The plain Service as router. Its selector names one side, or both; where it names both, the counts
 * of pods are the weights, and only what counts can express can be had.
 */

import type { ReleaseId } from '../../base/vocabulary.ts';
import { type Action, actionId, patchOf } from '../../cluster/action.ts';
import { type Labels, sameLabels } from '../../kubernetes/labels.ts';
import type { Service } from '../../kubernetes/network-objects.ts';
import { DONE, type RouteChange, type Routed, type Router, type RouteState } from '../router.ts';
import type { FurtherService, Selectors } from '../routing.ts';

/** By this label a preview Service says that a release made it, and may take it away again. */
export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'zero-downtime-deployment' } as const;

/** The Service itself: its selector decides, and the counts of pods behind it. */
export interface ServiceRouting {
  readonly router: 'service';
}

type Selected = keyof Selectors;

export const serviceRouter: Router<ServiceRouting> = {
  splits: 'connections',

  splitsBetween: 'pods',

  writes: {},

  wanted: () => [],

  plan: () => ({ router: 'service' }),

  read: (routing) => routing,

  warnings: () => [],

  scope: () => [],

  preparation: (routed, { service }) => [selectorChange(routed, service, 'stable')],

  standing: () => [],

  written: ({ selectors, service: name }, { service }, weightPercent) => {
    return selectorState({ name, selectors }, service, selectedAt(weightPercent));
  },

  shift: ({ release, selectors }, { service }, weightPercent) =>
    service ? [select(release, service, selectors, selectedAt(weightPercent))] : [],

  followStable: () => [],

  pending: () => undefined,

  candidateEndpoints: () => undefined,

  endpoints: (weightPercent) => {
    const selected = selectedAt(weightPercent);
    return selected === 'stable' || selected === 'candidate' ? selected : 'both';
  },

  candidatePods: candidatePodsByCount,

  achieved: (weightPercent, full) => {
    if (weightPercent === 0 || weightPercent === 100) return weightPercent;
    const pods = candidatePodsByCount(weightPercent, full);
    return (100 * pods) / (pods + full);
  },

  finalForm: () => [],

  ownRoute: (routed, { service }) => selectorChange(routed, service, 'found'),

  cleanUp: (routed, seen, winner) =>
    winner === 'stable' ? [serviceRouter.ownRoute(routed, seen)] : [],
};

/** Beside `full` stable pods, so many that the share comes closest; never more than `full`. */
function candidatePodsByCount(weightPercent: number, full: number): number {
  if (weightPercent >= 100) return full;
  const pods = Math.round((full * weightPercent) / (100 - weightPercent));
  return Math.min(full, Math.max(1, pods));
}

function selectedAt(weightPercent: number): Selected {
  if (weightPercent === 0) return 'stable';
  return weightPercent === 100 ? 'candidate' : 'both';
}

function isOurs(selectors: Selectors, selector: Labels | undefined): boolean {
  return Object.values(selectors).some((each: Labels) => sameLabels(selector, each));
}

/** Whether a Service has one of the selectors of a release. */
export function selectorState(
  { name, selectors }: FurtherService,
  service: Service | undefined,
  selected: Selected,
): RouteState {
  if (!service) return { kind: 'gone', of: { kind: 'Service', name }, what: `service ${name}` };
  const { selector } = service.spec;
  if (sameLabels(selector, selectors[selected])) return { kind: 'as-wanted' };
  return isOurs(selectors, selector)
    ? { kind: 'otherwise' }
    : { kind: 'changed', of: { kind: 'Service', name }, what: `the selector of service ${name}` };
}

/** A selector brought about as one of several changes. */
export function selectorChange(
  {
    release,
    selectors,
    service: name,
  }: Pick<Routed<ServiceRouting>, 'release' | 'selectors' | 'service'>,
  service: Service | undefined,
  selected: Selected,
): RouteChange {
  const of = { kind: 'Service', name };
  if (!service) return { kind: 'blocked', of, why: `service ${name} is gone` };
  const { selector } = service.spec;
  if (sameLabels(selector, selectors[selected])) return DONE;
  if (!isOurs(selectors, selector)) {
    const why = `somebody changed the selector of service ${name} meanwhile`;
    return { kind: 'blocked', of, why };
  }
  const action = select(release, service, selectors, selected);
  return { kind: 'write', text: action.text, actions: [action] };
}

const WORDS: Readonly<Record<Selected, string>> = {
  stable: 'send service NAME to the stable',
  candidate: 'send service NAME to the candidate',
  both: 'send service NAME to both sides',
  found: 'give service NAME its own selector back',
};

/** One write, refused if anybody has touched the Service since it was looked at. */
export function select(
  release: ReleaseId,
  service: Service,
  selectors: Selectors,
  selected: Selected,
): Action {
  const { name } = service.metadata;
  const value = selectors[selected];
  return {
    id: actionId(release, `select-${selected}`, name),
    text: WORDS[selected].replace('NAME', name),
    effect: patchOf(service, [{ op: 'replace', path: '/spec/selector', value }]),
  };
}
