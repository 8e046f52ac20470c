/**
 * Whether what the record says is what clients see, a minute after everything: a version that was
 * promoted is the one that answers, one that was turned back does not; and the pods of others got
 * nothing through it.
 */

import type { ReleaseRecord } from '../../core/journal/journal.ts';
import { NEIGHBOURS, type NeighbourName } from '../neighbours/all.ts';
import type { Deeds } from '../neighbours/deeds.ts';
import type { Neighbour, Visit } from '../neighbours/visit.ts';
import { FOREIGN, STABLE_TAG } from '../world/application/versions.ts';
import { journalOf } from '../world/journal.ts';
import type { Scenario } from '../world/scenario.ts';
import type { ProofWorld } from '../world/world.ts';
import type { Report } from './broken.ts';

/** What a world was given to go wrong, as far as the outcome of its first release depends on it. */
interface Troubles {
  readonly scenario: Scenario;
  readonly crashes: readonly unknown[];
  readonly mishaps: readonly unknown[];
  readonly accidents: readonly unknown[];
  readonly orders: readonly unknown[];
  readonly rivalAtMs: number | undefined;
  readonly visits: readonly Visit[];
}

/** What was answered in this time before the end was answered by who serves now. */
const LATELY_MS = 20_000;

export function checkTruth(
  world: ProofWorld,
  troubles: Troubles,
  deeds: Deeds,
  report: Report,
): void {
  const { traffic } = world.clients;
  const sinceMs = world.cluster.clock.now() - LATELY_MS;
  const lately = [...traffic.answers].filter(([, { lastAtMs }]) => lastAtMs > sinceMs);
  const history = journalOf(world)?.history ?? [];
  const promoted = history.find(({ outcome }) => outcome === 'promoted');
  const expected = promoted?.to ?? `:${STABLE_TAG}`;
  const byHand = [...deeds.images];
  const isMeant = (version: string): boolean =>
    isOfVersion(expected, version) || byHand.some((image) => isOfVersion(image, version));
  const others = lately.map(([version]) => version).filter((version) => version !== FOREIGN);
  // Who could not go back says so, and leaves both.
  const isUnfinished = deeds.hasTornJournal || history[0]?.outcome === 'failed';
  if (others.length > 1 && byHand.length === 0 && !isUnfinished) {
    report(
      'what the record says is true',
      `${others.join(' and ')} answer at once, after everything`,
    );
  } else if (!isUnfinished && others.length > 0 && !others.every(isMeant)) {
    const seen = `${others.join(' and ')} answers, and by the record it is ${expected}`;
    report('what the record says is true', seen);
  }
  if (others.length === 0) report('what the record says is true', 'nobody answers any more');
  const theirs = traffic.answers.get(FOREIGN)?.count ?? 0;
  if (theirs > 0 && !deeds.foreignMayAnswer && deeds.reached.length === 0) {
    const seen = `${theirs} requests were answered by pods of somebody else`;
    report('the pods of others get nothing through a release', seen);
  }
  // Where the Service leads to pods of others that nobody could know of, to turn back is right.
  if (deeds.reached.length === 0) checkFirst(troubles, history.at(-1), report);
}

/** Of the first release: the oldest that the record tells of. */
function checkFirst(troubles: Troubles, first: ReleaseRecord | undefined, report: Report): void {
  if (!isUndisturbed(troubles) || first?.outcome !== 'rolled-back') return;
  if (first.code === 'foreign-pods' && isInTheWay(troubles)) return;
  const seen = `it was turned back: ${first.cause}`;
  if (areAll(troubles, ({ isHarmless = false }) => isHarmless)) {
    report('a good release is not turned back for what does not concern it', seen);
  }
  const wereThere = troubles.visits.every(({ moment }) => moment.kind === 'before');
  if (wereThere && areAll(troubles, ({ isForeseeable = false }) => isForeseeable)) {
    report('what can be known before is refused before', seen);
  }
}

/**
 * Whether pods of others came after the plan was made, and where the release's next writes would have
 * led to them: it has to turn back before these, not once they are reached.
 */
function isInTheWay({ scenario, visits }: Troubles): boolean {
  const { router, strategy, switching } = scenario;
  const isShared = strategy !== 'blue-green' || switching === 'gradual';
  const leadsToBoth = router === 'istio' || (router === 'service' && isShared);
  return visits.some(
    ({ name, variant, moment }) =>
      name === 'foreign-pods' &&
      moment.kind !== 'before' &&
      (leadsToBoth || variant === 'of-the-next-colour'),
  );
}

function areAll({ visits }: Troubles, is: (neighbour: Neighbour) => boolean): boolean {
  return visits.every(({ name }) => is(NEIGHBOURS[name as NeighbourName])); // drawn from these names
}

/** A good candidate, and nothing goes wrong but what neighbours do. */
function isUndisturbed({ scenario, crashes, mishaps, accidents, orders, rivalAtMs }: Troubles) {
  const hasMore = [crashes, mishaps, accidents, orders].some(({ length }) => length > 0);
  return scenario.candidate === 'good' && !hasMore && rivalAtMs === undefined;
}

function isOfVersion(image: string, version: string): boolean {
  return new RegExp(`:${version}(@|$)`).test(image);
}
