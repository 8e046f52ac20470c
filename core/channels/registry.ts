/** Every channel by its type in the config. A target carries its channel's type, and so finds its way here. */
import type { WrittenKeys } from '../base/from-schema.ts';
import { together } from '../base/schema-parts.ts';
import type { Channel, ChannelRequest, Notification, NotificationEvent } from './channel.ts';
import { webhook } from './webhook.ts';

const CHANNELS = {
  webhook,
};

export type ChannelName = keyof typeof CHANNELS;

/** Where a channel leads, and of what it tells; the secret itself is read when it is needed. */
export interface TargetBase {
  readonly url: { readonly kind: 'plain' | 'file'; readonly value: string };
  readonly events: readonly NotificationEvent[];
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

export function requestOf<Name extends ChannelName>(
  target: TargetOf<Name>,
  notification: Notification,
  url: string,
): ChannelRequest {
  const name: Name = target.type;
  return KNOWN[name].request(notification, url, target);
}
