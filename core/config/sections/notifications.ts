/** The key `notifications`: who is told, and of what. */
import type { ConfigIssue } from '../../base/config-issue.ts';
import type { FromSchema } from '../../base/from-schema.ts';
import { withOneOf } from '../../base/schema-parts.ts';
import { FILE, LIST } from '../../base/schema-types.ts';
import { NOTIFICATION_EVENTS, SEVERITIES } from '../../channels/channel.ts';
import {
  CHANNEL_KEYS,
  CHANNEL_NAMES,
  isKeyOf,
  type NotificationTarget,
  neededBy,
  resolveChannel,
  schemeOf,
} from '../../channels/registry.ts';

const NOTIFICATION = withOneOf(
  {
    type: 'object',
    additionalProperties: false,
    required: ['type'],
    properties: {
      type: { enum: CHANNEL_NAMES },
      url: { type: 'string', pattern: '^(https?|smtps?)://' },
      urlFile: {
        ...FILE,
        description:
          'A file in the workspace `secrets` that holds the URL, where that is a secret.',
      },
      events: {
        type: 'array',
        uniqueItems: true,
        items: { enum: NOTIFICATION_EVENTS },
        description: 'Default: all.',
      },
      severity: {
        enum: SEVERITIES,
        description:
          'Nothing that is less severe: `started` and `completed` are `info`, `anomaly`, `rollback` and `refused` are `warning`, `failed` is `critical`.',
      },
      ...CHANNEL_KEYS,
    },
  } as const,
  ['url', 'urlFile'],
);

export const NOTIFICATIONS = { ...LIST, maxItems: 20, items: NOTIFICATION } as const;

type NotificationsConfig = FromSchema<typeof NOTIFICATIONS>;

export function resolveNotifications(written: NotificationsConfig = []): NotificationTarget[] {
  return written.map(({ type, url, urlFile, events, severity, ...own }) =>
    resolveChannel(type, own, {
      url:
        urlFile === undefined
          ? { kind: 'plain', value: url ?? '' }
          : { kind: 'file', value: urlFile },
      events: events ?? NOTIFICATION_EVENTS,
      ...(severity ? { severity } : {}),
    }),
  );
}

/** Keys of another channel, keys that are missing, and URLs that the channel cannot be told by. */
export function notificationIssues(written: NotificationsConfig = []): ConfigIssue[] {
  return written.flatMap(({ type, url, urlFile: _, events: __, severity: ___, ...own }, index) => {
    const path = `/notifications/${index}`;
    const foreign = Object.keys(own).filter((key) => !isKeyOf(type, key));
    const missing = neededBy(type).filter((key) => !Object.hasOwn(own, key));
    const scheme = schemeOf(type);
    const isOther = url !== undefined && !url.startsWith(scheme);
    return [
      ...foreign.map((key) => issue(`${path}/${key}`, `has no meaning for the channel ${type}`)),
      ...missing.map((key) => issue(path, `the channel ${type} needs ${key}`)),
      ...(isOther ? [issue(`${path}/url`, `must begin with ${scheme}:// or ${scheme}s://`)] : []),
    ];
  });
}

function issue(path: string, message: string): ConfigIssue {
  return { path, message };
}
