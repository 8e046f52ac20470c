/** What a rolling release has measured while its candidate is judged. */

import type { Need, Observation } from '../../cluster/observation.ts';
import { isServing } from '../../kubernetes/pods/pods.ts';
import { sidesOfOne } from '../../plan/own-pods.ts';
import type { RollingPlan } from '../../plan/plan.ts';

export function judgingNeeds(plan: RollingPlan, seen: Observation): readonly Need[] {
  const { stable, candidate } = sidesOfOne(plan, seen);
  const pods = [...stable, ...candidate].filter(isServing);
  const names = pods.map((pod) => pod.metadata.name);
  const { everyMs } = plan.settings.podMetrics;
  return [{ kind: 'readings', pods: names, everyMs }, { kind: 'metrics' }];
}
