/** The key `notifications`: who is told, and of what. */
import type { ConfigIssue } from '../../base/config-issue.ts';
import type { FromSchema } from '../../base/from-schema.ts';
import { withOneOf } from '../../base/schema-parts.ts';
import { NOTIFICATION_EVENTS } from '../../channels/channel.ts';
import {
  CHANNEL_KEYS,
  CHANNEL_NAMES,
  isKeyOf,
  type NotificationTarget,
  resolveChannel,
} from '../../channels/registry.ts';

const NOTIFICATION = withOneOf(
  {
    type: 'object',
    additionalProperties: false,
    required: ['type'],
    properties: {
      type: { enum: CHANNEL_NAMES },
      url: { type: 'string', pattern: '^https?://' },
      urlFile: {
        type: 'string',
        description:
          'A file in the workspace `secrets` that holds the URL, where that is a secret.',
      },
      events: {
        type: 'array',
        uniqueItems: true,
        items: { enum: NOTIFICATION_EVENTS },
        description: 'Default: all.',
      },
      ...CHANNEL_KEYS,
    },
  } as const,
  ['url', 'urlFile'],
);

export const NOTIFICATIONS = { type: 'array', items: NOTIFICATION } as const;

type NotificationsConfig = FromSchema<typeof NOTIFICATIONS>;

export function resolveNotifications(written: NotificationsConfig = []): NotificationTarget[] {
  return written.map(({ type, url, urlFile, events, ...own }) =>
    resolveChannel(type, own, {
      url:
        urlFile === undefined
          ? { kind: 'plain', value: url ?? '' }
          : { kind: 'file', value: urlFile },
      events: events ?? NOTIFICATION_EVENTS,
    }),
  );
}

/** Keys of another channel. */
export function notificationIssues(written: NotificationsConfig = []): ConfigIssue[] {
  return written.flatMap(({ type, url: _, urlFile: __, events: ___, ...own }, index) =>
    Object.keys(own)
      .filter((key) => !isKeyOf(type, key))
      .map((key) => ({
        path: `/notifications/${index}/${key}`,
        message: `has no meaning for the channel ${type}`,
      })),
  );
}
