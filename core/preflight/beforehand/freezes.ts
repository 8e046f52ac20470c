/** Times in which nothing is released, and who says so. */
import { type Instant, instant } from '../../base/vocabulary.ts';
import type { Freeze } from '../../config/sections/before/asked.ts';
import { timeOf, timestampOf } from '../../kubernetes/time.ts';
import type { Finding } from '../finding.ts';

/** When a schedule comes next after an instant; undefined where it never does. */
export type NextTime = (schedule: string, timeZone: string, after: number) => Instant | undefined;

export function checkFreezes(freezes: readonly Freeze[], at: Instant, next: NextTime): Finding[] {
  return freezes.flatMap((freeze) => {
    const until = endOf(freeze, at, next);
    if (until === undefined) return [];
    return [
      {
        check: 'frozen',
        severity: 'refuse',
        message: `nothing is released until ${timestampOf(until)}: ${freeze.reason}`,
        advice:
          'release it then; where it cannot wait, set this check aside for today, with the reason (preflight.ignore)',
      },
    ];
  });
}

/** Undefined where it is not frozen now. */
function endOf(freeze: Freeze, at: Instant, next: NextTime): Instant | undefined {
  switch (freeze.kind) {
    case 'once': {
      const [from, until] = [timeOf(freeze.from), timeOf(freeze.until)];
      return from !== undefined && until !== undefined && from <= at && at < until
        ? until
        : undefined;
    }
    case 'again': {
      // The last that began: each later one ends later.
      let end: Instant | undefined;
      let after: number = at - freeze.forMs;
      for (let count = 0; count < MOST_AT_ONCE; count += 1) {
        const began = next(freeze.schedule, freeze.timeZone, after);
        if (began === undefined || began > at) break;
        end = instant(began + freeze.forMs);
        after = began;
      }
      return end;
    }
  }
}

/** One that begins every minute and takes a day is one that never ends. */
const MOST_AT_ONCE = 100;
