/** A notification channel: from what is to be told to the request that tells it. Holds no client. */
import type { NotificationEvent } from '../config/written.ts';
import { shortImage } from '../image.ts';
import type { ReleaseRecord } from '../release/journal.ts';

export interface Notification {
  readonly event: NotificationEvent;
  readonly service: string;
  readonly namespace: string;
  readonly record: ReleaseRecord;
}

export interface ChannelRequest {
  readonly method: 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Channel = (notification: Notification, url: string) => ChannelRequest;

/** What kind of news an outcome is; nothing to tell where nothing changed. */
export function eventOf(record: ReleaseRecord): NotificationEvent | undefined {
  switch (record.outcome) {
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
export function headline({ service, namespace, record }: Notification): string {
  const cause = record.cause === undefined ? '' : `: ${record.cause}`;
  return `${namespace}/${service} ${record.outcome}, ${shortImage(record.from)} -> ${shortImage(record.to)}${cause}`;
}
