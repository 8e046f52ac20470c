/** Cron's five fields, in UTC: `0 * * * *`, `0/15 9-17 * * MON-FRI`, `@daily`. */

export interface Schedule {
  /** The first time after `afterMs`; undefined where there is none within four years. */
  next(afterMs: number): number | undefined;
}

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SEARCHED_MS = 4 * 366 * DAY_MS;

/** Undefined where the text is no schedule. */
export function parseSchedule(text: string): Schedule | undefined {
  const fields = (NICKNAMES[text] ?? text).trim().split(/\s+/);
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
  const minutes = parseField(minute, 0, 59);
  const hours = parseField(hour, 0, 23);
  const days = parseField(day, 1, 31);
  const months = parseField(month, 1, 12, MONTHS);
  const weekdays = parseField(weekday, 0, 7, DAYS);
  if (fields.length !== 5 || !minutes || !hours || !days || !months || !weekdays) return undefined;
  const isEveryDay = day.startsWith('*') || day === '?';
  const isEveryWeekday = weekday.startsWith('*') || weekday === '?';
  const matchesDay = (date: Date): boolean => {
    const byDay = days.has(date.getUTCDate());
    // Sunday is both 0 and 7.
    const at = date.getUTCDay();
    const byWeekday = weekdays.has(at) || (at === 0 && weekdays.has(7));
    if (!months.has(date.getUTCMonth() + 1)) return false;
    // Where both are limited, either will do.
    return isEveryDay || isEveryWeekday ? byDay && byWeekday : byDay || byWeekday;
  };
  return {
    next: (afterMs) => {
      let at = Math.floor(afterMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
      while (at - afterMs < SEARCHED_MS) {
        const date = new Date(at);
        if (!matchesDay(date)) at = Math.floor(at / DAY_MS) * DAY_MS + DAY_MS;
        else if (!hours.has(date.getUTCHours())) at = Math.floor(at / HOUR_MS) * HOUR_MS + HOUR_MS;
        else if (!minutes.has(date.getUTCMinutes())) at += MINUTE_MS;
        else return at;
      }
      return undefined;
    },
  };
}

/** `*`, `5`, `1-5`, `0/15`, `MON-FRI`, and lists of those. */
function parseField(
  text: string,
  least: number,
  most: number,
  names: readonly string[] = [],
): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  const number = (part: string): number => {
    const named = names.indexOf(part.toUpperCase());
    return named >= 0 ? named + (least === 1 ? 1 : 0) : Number(part);
  };
  for (const part of text.split(',')) {
    const [range = '', step = '1'] = part.split('/');
    const [from = '', to] = range.split('-');
    const isAll = from === '*' || from === '?';
    const first = isAll ? least : number(from);
    const last = isAll || (to === undefined && part.includes('/')) ? most : number(to ?? from);
    const by = Number(step);
    const isValid =
      first >= least && last <= most && first <= last && Number.isInteger(by) && by > 0;
    if (!isValid || from === '') return undefined;
    for (let value = first; value <= last; value += by) values.add(value);
  }
  return values;
}
