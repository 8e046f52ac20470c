/**
 * Invariant 13: a release of a good candidate that ends otherwise than promoted says why, and the world has
 * given that cause. The exceptions are the table: whoever says this must have seen that.
 */
import type { EndCode } from '../../../core/base/vocabulary.ts';
import type { Journal, ReleaseRecord } from '../../../core/journal/journal.ts';
import type { GeneratedScenario } from '../../scenarios/scenario-generator.ts';
import { CANDIDATE_TAG } from '../../world/application/versions.ts';
import type { Report } from '../broken.ts';

/** What goes wrong in a story, as far as a release may turn back for it. */
type World = Pick<
  GeneratedScenario,
  'scenario' | 'crashes' | 'mishaps' | 'accidents' | 'orders' | 'visits' | 'rivalAtMs'
>;

/** Whether the world has given reason to say so. What is not here no world gives. */
const GIVEN: Readonly<Partial<Record<EndCode, (world: World) => boolean>>> = {
  errors: hasFallen,
  latency: hasFallen,
  'judged-worse': hasFallen,
  'rollback-condition': hasFallen,
  'unexplained-errors': hasFallen,
  'pod-failed': hasFallen,
  'pods-not-starting': hasFallen,
  'smoke-check': hasFallen,
  'drain-probe': hasFallen,
  unmeasurable: isOutOfSight,
  'cluster-unseen': isOutOfSight,
  'pods-not-ready': isShaken,
  'pods-lost': isShaken,
  'traffic-not-moved': isShaken,
  'too-late': isShaken,
  'no-room': isVisited,
  'route-refused': isVisited,
  'changed-by-others': isVisited,
  'object-gone': isVisited,
  'foreign-pods': isVisited,
  'record-lost': isVisited,
  'pause-ended': isAsked('pause'),
  aborted: isAsked('abort', 'rollback'),
  drained: isAsked('drain'),
  stopped: isStopped,
  'run-stopped': isCutOff,
  'cut-off': isCutOff,
  'left-unfinished': isCutOff,
  'post-validation': isShaken,
  'api-refused': isOutOfSight,
};

export function checkCauses(world: World, journal: Journal | undefined, report: Report): void {
  for (const record of journal?.history ?? []) {
    const { release, outcome, code = 'unknown', cause = '' } = record;
    if (outcome === 'promoted' || !isGood(world, record) || GIVEN[code]?.(world)) continue;
    const seen = `${release} ended ${outcome} (${code}): ${cause}`;
    report(
      'a good release ends otherwise than promoted only for a cause that the world gave',
      seen,
    );
  }
}

/** Whatever comes after the first candidate is good. */
function isGood({ scenario }: World, { to }: ReleaseRecord): boolean {
  return scenario.candidate === 'good' || !new RegExp(`:${CANDIDATE_TAG}(@|$)`).test(to);
}

/** A pod that crashes answers errors, fails checks, and has to be waited for. */
function hasFallen(world: World): boolean {
  return world.crashes.length > 0 || isVisited(world);
}

/** Pods come and go, or cannot be seen doing so. */
function isShaken(world: World): boolean {
  const isScaled = world.mishaps.some(({ kind }) => kind === 'scale');
  return hasFallen(world) || isOutOfSight(world) || isScaled;
}

/** An API that does not answer, watches that say nothing, pods that tell no metrics. */
function isOutOfSight(world: World): boolean {
  const blinding = ['api-faults', 'api-unanswered', 'watches', 'metrics-out'];
  const isBlind = world.mishaps.some(({ kind }) => blinding.includes(kind));
  return isBlind || world.accidents.length > 0 || isVisited(world);
}

/** Whoever drove it was killed, frozen or stopped, or gave up. */
function isCutOff(world: World): boolean {
  return world.accidents.length > 0 || isOutOfSight(world);
}

function isStopped({ accidents }: World): boolean {
  return accidents.some(({ kind }) => kind === 'stopped');
}

function isAsked(...commands: readonly string[]): (world: World) => boolean {
  return ({ orders }) => orders.some(({ command }) => commands.includes(command));
}

function isVisited({ visits }: World): boolean {
  return visits.length > 0;
}
