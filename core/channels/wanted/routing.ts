/** Whom news is for: by its event and severity, its service and namespace, and by the time of day. */
import type { Instant } from '../../base/vocabulary.ts';
import {
  NOTIFICATION_EVENTS,
  type Notification,
  type NotificationEvent,
  SEVERITIES,
  SEVERITY_OF,
  type Severity,
} from '../channel.ts';

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];

/** When a target is told nothing that can wait. */
export interface QuietHours {
  /** Minutes since midnight; where `until` is the earlier, it is that of the next day. */
  readonly from: number;
  readonly until: number;
  readonly timeZone: string;
  /** On which they begin. */
  readonly days: readonly Day[];
  /** What is told all the same. */
  readonly except: readonly NotificationEvent[];
}

/** What somebody is told of, and when. */
export interface Routing {
  readonly events: readonly NotificationEvent[];
  /** Nothing that is less severe. Plans of earlier versions lack it, and what follows. */
  readonly severity?: Severity;
  /** Of these alone, `shop-*` for many; undefined: of all. */
  readonly services?: readonly string[];
  readonly namespaces?: readonly string[];
  readonly quiet?: QuietHours;
}

/** What a clock on the wall shows there. */
export type LocalTime = (
  at: Instant,
  timeZone: string,
) => { readonly day: Day; readonly minutes: number };

/**
 * Told at whatever hour: what could not be brought to a safe end, such as a rollback that failed, waits
 * for a person.
 */
export const NEVER_QUIET = ['failed'] as const satisfies readonly NotificationEvent[];
/** What quiet hours may make an exception of. */
export const QUIETABLE = NOTIFICATION_EVENTS.filter(
  (event): event is Exclude<NotificationEvent, (typeof NEVER_QUIET)[number]> =>
    !isNeverQuiet(event),
);

/** Whether a target is to hear of it at all. */
export function isFor(
  { events, severity = 'info', services, namespaces }: Routing,
  { event, service, namespace }: Pick<Notification, 'event' | 'service' | 'namespace'>,
): boolean {
  const isSevere = SEVERITIES.indexOf(SEVERITY_OF[event]) >= SEVERITIES.indexOf(severity);
  return (
    events.includes(event) &&
    isSevere &&
    isAmong(services, service) &&
    isAmong(namespaces, namespace)
  );
}

/** Whether it has to wait until quiet hours are over. */
export function isQuiet(
  { quiet }: Pick<Routing, 'quiet'>,
  event: NotificationEvent,
  now: Instant,
  local: LocalTime,
): boolean {
  if (quiet === undefined || isNeverQuiet(event) || quiet.except.includes(event)) return false;
  const { from, until, timeZone, days } = quiet;
  const { day, minutes } = local(now, timeZone);
  const dayBefore = DAYS[(DAYS.indexOf(day) + DAYS.length - 1) % DAYS.length] ?? day;
  if (from < until) return days.includes(day) && minutes >= from && minutes < until;
  return (days.includes(day) && minutes >= from) || (days.includes(dayBefore) && minutes < until);
}

function isNeverQuiet(event: NotificationEvent): boolean {
  return NEVER_QUIET.some((each) => each === event);
}

/** `shop-*`: a star stands for any characters. Undefined: all. */
function isAmong(patterns: readonly string[] | undefined, name: string): boolean {
  if (patterns === undefined) return true;
  return patterns.some((pattern) => {
    const [head = '', tail] = pattern.split('*');
    if (tail === undefined) return name === head;
    return name.length >= head.length + tail.length && name.startsWith(head) && name.endsWith(tail);
  });
}
