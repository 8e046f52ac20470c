/** Kubernetes' timestamps as instants. The core has no Date, since a Date knows what time it is. */
import { type Instant, instant } from '../vocabulary.ts';

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;

/** Undefined where the text is no time; UTC only, as the API writes it. */
export function timeOf(text: string | undefined): Instant | undefined {
  const match = text === undefined ? null : RFC3339.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1, 7)
    .map(Number);
  const fractionMs = match[7] ? Number(`0.${match[7]}`) * 1000 : 0;
  const wholeSeconds = ((daysSinceEpoch(year, month, day) * 24 + hours) * 60 + minutes) * 60;
  return instant((wholeSeconds + seconds) * 1000 + Math.floor(fractionMs));
}

/** Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
