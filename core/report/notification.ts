/** What there is to tell of a release: that it has begun, what a trigger warns of, how it ended. */
import type { Warning } from '../analysis/analysis-state.ts';
import type { Outcome } from '../base/vocabulary.ts';
import type { Notification, NotificationEvent } from '../channels/channel.ts';
import type { ReleaseRecord } from '../journal/journal.ts';
import type { Plan } from '../plan/plan.ts';
import type { ReleaseState } from '../state/state.ts';

export function ofBeginning(plan: Plan, { evidence }: ReleaseState): Notification {
  const { namespace, service, release, strategy } = plan;
  return {
    event: 'started',
    ...{ namespace, service, release, strategy },
    from: plan.previousImage,
    to: plan.image.reference,
    outcome: undefined,
    reason: undefined,
    durationMs: 0,
    evidence,
  };
}

export function ofWarning(plan: Plan, state: ReleaseState, { at, why }: Warning): Notification {
  const begun = ofBeginning(plan, state);
  return { ...begun, event: 'anomaly', reason: why, durationMs: at - state.startedAt };
}

/** Undefined where there is nothing to tell, because nothing has changed. */
export function ofEnd(
  { namespace, service }: Pick<Plan, 'namespace' | 'service'>,
  record: ReleaseRecord,
): Notification | undefined {
  const event = eventOf(record.outcome);
  const { release, strategy, from, to, outcome, evidence } = record;
  return (
    event && {
      ...{ event, namespace, service, release, strategy, from, to, outcome, evidence },
      reason: record.cause,
      durationMs: record.endedAt - record.startedAt,
    }
  );
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
