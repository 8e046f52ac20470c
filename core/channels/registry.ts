/** Every channel by its type in the config. A target carries its channel's type, and so finds its way here. */
import type { WrittenKeys } from '../base/from-schema.ts';
import { together } from '../base/schema-parts.ts';
import { cdevents } from './cdevents.ts';
import type { Channel, Destination, Message, Notification } from './channel.ts';
import { email } from './email.ts';
import { grafana } from './grafana.ts';
import { pagerduty } from './pagerduty.ts';
import { slack } from './slack.ts';
import { teams } from './teams.ts';
import type { Routing } from './wanted/routing.ts';
import { rendered } from './wanted/template.ts';
import { webhook } from './webhook.ts';

const CHANNELS = {
  webhook,
  slack,
  email,
  pagerduty,
  teams,
  cdevents,
  grafana,
};

export type ChannelName = keyof typeof CHANNELS;

/** Where a channel leads, of what it tells and in which words; the secret itself is read when it is needed. */
export interface TargetBase extends Routing {
  readonly url: { readonly kind: 'plain' | 'file'; readonly value: string };
  /** In place of the channel's own text. */
  readonly template?: string;
}

type Owns = {
  readonly [Name in ChannelName]: ReturnType<(typeof CHANNELS)[Name]['resolve']> & {
    readonly type: Name;
  };
};
type Targets = { readonly [Name in ChannelName]: TargetBase & Owns[Name] };
type TargetOf<Name extends ChannelName> = { readonly [Each in Name]: Targets[Each] }[Name];

/** Somebody who is told, decided; kept in plans. */
export type NotificationTarget = Targets[ChannelName];

const ALL = Object.values(CHANNELS);
export const CHANNEL_NAMES = ALL.map(({ type }) => type);
/** The keys that one of the channels understands. */
export const CHANNEL_KEYS = together(ALL.map(({ keys }) => keys));

type ChannelKeys = WrittenKeys<typeof CHANNEL_KEYS>;

/** What the rest asks of a channel, whichever it is. */
type Known = {
  readonly [Name in ChannelName]: Omit<Channel<ChannelKeys, Owns[Name]>, 'keys'> & {
    readonly keys: object;
  };
};
const KNOWN: Known = CHANNELS;

export function isKeyOf(type: ChannelName, key: string): boolean {
  return Object.hasOwn(KNOWN[type].keys, key);
}

/** Keys that are foreign to the channel have been told by then. */
export function resolveChannel(
  type: ChannelName,
  keys: ChannelKeys,
  base: TargetBase,
): NotificationTarget {
  return { ...KNOWN[type].resolve(keys), ...base };
}

/** Undefined where the channel has no word for such news. */
export function messageFor<Name extends ChannelName>(
  target: TargetOf<Name>,
  notification: Notification,
  to: Destination,
): Message | undefined {
  const name: Name = target.type;
  const { escape: escapeValue, write } = KNOWN[name];
  const { template } = target;
  const wording = template && escapeValue && rendered(template, notification, escapeValue);
  return write(notification, to, target, wording || undefined);
}

/** Why an answer of success is none after all. */
export function refusalIn({ type }: NotificationTarget, body: string): string | undefined {
  return KNOWN[type].refusal?.(body);
}

/** The files of secrets that a target names, by the key that names them. */
export function secretFilesOf(target: NotificationTarget): readonly (readonly [string, string])[] {
  const names = KNOWN[target.type].secrets;
  return Object.entries(target).flatMap(([key, value]) =>
    names.includes(key) && typeof value === 'string' ? [[key, value] as const] : [],
  );
}

export function schemeOf(type: ChannelName): Message['by'] {
  return KNOWN[type].scheme;
}

/** Whether its text may be the config's own. */
export function hasTemplate(type: ChannelName): boolean {
  return KNOWN[type].escape !== undefined;
}

/** Keys that the channel cannot do without. */
export function neededBy(type: ChannelName): readonly string[] {
  return KNOWN[type].needs;
}
