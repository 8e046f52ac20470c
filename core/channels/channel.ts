/** What a notification channel is: the keys it has, and the message that tells something by it. */
import { shortImage } from '../base/image.ts';
import type { Instant, Outcome, ReleaseId, StrategyName } from '../base/vocabulary.ts';

/**
 * started: deploy has begun · anomaly: a trigger warns · refused: a run was not let begin · the others: how a
 * release ended.
 */
export const NOTIFICATION_EVENTS = [
  'started',
  'anomaly',
  'completed',
  'failed',
  'rollback',
  'refused',
] as const;
export type NotificationEvent = (typeof NOTIFICATION_EVENTS)[number];

export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const SEVERITY_OF: Readonly<Record<NotificationEvent, Severity>> = {
  started: 'info',
  completed: 'info',
  anomaly: 'warning',
  rollback: 'warning',
  refused: 'warning',
  failed: 'critical',
};

export interface Notification {
  /** The same however often it is sent: who is told twice can see that. */
  readonly id: string;
  /** When it happened, which may be a while ago. */
  readonly at: Instant;
  readonly event: NotificationEvent;
  readonly service: string;
  readonly namespace: string;
  readonly release: ReleaseId;
  readonly strategy: StrategyName;
  /** Empty where it is not known. */
  readonly from: string;
  readonly to: string;
  /** Undefined as long as it is under way. */
  readonly outcome: Outcome | undefined;
  /** Why it was not promoted, or what a trigger warns of. */
  readonly reason: string | undefined;
  readonly durationMs: number;
  /** One of docs/ends.md; undefined as long as it is under way. */
  readonly code: string | undefined;
  /** What happened, for people. */
  readonly sentence: string;
  /** What to do about it; empty where there is nothing to do. */
  readonly next: string;
  /** What the sentence rests on, line by line. */
  readonly proof: readonly string[];
  /** What the release's record rests on, as plain JSON that a channel passes on as it is. */
  readonly evidence: object;
}

export interface HttpMessage {
  readonly by: 'http';
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Signed as Standard Webhooks (standardwebhooks.com) has it, by the sender. */
  readonly signWith?: string;
}

export interface MailMessage {
  readonly by: 'smtp';
  readonly url: string;
  /** A CA to trust instead of the usual ones, in PEM. */
  readonly ca: string | undefined;
  readonly login: { readonly user: string; readonly password: string } | undefined;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  /** The first mail of the same release. */
  readonly inReplyTo: string | undefined;
}

export type Message = HttpMessage | MailMessage;

/** Where it leads, with what is secret about it. */
export interface Destination {
  readonly url: string;
  /** What the files hold that the channel's own keys name, by key. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** One file, and one line in registry.ts. Where it leads and of what it tells is the same for all. */
export interface Channel<Config, Own extends { readonly type: string }> {
  readonly type: Own['type'];
  readonly scheme: Message['by'];
  /** Schemas of its own keys; one that it shares with another channel is the same constant. */
  readonly keys: { readonly [Key in keyof Config]-?: object };
  /** Those of them that have to be written. */
  readonly needs: readonly string[];
  /** Those of them that name files of secrets. */
  readonly secrets: readonly string[];
  /** How a foreign value is made plain text in a template; undefined: the channel has no place for one. */
  readonly escape: ((value: string) => string) | undefined;
  /** Kept in plans beside the target's URL: no secrets. */
  resolve(written: Config): Own;
  /** Undefined where the channel has no word for such news. `wording`: what the config's template has become. */
  write(
    notification: Notification,
    to: Destination,
    own: Own,
    wording: string | undefined,
  ): Message | undefined;
  /** Why an answer of success is none after all, by its body. */
  readonly refusal?: (body: string) => string | undefined;
}

/** Where a text is shown as it is, and nothing in it has a meaning. */
export function asItIs(value: string): string {
  return value;
}

/** One line for people. */
export function headline(notification: Notification): string {
  const { event, service, namespace, outcome, reason, strategy } = notification;
  const what = wordFor(event) ?? outcome ?? `${strategy} started`;
  const why = reason === undefined ? '' : `: ${reason}`;
  return `${namespace}/${service} ${what}, ${versions(notification)}${why}`;
}

/** A few words for a subject or a title: `shop/pay rolled back`. */
export function title({ namespace, service, event, outcome }: Notification): string {
  const what = wordFor(event) ?? (outcome ?? event).replace('-', ' ');
  return `${namespace}/${service} ${what}`;
}

/** `pay:v1.1.0 -> pay:v1.2.0`, or the second alone. */
export function versions({ from, to }: Notification, arrow = '->'): string {
  return from === '' ? shortImage(to) : `${shortImage(from)} ${arrow} ${shortImage(to)}`;
}

/** Of events that no outcome names. */
function wordFor(event: NotificationEvent): string | undefined {
  switch (event) {
    case 'anomaly':
      return 'warning';
    case 'refused':
      return 'refused';
    default:
      return undefined;
  }
}
