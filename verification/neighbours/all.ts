/** All neighbours by name, and when and how each of them comes to a world: a seed draws it. */
import { createRng } from '../world/rng.ts';
import type { Scenario } from '../world/scenario.ts';
import type { Neighbour, Visit } from './visit.ts';
import { apiAway, clockSkew, limits, listsForbidden, staleViews } from './visits/api.ts';
import { foreignPods } from './visits/foreign-pods.ts';
import { hpaOwner } from './visits/hpa-owner.ts';
import { journalDeleted, journalEdited } from './visits/journal.ts';
import { leftoverPods, rewrittenImages } from './visits/pods.ts';
import {
  routeDeleted,
  routePutBack,
  selfHeal,
  serviceDeleted,
  sessionAffinity,
} from './visits/routes.ts';
import { secondService } from './visits/second-service.ts';
import { candidateDeleted, restart, scaledToZero, setImage } from './visits/workloads.ts';

export const NEIGHBOURS = {
  'foreign-pods': foreignPods,
  'second-service': secondService,
  'session-affinity': sessionAffinity,
  'rewritten-images': rewrittenImages,
  'leftover-pods': leftoverPods,
  'route-put-back': routePutBack,
  'self-heal': selfHeal,
  'service-deleted': serviceDeleted,
  'route-deleted': routeDeleted,
  'set-image': setImage,
  restart,
  'scaled-to-zero': scaledToZero,
  'candidate-deleted': candidateDeleted,
  limits,
  'api-away': apiAway,
  'lists-forbidden': listsForbidden,
  'stale-views': staleViews,
  'clock-skew': clockSkew,
  'journal-deleted': journalDeleted,
  'journal-edited': journalEdited,
  'hpa-owner': hpaOwner,
} as const satisfies Readonly<Record<string, Neighbour>>;

export type NeighbourName = keyof typeof NEIGHBOURS;
export const NEIGHBOUR_NAMES = Object.keys(NEIGHBOURS) as readonly NeighbourName[]; // the keys of a constant

const [FIRST = 'foreign-pods', ...OTHERS] = NEIGHBOUR_NAMES;

const SOME_DICE = 1_000_033;
/** Dice of their own, so that the rest of a seed's tale stays what it was. */
const NEIGHBOURS_DICE = 1_000_003;

/** Those of `invited` that find something to do in the scenario; a seed draws how and when. */
export function visitsOf(
  seed: number,
  scenario: Scenario,
  invited: readonly NeighbourName[],
): readonly Visit[] {
  const rng = createRng(seed * NEIGHBOURS_DICE);
  return invited.flatMap((name): Visit[] => {
    const neighbour: Neighbour = NEIGHBOURS[name];
    const [first, ...others] = neighbour.variants(scenario);
    if (first === undefined) return [];
    const variant = rng.pick([first, ...others]);
    return [{ name, variant, moment: neighbour.moment(rng, scenario, variant) }];
  });
}

/** One or two of all, as a seed has it. */
export function someOf(seed: number): readonly NeighbourName[] {
  const rng = createRng(seed * SOME_DICE);
  const pick = (): NeighbourName => rng.pick([FIRST, ...OTHERS]);
  return rng.chance(0.5) ? [pick()] : [...new Set([pick(), pick()])];
}

/** The scenario as it has to be for them to find something to do. */
export function bentFor(scenario: Scenario, invited: readonly NeighbourName[]): Scenario {
  return invited.reduce((bent, name) => {
    const neighbour: Neighbour = NEIGHBOURS[name];
    return neighbour.bend?.(bent) ?? bent;
  }, scenario);
}
