/** The key `notifications`: who is told, and of what. */
import type { ConfigIssue } from '../../base/config-issue.ts';
import type { FromSchema } from '../../base/from-schema.ts';
import { withOneOf } from '../../base/schema-parts.ts';
import { FILE, LIST } from '../../base/schema-types.ts';
import { NOTIFICATION_EVENTS, SEVERITIES } from '../../channels/channel.ts';
import {
  CHANNEL_KEYS,
  CHANNEL_NAMES,
  type ChannelName,
  hasTemplate,
  isKeyOf,
  type NotificationTarget,
  neededBy,
  resolveChannel,
  schemeOf,
} from '../../channels/registry.ts';
import { DAYS, QUIETABLE, type QuietHours } from '../../channels/wanted/routing.ts';
import { MOST_WRITTEN, templateIssues } from '../../channels/wanted/template.ts';

/** A name, or a star in it for whatever stands there. */
const NAMES = {
  type: 'array',
  minItems: 1,
  maxItems: 50,
  uniqueItems: true,
  items: { type: 'string', pattern: '^(?=.)[-a-z0-9]*[*]?[-a-z0-9]*$', maxLength: 63 },
} as const;

const QUIET_HOURS = {
  type: 'object',
  additionalProperties: false,
  required: ['from', 'until'],
  properties: {
    from: { type: 'string', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: '22:00' },
    until: {
      type: 'string',
      pattern: '^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$',
      description: '07:00, of the next day where that is the earlier.',
    },
    timeZone: {
      type: 'string',
      format: 'time-zone',
      maxLength: 64,
      description: 'Such as Europe/Berlin. Default UTC.',
    },
    days: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { enum: DAYS },
      description: 'On which they begin. Default: all.',
    },
    except: {
      type: 'array',
      uniqueItems: true,
      items: { enum: QUIETABLE },
      description: 'What is told all the same; `failed` always is.',
    },
  },
} as const;

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
      services: { ...NAMES, description: 'Of these alone; `shop-*` for many. Default: all.' },
      namespaces: { ...NAMES, description: 'Of services in these alone. Default: all.' },
      quietHours: QUIET_HOURS,
      template: {
        type: 'string',
        minLength: 1,
        maxLength: MOST_WRITTEN,
        description: "A text in place of the channel's own, such as `{{service}}: {{sentence}}`.",
      },
      ...CHANNEL_KEYS,
    },
  } as const,
  ['url', 'urlFile'],
);

export const NOTIFICATIONS = { ...LIST, maxItems: 20, items: NOTIFICATION } as const;

type NotificationsConfig = FromSchema<typeof NOTIFICATIONS>;

export function resolveNotifications(written: NotificationsConfig = []): NotificationTarget[] {
  return written.map(({ type, ...keys }) => {
    const { url, urlFile, events, severity, services, namespaces, quietHours, template } = keys;
    return resolveChannel(type, keys, {
      url:
        urlFile === undefined
          ? { kind: 'plain', value: url ?? '' }
          : { kind: 'file', value: urlFile },
      events: events ?? NOTIFICATION_EVENTS,
      ...(severity ? { severity } : {}),
      ...(services ? { services } : {}),
      ...(namespaces ? { namespaces } : {}),
      ...(quietHours ? { quiet: resolveQuietHours(quietHours) } : {}),
      ...(template ? { template } : {}),
    });
  });
}

function resolveQuietHours({
  from,
  until,
  timeZone = 'UTC',
  days = [...DAYS],
  except = [],
}: FromSchema<typeof QUIET_HOURS>): QuietHours {
  return { from: minutesIn(from), until: minutesIn(until), timeZone, days, except };
}

/** `07:30` -> 450. */
function minutesIn(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/**
 * Keys of another channel, keys that are missing, URLs that the channel cannot be told by, templates that cannot
 * be filled in, and quiet hours without an hour.
 */
export function notificationIssues(written: NotificationsConfig = []): ConfigIssue[] {
  return written.flatMap(({ type, url, template, quietHours, ...own }, index) => {
    const path = `/notifications/${index}`;
    const foreign = Object.keys(own).filter((key) => isOfSome(key) && !isKeyOf(type, key));
    const missing = neededBy(type).filter((key) => !Object.hasOwn(own, key));
    const scheme = schemeOf(type);
    const isOther = url !== undefined && !url.startsWith(scheme);
    return [
      ...foreign.map((key) => issue(`${path}/${key}`, `has no meaning for the channel ${type}`)),
      ...missing.map((key) => issue(path, `the channel ${type} needs ${key}`)),
      ...templateFaults(type, template).map((fault) => issue(`${path}/template`, fault)),
      ...(quietHours && quietHours.from === quietHours.until
        ? [
            issue(
              `${path}/quietHours`,
              'begins and ends at the same time: from 00:00 until 24:00 is a day',
            ),
          ]
        : []),
      ...(isOther ? [issue(`${path}/url`, `must begin with ${scheme}:// or ${scheme}s://`)] : []),
    ];
  });
}

function templateFaults(type: ChannelName, template: string | undefined): readonly string[] {
  if (template === undefined) return [];
  return hasTemplate(type) ? templateIssues(template) : [`has no meaning for the channel ${type}`];
}

/** Whether a channel has it, and not all of them. */
function isOfSome(key: string): boolean {
  return Object.hasOwn(CHANNEL_KEYS, key);
}

function issue(path: string, message: string): ConfigIssue {
  return { path, message };
}
