/**
 * The stages of a release's Pipeline, in order, as data: what each leaves behind, and what its end means
 * for the release. takeover.ts, `conclude`, the docs and the test of the Pipeline read this list; none of
 * them names a stage.
 */
import { because, type Cause } from '../base/vocabulary.ts';

export interface StageKind {
  readonly name: string;
  /** when: only where there is something for it to do. */
  readonly runs: 'always' | 'when';
  /**
   * queues: waits until the service is free · checks: changes nothing, and may run beside another check ·
   * prepares: changes what both versions can do with, before the release begins · releases: drives the
   * release · validates: the release is concluded only where it succeeds · concludes: comes last, always ·
   * tells: runs beside the one that concludes, and decides nothing.
   */
  readonly role:
    | 'queues'
    | 'checks'
    | 'prepares'
    | 'releases'
    | 'validates'
    | 'concludes'
    | 'tells';
  /** What it may leave behind when it is killed, for people. */
  readonly leavesBehind: string;
  /**
   * Who undoes that when the release is not promoted. request: no one by himself, for it does no harm to
   * the version that stays; its section of the journal says how a person does.
   */
  readonly undoneBy: 'conclude' | 'request' | 'none';
}

export const STAGES = [
  {
    name: 'turn',
    runs: 'when',
    role: 'queues',
    leavesBehind: 'its place in the queue',
    undoneBy: 'none',
  },
  {
    name: 'pre-validation',
    runs: 'always',
    role: 'checks',
    leavesBehind: 'nothing',
    undoneBy: 'none',
  },
  {
    name: 'security-scan',
    runs: 'when',
    role: 'checks',
    leavesBehind: 'its verdict, in its own section of the journal',
    undoneBy: 'none',
  },
  {
    name: 'database-migration',
    runs: 'when',
    role: 'prepares',
    leavesBehind: 'a schema that both versions can do with',
    undoneBy: 'request',
  },
  {
    name: 'deploy',
    runs: 'always',
    role: 'releases',
    leavesBehind:
      'pods, routes, selectors, autoscaler, each written to the journal before it is changed',
    undoneBy: 'conclude',
  },
  {
    name: 'post-validation',
    runs: 'when',
    role: 'validates',
    leavesBehind: 'nothing',
    undoneBy: 'none',
  },
  {
    name: 'conclude',
    runs: 'always',
    role: 'concludes',
    leavesBehind: 'nothing that the next conclude, or recover, does not finish',
    undoneBy: 'none',
  },
  {
    name: 'notification',
    runs: 'when',
    role: 'tells',
    leavesBehind: 'messages, and marks of what was told',
    undoneBy: 'none',
  },
] as const satisfies readonly StageKind[];

const UP_TO_RELEASING: readonly StageKind['role'][] = ['checks', 'prepares', 'releases'];

/** How a stage ended, as Tekton says: `Succeeded`, `Failed`, `None` where it did not run. */
export interface StageEnded {
  readonly status: string;
  /** Tekton's reason for it, of those that release. */
  readonly reason: string;
}

/** By the name of the stage. */
export type StageEnds = ReadonlyMap<string, StageEnded>;

/** Those that have to have done their part before a release begins, where there is one for them. */
export function preparingStages(): readonly StageKind[] {
  const stages: readonly StageKind[] = STAGES;
  return stages.filter(({ role }) => role === 'prepares');
}

/** Those whose ends `conclude` is told. */
export function stagesBeforeConclude(): readonly StageKind[] {
  const stages: readonly StageKind[] = STAGES;
  return stages.filter(({ role }) => role !== 'concludes' && role !== 'tells');
}

/** Those whose ends the record of a release keeps. */
export function recordedStages(): readonly StageKind[] {
  return stagesBeforeConclude().filter(({ role }) => role !== 'queues');
}

export function statusOf(ends: StageEnds, { name }: StageKind): string {
  return ends.get(name)?.status ?? 'None';
}

/** Whether all that have to find a release good have done so. */
export function isValidated(ends: StageEnds): boolean {
  const validating = STAGES.filter(({ role }) => role === 'validates');
  return validating.every((stage) => statusOf(ends, stage) === 'Succeeded');
}

/** Why a release that waits to be concluded is turned back instead. */
export function whyNotValidated(ends: StageEnds): Cause {
  const validating: readonly StageKind[] = STAGES.filter(({ role }) => role === 'validates');
  const failed = validating.find((stage) => statusOf(ends, stage) === 'Failed');
  if (failed) return because('post-validation', `${failed.name} failed`);
  const missing = validating.find((stage) => statusOf(ends, stage) !== 'Succeeded');
  return because('run-stopped', `the run was stopped before ${missing?.name ?? 'its end'}`);
}

/** Of a release that was cut off: which stage drove it, and how that ended. */
export function howReleasingEnded(ends: StageEnds): {
  readonly stage: string;
  readonly how: string;
} {
  const releasing: readonly StageKind[] = STAGES.filter(({ role }) => role === 'releases');
  const last = releasing.findLast(({ name }) => ends.has(name)) ?? releasing.at(-1);
  const ended = last && ends.get(last.name);
  return { stage: last?.name ?? '', how: ended?.reason || ended?.status || 'None' };
}

/** The stage after which nothing was begun: the first that did not succeed and had to. */
export function endedBeforeReleasing(ends: StageEnds): StageKind | undefined {
  const stages = stagesBeforeConclude();
  const queue = stages.find(
    (stage) => stage.role === 'queues' && statusOf(ends, stage) === 'Failed',
  );
  if (queue) return queue;
  const before = stages.filter(({ role }) => UP_TO_RELEASING.includes(role));
  return before.find((stage) => !hasDoneItsPart(ends, stage)) ?? before.at(-1);
}

/** One that runs only where there is something for it to do may have been left out. */
function hasDoneItsPart(ends: StageEnds, stage: StageKind): boolean {
  const status = statusOf(ends, stage);
  return status === 'Succeeded' || (stage.runs === 'when' && status === 'None');
}
