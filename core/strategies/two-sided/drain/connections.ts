/**
 * How many kept-alive connections old pods still held when they were let go. Some of them may be told
 * to close in the pod's last seconds, so what is left is the most that can have been cut. Only the
 * pods can tell; where they do not, it is unknown.
 */

import type { Need, Observation } from '../../../cluster/observation.ts';
import type { Pod } from '../../../kubernetes/objects.ts';
import type { OpenConnections } from '../../../metrics/page/connections.ts';
import type { Plan } from '../../../plan/plan.ts';
import type { ReleaseState } from '../../../state/state.ts';

const ASK_EVERY_MS = 1_000;

function connectionsKey(plan: Plan, state: ReleaseState): string {
  return `${plan.release}/connections/${state.since}`;
}

export function connectionsNeed(plan: Plan, state: ReleaseState, pods: readonly Pod[]): Need[] {
  if (plan.metrics.kind === 'none') return [];
  const names = pods.map(({ metadata }) => metadata.name);
  const key = connectionsKey(plan, state);
  return [{ kind: 'connections', key, pods: names, everyMs: ASK_EVERY_MS }];
}

/** For the record: `0 told-by=http_connections_open`, `at-most-3 told-by=…`, `unknown`. */
export function connectionsCut(plan: Plan, state: ReleaseState, seen: Observation): string {
  const report = seen.reports.get(connectionsKey(plan, state));
  return report && report.failures.length === 0 ? report.checked : 'unknown';
}

/** How many the pods hold that are let go, by their own word; undefined where one of them did not tell. */
export function connectionsNow(
  plan: Plan,
  state: ReleaseState,
  seen: Observation,
): number | undefined {
  return seen.reports.get(connectionsKey(plan, state))?.count;
}

export function connectionsHeld(
  told: readonly (OpenConnections | undefined)[],
): number | undefined {
  if (told.length === 0 || told.includes(undefined)) return undefined;
  return told.reduce((sum, each) => sum + (each?.count ?? 0), 0);
}

/** What pods told, as one; undefined where one of them did not. */
export function connectionsText(
  told: readonly (OpenConnections | undefined)[],
): string | undefined {
  const [first] = told;
  const count = connectionsHeld(told);
  if (!first || count === undefined) return undefined;
  return `${count === 0 ? '0' : `at-most-${count}`} told-by=${first.gauge}`;
}
