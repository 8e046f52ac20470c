/** What a notification channel is: the keys it has, and the request that tells something by it. */
import { shortImage } from '../base/image.ts';
import type { Outcome, ReleaseId, StrategyName } from '../base/vocabulary.ts';

/** started: deploy has begun · anomaly: a trigger warns · the others: how a release ended. */
export const NOTIFICATION_EVENTS = [
  'started',
  'anomaly',
  'completed',
  'failed',
  'rollback',
] as const;
export type NotificationEvent = (typeof NOTIFICATION_EVENTS)[number];

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
  /** What the release's record rests on, as plain JSON that a channel passes on as it is. */
  readonly evidence: object;
}

export interface ChannelRequest {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One file, and one line in registry.ts. Where it leads and of what it tells is the same for all. */
export interface Channel<Config, Own extends { readonly type: string }> {
  readonly type: Own['type'];
  /** Schemas of its own keys; one that it shares with another channel is the same constant. */
  readonly keys: { readonly [Key in keyof Config]-?: object };
  /** Kept in plans beside the target's URL: no secrets. */
  resolve(written: Config): Own;
  request(notification: Notification, url: string, own: Own): ChannelRequest;
}

/** One line for people. */
export function headline(notification: Notification): string {
  const { event, service, namespace, outcome, reason, from, to, strategy } = notification;
  const what = event === 'anomaly' ? 'warning' : (outcome ?? `${strategy} started`);
  const why = reason === undefined ? '' : `: ${reason}`;
  return `${namespace}/${service} ${what}, ${shortImage(from)} -> ${shortImage(to)}${why}`;
}
