/** How the stage ends: its results, its last line, its exit code. */
import { formatDuration } from '../../core/base/duration.ts';
import { parseImage, shortImage } from '../../core/base/image.ts';
import type { ReleaseRecord } from '../../core/journal/journal.ts';
import type { Plan } from '../../core/plan/plan.ts';
import { toldEnd } from '../../core/report/ends/sentence.ts';
import { endFields, endWords } from '../../core/report/status-line.ts';
import type { ReleaseState } from '../../core/state/state.ts';
import { isHandedOver } from '../../core/strategies/registry.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import type { StageEnd } from '../../effects/stage/run-stage.ts';

export function endOf(plan: Plan, state: ReleaseState, how: 'ran' | 'stopped'): StageEnd {
  const outcome = state.outcome ?? (isHandedOver(state) ? 'handed-over' : 'unfinished');
  return {
    exitCode: exitCodeOf(state, how),
    results: {
      outcome,
      phase: state.phase,
      'release-id': plan.release,
      'image-digest': plan.image.digest ?? '',
    },
    summary: {
      event: 'stage-ended',
      stage: 'deploy',
      outcome,
      service: plan.service,
      from: shortImage(plan.previousImage),
      to: shortImage(plan.image.reference),
      duration: formatDuration(state.since - state.startedAt),
      ...(state.outcome === undefined
        ? {}
        : endWords(toldEnd(endedRecord(plan, state), plan.service))),
      reason: state.cause,
    },
  };
}

function endedRecord(plan: Plan, state: ReleaseState) {
  const { startedAt, since, cause, code, evidence, outcome = 'failed' } = state;
  const { previousImage: from, image } = plan;
  const named = code === undefined ? {} : { code };
  return {
    outcome,
    cause,
    ...named,
    from,
    to: image.reference,
    startedAt,
    endedAt: since,
    evidence,
  };
}

/** Of a release that ended some time ago, as its record says. */
export function endedBefore(record: ReleaseRecord, service: string): StageEnd {
  return {
    exitCode: record.outcome === 'promoted' ? 0 : 1,
    results: {
      outcome: record.outcome,
      phase: 'done',
      'release-id': record.release,
      'image-digest': parseImage(record.to)?.digest ?? '',
    },
    summary: {
      event: 'stage-ended',
      stage: 'deploy',
      ...endFields(record, service),
      note: 'it had ended before',
    },
  };
}

export function unchanged({ release, service }: ReleaseSubject, why: string): StageEnd {
  return {
    exitCode: 0,
    results: { outcome: 'unchanged', phase: 'done', 'release-id': release, 'image-digest': '' },
    summary: { event: 'stage-ended', stage: 'deploy', outcome: 'unchanged', service, reason: why },
  };
}

function exitCodeOf(state: ReleaseState, how: 'ran' | 'stopped'): StageEnd['exitCode'] {
  const good = state.outcome === 'promoted' || isHandedOver(state);
  if (good) return 0;
  return how === 'stopped' && state.outcome === undefined ? 143 : 1;
}
