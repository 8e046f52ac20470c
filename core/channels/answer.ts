/** What becomes of a message by what its receiver answers: told, to be tried again, or in vain. */
import { type Instant, instant } from '../base/vocabulary.ts';
import { timeOf } from '../kubernetes/time.ts';

/** `status`: of HTTP, or of SMTP; undefined where nothing was answered. */
export interface Answered {
  readonly status: number | undefined;
  /** For people; names no host and no secret. */
  readonly why: string;
  /** The header of that name. */
  readonly retryAfter?: string | undefined;
  /** It was not even asked, or has said in the answer that it will never do it. */
  readonly isFinal?: boolean;
}

export type Fate =
  | { readonly kind: 'told' }
  | { readonly kind: 'again'; readonly at: Instant; readonly why: string }
  | { readonly kind: 'in-vain'; readonly why: string };

const FIRST_MS = 500;
const MOST_MS = 30_000;
/** Longer than this no one is waited for, whatever they say. */
const MOST_ASKED_FOR_MS = 3_600_000;

/** `attempt`: the first is 0. Waits twice as long each time, and as long as the receiver says (RFC 9110, 10.2.3). */
export function fateOf(answered: Answered, attempt: number, now: Instant): Fate {
  const { status, why, isFinal = false } = answered;
  if (isFinal) return { kind: 'in-vain', why };
  if (status !== undefined && status < 300) return { kind: 'told' };
  if (status !== undefined && status < 500 && !PASSING.includes(status)) {
    return { kind: 'in-vain', why };
  }
  const backOffMs = Math.min(MOST_MS, FIRST_MS * 2 ** attempt);
  const askedForMs = Math.min(MOST_ASKED_FOR_MS, askedFor(answered.retryAfter, now) ?? 0);
  return { kind: 'again', at: instant(now + Math.max(backOffMs, askedForMs)), why };
}

/** Too early, too many, too slow: they pass. */
const PASSING: readonly number[] = [408, 425, 429];

/** Seconds, or a date: `Wed, 21 Oct 2015 07:28:00 GMT`. */
function askedFor(header: string | undefined, now: Instant): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1_000;
  const [, day, month = '', year, hours, minutes, seconds] = HTTP_DATE.exec(header) ?? [];
  const monthAt = MONTHS.indexOf(month);
  if (day === undefined || monthAt < 0) return undefined;
  const two = (value: unknown) => String(value).padStart(2, '0');
  const at = timeOf(`${year}-${two(monthAt + 1)}-${day}T${hours}:${minutes}:${seconds}Z`);
  return at === undefined ? undefined : Math.max(0, at - now);
}

const HTTP_DATE = /^[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
