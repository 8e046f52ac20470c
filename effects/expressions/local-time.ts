/** What a clock on the wall shows in a time zone, in its summer and its winter time. */
import { DAYS, type LocalTime } from '../../core/channels/wanted/routing.ts';

export const localTime: LocalTime = (at, timeZone) => {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((each) => each.type === type)?.value ?? '';
  const day = DAYS.find((each) => each === part('weekday').toLowerCase()) ?? 'mon';
  return { day, minutes: Number(part('hour')) * 60 + Number(part('minute')) };
};
