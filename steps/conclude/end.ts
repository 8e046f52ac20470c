/** How the stage ends: its results, its last line, its exit code. */
import { because, type Cause } from '../../core/base/vocabulary.ts';
import type { ReleaseRecord } from '../../core/journal/journal.ts';
import { endedBeforeReleasing, type StageEnds, statusOf } from '../../core/journal/stages.ts';
import { type ToldEnd, toldEnd, toldRefusal } from '../../core/report/ends/sentence.ts';
import { endFields, endWords, failedRequests, reasonText } from '../../core/report/status-line.ts';
import type { ReleaseSubject } from '../../effects/ownership/lease/lease.ts';
import type { StageEnd } from '../../effects/stage/run-stage.ts';

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
export function nothing(subject: ReleaseSubject, { code, text }: Cause): StageEnd {
  return withoutRecord(subject, 'unchanged', toldRefusal(code, subject.service, '', text), text);
}

/** Why this run has released nothing. `gaveWay`: what it gave way to, if it did. */
export function whyNothing(ends: StageEnds, gaveWay: string | undefined, isDryRun: boolean): Cause {
  if (gaveWay !== undefined) return because('gave-way', gaveWay);
  const ended = endedBeforeReleasing(ends);
  if (isDryRun && ended && statusOf(ends, ended) === 'Succeeded') {
    return because('dry-run', 'dry run');
  }
  const code = ended?.role === 'queues' ? 'no-turn' : 'not-begun';
  return because(code, `${ended?.name ?? 'the run'} ended before anything was changed`);
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
