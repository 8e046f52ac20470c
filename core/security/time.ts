/** RFC 3339 as people, scanners and VEX documents write it: with a zone, which is not always UTC. */
import type { Instant } from '../base/vocabulary.ts';
import { instant } from '../base/vocabulary.ts';
import { timeOf, timestampOf } from '../kubernetes/time.ts';

const ZONED =
  /^(\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,9})\d*)?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/** Undefined where the text has no zone, names a day that there is not, or is no time at all. */
export function zonedTimeOf(text: unknown): Instant | undefined {
  const match = typeof text === 'string' ? ZONED.exec(text) : null;
  if (!match) return undefined;
  const [, local = '', fraction = '0', sign, hours = '0', minutes = '0'] = match;
  const whole = timeOf(`${local}Z`);
  // The 30th of February would be the 2nd of March.
  if (whole === undefined || timestampOf(whole) !== `${local}Z`) return undefined;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return instant(whole + Math.floor(Number(`0.${fraction}`) * 1000) - offsetMs);
}
