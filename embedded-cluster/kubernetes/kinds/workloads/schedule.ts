/**
 * Cron's five fields, in UTC: `0 * * * *`, `0/15 9-17 * * MON-FRI`, `@daily`, `@every 90m`. Read by croner,
 * which knows more than Kubernetes does and judges some rare fields otherwise: they are made plain before.
 */
import { Cron } from 'croner';
import { parseDuration } from '../../../base/duration.ts';

export interface Schedule {
  /** The first time after `afterMs`; undefined where there is none. */
  next(afterMs: number): number | undefined;
}

const NICKNAME = /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/;
const EVERY = /^@every\s+(\S+)$/;
const VALUE = String.raw`(\d+|[A-Z]{3})`;
const PART = String.raw`([*?]|${VALUE}(-${VALUE})?)(/\d+)?`;
/** Lists of `*`, `5`, `1-5`, `0/15`, `MON-FRI`: no last day, no nearest weekday, no seconds. */
const FIELD = new RegExp(`^${PART}(,${PART})*$`, 'i');
/** How many values each field has, and the greatest of them: to Kubernetes Sunday is 0, and 7 is no day. */
const LIMITS = [
  { count: 60, greatest: 59 },
  { count: 24, greatest: 23 },
  { count: 31, greatest: 31 },
  { count: 12, greatest: 12 },
  { count: 7, greatest: 6 },
];
/** The week begins on Sunday: no range ends there. */
const ENDS_ON_SUNDAY = /-SUN/i;

/** Undefined where the text is no schedule. */
export function parseSchedule(text: string): Schedule | undefined {
  const [, every] = EVERY.exec(text.trim()) ?? [];
  if (every !== undefined) return constant(every);
  const pattern = NICKNAME.test(text.trim()) ? text.trim() : plainPattern(text.trim().split(/\s+/));
  const cron = pattern === undefined ? undefined : cronOf(pattern);
  return cron && { next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() };
}

/** In whole seconds, one at least, after the time before: no clock is waited for. */
function constant(duration: string): Schedule | undefined {
  const everyMs = parseDuration(duration);
  if (everyMs === undefined) return undefined;
  const seconds = Math.max(1, Math.floor(everyMs / 1_000));
  return { next: (afterMs) => (Math.floor(afterMs / 1_000) + seconds) * 1_000 };
}

function plainPattern(fields: readonly string[]): string | undefined {
  if (fields.length !== LIMITS.length) return undefined;
  const plain = LIMITS.map((limits, index) => plainField(fields[index] ?? '', limits));
  return plain.includes(undefined) ? undefined : plain.join(' ');
}

function plainField(
  field: string,
  { count, greatest }: (typeof LIMITS)[number],
): string | undefined {
  if (!FIELD.test(field) || ENDS_ON_SUNDAY.test(field)) return undefined;
  const parts = field.replaceAll('?', '*').split(',');
  const values = parts.flatMap((part) => part.replace(/\/.*/, '').match(/\d+/g) ?? []);
  if (values.some((value) => Number(value) > greatest)) return undefined;
  return parts.map((part) => plainPart(part, count)).join(',');
}

function plainPart(part: string, count: number): string {
  const [range = '', step] = part.split('/');
  if (step === undefined || (range === '*' && Number(step) === 1)) return range;
  // A step beyond the field is one that is never taken; croner would refuse it.
  return `${range}/${Math.min(Number(step), count)}`;
}

function cronOf(pattern: string): Cron | undefined {
  try {
    return new Cron(pattern, { mode: '5-part', sloppyRanges: true, utcOffset: 0, paused: true });
  } catch {
    return undefined;
  }
}
