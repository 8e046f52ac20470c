/**
 * Invariant 15, in worlds in which nothing goes wrong that costs requests: a stage reads and writes no more
 * than what it begins with, what it does, and how long it looks explains.
 */
import type { ProcessRun } from '../../world/process/process.ts';
import type { Scenario } from '../../world/scenario.ts';
import type { Report } from '../broken.ts';
import type { Calm } from './calm.ts';
import type { Stretch } from './course.ts';

/** `once`: by every process · `each`: for a phase that it comes to · `perSecond`: for as long as it looks. */
interface Budget {
  readonly once: number;
  readonly each: number;
  readonly perSecond: number;
}

/**
 * A stage lists what it needs to know, a dozen collections, and renews its Lease every five seconds. A phase
 * is a write of the journal, those that it is about, and a list where it gives up or takes away.
 */
const REQUESTS: Budget = { once: 80, each: 15, perSecond: 1 };
const WRITES: Budget = { once: 20, each: 5, perSecond: 0.35 };

export function checkEconomy(
  scenario: Scenario,
  ran: readonly ProcessRun[],
  stretches: readonly Stretch[],
  isCalm: Calm,
  report: Report,
): void {
  for (const { name, use, fromMs, toMs } of ran) {
    if (toMs === undefined || !isCalm(fromMs, toMs)) continue;
    const come = stretches.filter((each) => each.fromMs >= fromMs && each.fromMs <= toMs);
    const phases = come.reduce((sum, each) => sum + partsOf(scenario, each), 0);
    const allowed = ({ once, each, perSecond }: Budget): number =>
      once + each * phases + (perSecond * (toMs - fromMs)) / 1000;
    const say = (what: string, count: number, budget: Budget): void => {
      if (count <= allowed(budget)) return;
      const seen = `${name} sent ${count} ${what} in ${Math.round((toMs - fromMs) / 1000)} s and ${phases} phases, and ${Math.round(allowed(budget))} are explained`;
      report('reads and writes stay within a budget', seen);
    };
    say('requests', use.requests, REQUESTS);
    say('writes', use.done, WRITES);
  }
}

/** The pods of a StatefulSet on its way back are ended one by one, each on what was listed right before. */
function partsOf({ shape, replicas }: Scenario, { phase, direction }: Stretch): number {
  const isOneByOne = shape === 'stateful-set' && phase === 'rolling' && direction === 'back';
  return isOneByOne ? replicas : 1;
}
