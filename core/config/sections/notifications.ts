/** The key `notifications`: who is told, and of what. */
import type { FromSchema } from '../../base/from-schema.ts';

/** started: deploy has begun · anomaly: a trigger warns · the others: how a release ended. */
export const NOTIFICATION_EVENTS = [
  'started',
  'anomaly',
  'completed',
  'failed',
  'rollback',
] as const;
export type NotificationEvent = (typeof NOTIFICATION_EVENTS)[number];

const NOTIFICATION = {
  type: 'object',
  additionalProperties: false,
  required: ['type'],
  properties: {
    type: { enum: ['webhook'] },
    url: { type: 'string', pattern: '^https?://' },
    urlFile: {
      type: 'string',
      description: 'A file in the workspace `secrets` that holds the URL, where that is a secret.',
    },
    events: {
      type: 'array',
      uniqueItems: true,
      items: { enum: NOTIFICATION_EVENTS },
      description: 'Default: all.',
    },
  },
  oneOf: [{ required: ['url'] }, { required: ['urlFile'] }],
} as const;

export const NOTIFICATIONS = { type: 'array', items: NOTIFICATION } as const;

type NotificationConfig = FromSchema<typeof NOTIFICATION>;

/** A channel and where it leads; the secret itself is read when it is needed. */
export interface NotificationTarget {
  readonly type: 'webhook';
  readonly url: { readonly kind: 'plain' | 'file'; readonly value: string };
  readonly events: readonly NotificationEvent[];
}

export function resolveNotifications(
  written: readonly NotificationConfig[] = [],
): NotificationTarget[] {
  return written.map(({ type, url, urlFile, events }) => ({
    type,
    url:
      urlFile === undefined
        ? { kind: 'plain', value: url ?? '' }
        : { kind: 'file', value: urlFile },
    events: events ?? NOTIFICATION_EVENTS,
  }));
}
