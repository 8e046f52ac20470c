/** Asks every source of a plan once, before anything is begun: a wrong query is bad input. */
import type { Pod } from '../../../core/kubernetes/objects.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import type { LogEvent } from '../../../core/report/log/log-events.ts';
import { BadInput } from '../../base/failure.ts';
import type { StageContext } from '../../context/stage-context.ts';
import { pollsOf, subjectsOf } from './polls.ts';

/** An event for each source that cannot be measured now; throws BadInput with all that never can. */
export async function trySources(
  context: StageContext,
  plan: Plan,
  stable: readonly Pod[],
): Promise<LogEvent[]> {
  const sides = subjectsOf(plan, { stable, candidate: [] });
  const tried = await Promise.all(
    pollsOf(context, plan).map(async ({ name, measure }) => {
      const { stable: answer, candidate } = await measure(sides, context.clock.now);
      // A candidate without pods has nothing to tell yet.
      const odd = answer ?? candidate;
      return odd?.kind === 'unmeasurable' ? [{ name, oddity: odd.oddity, why: odd.why }] : [];
    }),
  );
  const odd = tried.flat();
  const wrong = odd.filter(({ oddity }) => oddity === 'bad-query');
  if (wrong.length > 0) throw new BadInput(wrong.map(({ name, why }) => `metric ${name}: ${why}`));
  return odd.map(({ name, oddity, why }) => ({
    event: 'metric-unmeasurable',
    metric: name,
    unmeasurable: oddity,
    reason: why,
  }));
}
