/** A notification channel: from what is to be told to the request that tells it. Holds no client. */

import type { Warning } from '../analysis/analysis-state.ts';
import { shortImage } from '../base/image.ts';
import type { Outcome, ReleaseId, StrategyName } from '../base/vocabulary.ts';
import type { NotificationEvent } from '../config/sections/notifications.ts';
import type { ReleaseRecord } from '../journal/journal.ts';
import type { Plan } from '../plan/plan.ts';
import type { Evidence, ReleaseState } from '../state/state.ts';

export interface Notification {
  readonly event: NotificationEvent;
  readonly service: string;
  readonly namespace: string;
  readonly release: ReleaseId;
  readonly strategy: StrategyName;
  readonly from: string;
  readonly to: string;
  /** Undefined as long as it is under way. */
  readonly outcome: Outcome | undefined;
  /** Why it was not promoted, or what a trigger warns of. */
  readonly reason: string | undefined;
  readonly durationMs: number;
  readonly evidence: Evidence;
}

export interface ChannelRequest {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Channel = (notification: Notification, url: string) => ChannelRequest;

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

/** One line for people. */
export function headline(notification: Notification): string {
  const { event, service, namespace, outcome, reason, from, to, strategy } = notification;
  const what = event === 'anomaly' ? 'warning' : (outcome ?? `${strategy} started`);
  const why = reason === undefined ? '' : `: ${reason}`;
  return `${namespace}/${service} ${what}, ${shortImage(from)} -> ${shortImage(to)}${why}`;
}
