/** How the stage ends: its results, its last line, its exit code. */
import { because } from '../../core/base/vocabulary.ts';
import type { ReleaseRecord } from '../../core/journal/journal.ts';
import { endedBeforeReleasing, type StageEnds, statusOf } from '../../core/journal/stages.ts';
import { type ToldEnd, toldEnd, toldRefusal } from '../../core/report/ends/sentence.ts';
import { endFields, endWords, failedRequests, reasonText } from '../../core/report/status-line.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import type { StageEnd } from '../../effects/stage/run-stage.ts';
import type { Refusal } from './refusal.ts';

export function endOf(record: ReleaseRecord, service: string, digest = ''): StageEnd {
  return {
    exitCode: record.outcome === 'failed' ? 1 : 0,
    results: {
      outcome: record.outcome,
      ...endWords(toldEnd(record, service)),
      reason: reasonText(record),
      'release-id': record.release,
      'image-digest': digest,
      'failed-requests': failedRequests(record),
    },
    summary: { event: 'stage-ended', stage: 'conclude', ...endFields(record, service) },
  };
}

/** What this release had found is not known any more: a person has to look. */
export function lost(subject: ReleaseSubject, reason: string): StageEnd {
  const told = toldRefusal('record-lost', subject.service, '', reason);
  const how = told.sentence.replace(/nothing was changed$/, 'a person has to look at it');
  return withoutRecord(subject, 'failed', { ...told, sentence: how }, reason);
}

/** This run has released nothing. */
export function nothing(subject: ReleaseSubject, { code, text }: Refusal): StageEnd {
  const told = toldRefusal(code, subject.service, '', text);
  const how = code === 'not-prepared' ? 'no pod was changed' : 'nothing was changed';
  const sentence = told.sentence.replace(/nothing was changed$/, how);
  return withoutRecord(subject, 'unchanged', { ...told, sentence }, text);
}

/** What is known of a run that has released nothing. */
interface Before {
  /** What it gave way to, if it did. */
  readonly gaveWay: string | undefined;
  readonly isDryRun: boolean;
  /** What its stages have left, by stage. */
  readonly left: Readonly<Record<string, string>>;
  /** What the stage has said that said no. */
  readonly refusal: Refusal | undefined;
}

/** Why this run has released nothing. */
export function whyNothing(ends: StageEnds, { gaveWay, isDryRun, left, refusal }: Before): Refusal {
  if (gaveWay !== undefined) return because('gave-way', gaveWay);
  const ended = endedBeforeReleasing(ends);
  if (isDryRun && ended && statusOf(ends, ended) === 'Succeeded') {
    return because('dry-run', 'dry run');
  }
  if (refusal) return refusal;
  const name = ended?.name ?? 'the run';
  const kept = Object.entries(left).map(([stage, what]) => `${stage} has left ${what}`);
  if (kept.length > 0) {
    return because(
      'not-prepared',
      `${name} ended before the release had begun: ${kept.join('; ')}`,
    );
  }
  const code = ended?.role === 'queues' ? 'no-turn' : 'not-begun';
  return because(code, `${name} ended before anything was changed`);
}

function withoutRecord(
  { service, release }: ReleaseSubject,
  outcome: 'failed' | 'unchanged',
  told: ToldEnd,
  reason: string,
): StageEnd {
  return {
    exitCode: outcome === 'failed' ? 1 : 0,
    results: {
      outcome,
      ...endWords(told),
      reason,
      'release-id': release,
      'image-digest': '',
      'failed-requests': outcome === 'failed' ? 'unknown' : failedRequests({ evidence: {} }),
    },
    summary: {
      event: 'stage-ended',
      stage: 'conclude',
      outcome,
      service,
      ...endWords(told),
      reason,
    },
  };
}
