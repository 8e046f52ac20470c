/** The shape of who is told, in a plan. What plans of earlier versions lack, it may lack. */
import { NOTIFICATION_EVENTS, SEVERITIES } from '../../channels/channel.ts';
import { CHANNEL_NAMES, resolveChannel, type TargetBase } from '../../channels/registry.ts';
import { DAYS, type QuietHours } from '../../channels/wanted/routing.ts';
import { alike, both, each, fields, maybe, number, oneOf, text, variants } from './json.ts';

const base = fields<TargetBase>({
  url: fields<TargetBase['url']>({ kind: oneOf(['plain', 'file']), value: text }),
  events: each(oneOf(NOTIFICATION_EVENTS)),
  severity: maybe(oneOf(SEVERITIES)),
  services: maybe(each(text)),
  namespaces: maybe(each(text)),
  quiet: maybe(
    fields<QuietHours>({
      from: number,
      until: number,
      timeZone: text,
      days: each(oneOf(DAYS)),
      except: each(oneOf(NOTIFICATION_EVENTS)),
    }),
  ),
  template: maybe(text),
});
const NOWHERE: TargetBase = { url: { kind: 'plain', value: '' }, events: [] };
export const notificationTarget = both(
  variants(
    'type',
    Object.fromEntries(
      CHANNEL_NAMES.map((each) => [each, alike(resolveChannel(each, {}, NOWHERE))]),
    ),
  ),
  base,
);
