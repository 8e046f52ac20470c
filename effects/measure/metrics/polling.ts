/**
 * Polls the sources of a release, each in its own time. One that does not answer is asked less and
 * less often, so that a metrics system that is down is not kept down by those who wait for it.
 */

import type { Instant, Side } from '../../../core/base/vocabulary.ts';
import type { Measured } from '../../../core/metrics/metric.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { strategyOf } from '../../../core/strategies/registry.ts';
import type { StageContext } from '../../context/stage-context.ts';
import type { Observer } from '../../kube/watch/observer.ts';
import { type Poll, pollsOf, subjectsOf } from './polls.ts';

export interface Polling {
  /** The last answers by `<metric>/<side>`. */
  readonly measured: ReadonlyMap<string, Measured>;
  /** Asks whatever is due; does not wait for it. */
  meet(changed: () => void): void;
}

const SIDES: readonly Side[] = ['stable', 'candidate'];

/** So that the shortest useful limit on blindness still has several tries in it. */
const LONGEST_PAUSE_MS = 20_000;

interface Due {
  readonly poll: Poll;
  at: number;
  taken: number;
  failures: number;
  underWay: boolean;
}

export function startPolling(context: StageContext, plan: Plan, observer: Observer): Polling {
  const { clock } = context;
  const measured = new Map<string, Measured>();
  let dues: Due[] | undefined;
  const sides = () => subjectsOf(plan, strategyOf(plan).sides(plan, observer.look()));

  const begin = (now: Instant): Due[] =>
    pollsOf(context, plan).map((poll) => ({
      poll,
      at: now + poll.initialDelayMs,
      taken: 0,
      failures: 0,
      underWay: false,
    }));

  const ask = async (due: Due): Promise<void> => {
    const answers = await due.poll.measure(sides(), clock.now);
    for (const side of SIDES) {
      const answer = answers[side];
      if (answer) measured.set(`${due.poll.name}/${side}`, answer);
    }
    due.failures = isOut(answers.candidate) ? due.failures + 1 : 0;
    due.taken += answers.candidate?.kind === 'unmeasurable' ? 0 : 1;
    due.at = clock.now() + pauseAfter(due);
  };

  return {
    measured,
    meet: (changed) => {
      const now = clock.now();
      dues ??= begin(now);
      for (const due of dues) {
        const { count } = due.poll;
        if (due.underWay || now < due.at || (count !== undefined && due.taken >= count)) continue;
        due.underWay = true;
        void ask(due).finally(() => {
          due.underWay = false;
          changed();
        });
      }
    },
  };
}

/** A source that is down; one that answers something odd is as well as ever. */
function isOut(answer: Measured | undefined): boolean {
  return answer?.kind === 'unmeasurable' && answer.oddity === 'no-answer';
}

function pauseAfter({ poll, failures }: Due): number {
  const { intervalMs } = poll;
  if (failures === 0) return intervalMs;
  return Math.max(intervalMs, Math.min(intervalMs * 2 ** failures, LONGEST_PAUSE_MS));
}
