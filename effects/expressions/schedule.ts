/** Schedules in cron's five fields, in a time zone, with its changes to summer and winter time (`croner`). */
import { Cron } from 'croner';
import { instant } from '../../core/base/vocabulary.ts';
import type { NextTime } from '../../core/preflight/beforehand/freezes.ts';

export function isSchedule(text: string): boolean {
  return cronOf(text, 'UTC') !== undefined;
}

export function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }) !== undefined;
  } catch {
    return false;
  }
}

export const nextTime: NextTime = (schedule, timeZone, after) => {
  const next = cronOf(schedule, timeZone)?.nextRun(new Date(after))?.getTime();
  return next === undefined ? undefined : instant(next);
};

function cronOf(pattern: string, timezone: string): Cron | undefined {
  try {
    return new Cron(pattern, { mode: '5-part', timezone, paused: true });
  } catch {
    return undefined;
  }
}
