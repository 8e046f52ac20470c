/** What there is to tell of a release: that it has begun, what a trigger warns of, how it ended. */
import type { Warning } from '../analysis/analysis-state.ts';
import { formatDuration } from '../base/duration.ts';
import { fingerprint } from '../base/fingerprint.ts';
import { shortImage } from '../base/image.ts';
import type { Instant, Outcome, ReleaseId } from '../base/vocabulary.ts';
import type { Notification, NotificationEvent } from '../channels/channel.ts';
import type { Settings } from '../config/settings.ts';
import type { ReleaseRecord } from '../journal/journal.ts';
import type { Plan } from '../plan/plan.ts';
import type { ReleaseState } from '../state/state.ts';
import { type AnyEnd, toldEnd, toldRefusal } from './ends/sentence.ts';

export function ofBeginning(plan: Plan, { evidence, startedAt }: ReleaseState): Notification {
  const { namespace, service, release, strategy, previousImage: from, image } = plan;
  return {
    id: `${release}/started`,
    at: startedAt,
    event: 'started',
    ...{ namespace, service, release, strategy, from, to: image.reference },
    ...{ outcome: undefined, reason: undefined, code: undefined },
    durationMs: 0,
    sentence: `${shortImage(image.reference)} is being released in place of ${shortImage(from)}`,
    next: '',
    proof: [],
    evidence,
  };
}

export function ofWarning(plan: Plan, state: ReleaseState, warning: Warning): Notification {
  const { at, why, trigger } = warning;
  return {
    ...ofBeginning(plan, state),
    id: `${plan.release}/anomaly/${fingerprint(trigger)}`,
    at,
    event: 'anomaly',
    reason: why,
    durationMs: at - state.startedAt,
    sentence: `${shortImage(plan.image.reference)} shows something unusual: ${why}`,
    next: 'Watch the release; abort it where this is more than you want to risk.',
  };
}

/** Undefined where there is nothing to tell, because nothing has changed. */
export function ofEnd(
  { namespace, service }: Pick<Plan, 'namespace' | 'service'>,
  record: ReleaseRecord,
): Notification | undefined {
  const event = eventOf(record.outcome);
  const { release, strategy, from, to, outcome, evidence, endedAt } = record;
  const { code, sentence, next, evidence: proof } = toldEnd(record, service);
  return (
    event && {
      id: `${release}/ended`,
      at: endedAt,
      ...{ event, namespace, service, release, strategy, from, to, outcome, evidence },
      reason: record.cause,
      durationMs: endedAt - record.startedAt,
      ...{ code, sentence, next: event === 'completed' ? '' : next, proof },
    }
  );
}

/** Of a release that did not come to its end in the time that its run had for it. */
export function ofNoEnd(plan: Plan, state: ReleaseState, at: Instant): Notification {
  const version = shortImage(plan.image.reference);
  const took = formatDuration(at - state.startedAt);
  return {
    ...ofBeginning(plan, state),
    id: `${plan.release}/not-ended`,
    at,
    event: 'failed',
    code: 'left-unfinished',
    durationMs: at - state.startedAt,
    reason: state.cause,
    sentence: `the release of ${version} has not come to its end after ${took}, and its run is over`,
    next: 'Nothing by hand: recover, or the next release, brings it to its end. Look at the service meanwhile.',
  };
}

/** Of a run that pre-validation has not let begin. `to`: the tag that was asked for. */
export function ofRefusal(
  run: { readonly namespace: string; readonly service: string; readonly release: ReleaseId },
  { strategy }: Pick<Settings, 'strategy'>,
  to: string,
  refusal: { readonly code: AnyEnd; readonly text: string },
  at: Instant,
): Notification {
  const { code, sentence, next, evidence } = toldRefusal(
    refusal.code,
    run.service,
    to,
    refusal.text,
  );
  return {
    ...run,
    id: `${run.release}/refused`,
    at,
    event: 'refused',
    ...{ strategy, from: '', to, outcome: 'unchanged', reason: refusal.text, durationMs: 0 },
    ...{ code, sentence, next, proof: evidence, evidence: {} },
  };
}

/** What kind of news an outcome is. */
function eventOf(outcome: Outcome): NotificationEvent | undefined {
  switch (outcome) {
    case 'promoted':
      return 'completed';
    case 'rolled-back':
      return 'rollback';
    case 'failed':
      return 'failed';
    case 'unchanged':
      return undefined;
  }
}
