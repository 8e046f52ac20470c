/** Every channel by its type in the config. */
import type { NotificationTarget } from '../config/sections/notifications.ts';
import type { Channel } from './channel.ts';
import { webhook } from './webhook.ts';

export const CHANNELS: Readonly<Record<NotificationTarget['type'], Channel>> = { webhook };
