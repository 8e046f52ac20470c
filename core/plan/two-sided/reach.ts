/**
 * What the selectors of a release reach, looked at before anything is planned: pods of others get no
 * request through a release that they did not get before, and lose none without the config's word.
 */

import { COLOUR } from '../../cluster/colours.ts';
import {
  type Foreigner,
  foreignersOf,
  isControllers,
  type Neighbours,
  namesReached,
} from '../../cluster/neighbours.ts';
import type { PlanInput } from '../../cluster/plan-input.ts';
import { type Labels, selectorText, selects } from '../../kubernetes/labels.ts';
import { routerOf } from '../../routers/registry.ts';
import type { Selectors } from '../../routers/routing.ts';
import type { TwoSidedPlan } from '../plan.ts';
import { type FurtherService, furtherServicesFor } from './further-services.ts';

/** What of a two-sided plan decides whom it reaches. */
export type Reaching = Pick<TwoSidedPlan, 'candidate' | 'selectors' | 'routing' | 'steps'>;

export interface Reach {
  readonly selectors: Selectors;
  readonly furtherServices: readonly FurtherService[];
}

/** The selectors that may be written, and the other Services that move along; or why not, in words. */
export function reachOf(input: PlanInput, planned: Reaching): Reach | string {
  const { subject, neighbours, settings } = input;
  if (!neighbours) return { selectors: planned.selectors, furtherServices: [] };
  const foreigners = foreignersAround(input, planned, neighbours);
  const { service, deployment } = subject;
  const { found } = planned.selectors;
  const dropped = namesReached(
    foreigners,
    found,
    ({ serves, labels }) => serves && !selects(planned.selectors.candidate, labels),
  );
  if (dropped.length > 0 && settings.workload.others !== 'exclude') {
    return `service ${service.metadata.name} leads to pods that are not deployment ${deployment.metadata.name}'s as well (${dropped.join(', ')}), and strategy ${settings.strategy} would leave these without requests: give them a Service of their own, use strategy rolling, or say workload.others: exclude in the release config if that is meant`;
  }
  const selectors = narrowed(input, planned, foreigners);
  if (typeof selectors === 'string') return selectors;
  const furtherServices = furtherServicesFor(input, { ...planned, selectors }, foreigners);
  return typeof furtherServices === 'string' ? furtherServices : { selectors, furtherServices };
}

function foreignersAround(
  { subject }: PlanInput,
  { candidate }: Reaching,
  neighbours: Neighbours,
): Foreigner[] {
  const deployments = [subject.deployment.metadata.name, candidate.name];
  return foreignersOf(neighbours, { deployments, statefulSets: [] });
}

function narrowed(
  input: PlanInput,
  planned: Reaching,
  foreigners: readonly Foreigner[],
): Selectors | string {
  const { selectors } = planned;
  const { found } = selectors;
  const inUse: (keyof Selectors)[] = usesBoth(planned)
    ? ['stable', 'candidate', 'both']
    : ['stable', 'candidate'];
  let result = selectors;
  for (const key of inUse) {
    const trespassed = foreigners.filter(
      ({ labels }) => selects(selectors[key], labels) && !selects(found, labels),
    );
    const selector = narrower(selectors[key], commonLabels(input, planned), trespassed);
    if (!selector) return refusal(input, key, selectors[key], trespassed);
    result = { ...result, [key]: selector };
  }
  return result;
}

/** Whether the Service ever selects both sides at once. */
function usesBoth({ routing, steps }: Reaching): boolean {
  const router = routerOf(routing);
  return steps.some(({ weightPercent }) => router.endpoints(weightPercent) === 'both');
}

/** The selector with as few further labels as keep all of the others out; undefined: none do. */
function narrower(
  selector: Labels,
  common: Labels,
  others: readonly Foreigner[],
): Labels | undefined {
  let result = selector;
  let left = others;
  while (left.length > 0) {
    const kept = ([key, value]: [string, string]): Foreigner[] =>
      left.filter(({ labels }) => labels[key] === value);
    const [best] = Object.entries(common).sort(
      (a, b) => kept(a).length - kept(b).length || a[0].localeCompare(b[0], 'en'),
    );
    const next = best ? kept(best) : left;
    if (!best || next.length === left.length) return undefined;
    result = { ...result, [best[0]]: best[1] };
    left = next;
  }
  return result;
}

/** What every pod of either side carries, by its template and as it runs. */
function commonLabels({ subject, pods }: PlanInput, { candidate }: Reaching): Labels {
  const stable = subject.deployment.spec.template.metadata?.labels ?? {};
  const coming = candidate.template.metadata?.labels ?? {};
  return Object.fromEntries(
    Object.entries(stable).filter(
      ([key, value]) =>
        key !== COLOUR &&
        !isControllers(key) &&
        coming[key] === value &&
        pods.every(({ metadata }) => metadata.labels?.[key] === value),
    ),
  );
}

function refusal(
  { subject }: PlanInput,
  key: keyof Selectors,
  selector: Labels,
  others: readonly Foreigner[],
): string {
  const names = [...new Set(others.map(({ text }) => text))].join(', ');
  const when = key === 'both' ? 'while both versions serve' : `for the ${key}`;
  const else_ =
    key === 'both'
      ? ', or use strategy blue-green with router service, which never selects both at once'
      : '';
  return `service ${subject.service.metadata.name} would select ${selectorText(selector)} ${when}, and that reaches what it does not reach today (${names}): give the pod template of deployment ${subject.deployment.metadata.name} a label that they lack, or take one of these labels off them${else_}`;
}
