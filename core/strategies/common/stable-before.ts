/**
 * The stable before the candidate has requests: its own rates, which are all that a candidate can be
 * held against once it serves alone. Counted while routes, pods and smoke checks are prepared, in
 * phases in which no request can reach the candidate. Prometheus has kept what it counted, and is
 * asked later.
 */

import { accumulateBefore } from '../../analysis/accumulate.ts';
import { FRESH } from '../../analysis/analysis-state.ts';
import { podCount } from '../../analysis/request-window.ts';
import type { Need, Observation } from '../../cluster/observation.ts';
import { answeredSince, NO_PROBES } from '../../cluster/prober.ts';
import type { Counted } from '../../judge/sample.ts';
import { isCountedOnPages } from '../../metrics/request-counters/registry.ts';
import { NOTHING_OWED, withoutProber } from '../../metrics/shared.ts';
import { type CountersByKey, grownBy } from '../../metrics/traffic.ts';
import type { Sides } from '../../plan/own-pods.ts';
import type { Plan } from '../../plan/plan.ts';
import type { ReleaseState } from '../../state/state.ts';

const WINDOW_MS = 1_000;

/** The pods whose counters are read for it. */
export function needsBefore(plan: Plan, pods: readonly string[]): readonly Need[] {
  if (!readsPods(plan)) return [];
  return [{ kind: 'readings', pods, everyMs: plan.settings.podMetrics.everyMs }];
}

export function measureStableBefore<S extends ReleaseState>(
  plan: Plan,
  state: S,
  seen: Observation,
  sides: Sides,
): S {
  if (!readsPods(plan) || state.direction === 'back') return state;
  const tally = state.tally ?? FRESH;
  const { at, counters: last } = tally.before ?? { at: undefined, counters: {} };
  if (at !== undefined && seen.at - at < WINDOW_MS) return state;
  const count = podCount(seen, sides, 'stable');
  if (count.kind !== 'counted') return state;
  const life = tally.life ?? lifeOf(count.counters);
  const known = life ? { ...tally, life } : tally;
  const probes = seen.probes ?? NO_PROBES;
  const settled = withoutProber(
    { stable: grownBy(last, count.counters), candidate: {} },
    tally.before?.owed ?? NOTHING_OWED,
    answeredSince(tally.before?.probes ?? probes, probes),
  );
  const window = {
    kind: 'measured',
    at: seen.at,
    forMs: at === undefined ? 0 : seen.at - at,
    ...settled.sides,
  } as const;
  const learnt = at === undefined ? known : accumulateBefore(plan.settings.analysis, known, window);
  const counters = { ...last, ...count.counters };
  const before = { at: seen.at, counters, probes, owed: settled.owed };
  return { ...state, tally: { ...learnt, before } };
}

/** Of all counters, since each of them began; undefined where there are none. */
export function lifeOf(counters: CountersByKey): Counted | undefined {
  const all = Object.values(counters);
  if (all.length === 0) return undefined;
  return {
    requests: all.reduce((sum, { requests }) => sum + requests, 0),
    errors: all.reduce((sum, { errors }) => sum + errors, 0),
  };
}

function readsPods({ metrics, settings }: Plan): boolean {
  return metrics.kind === 'pods' && isCountedOnPages(settings.analysis.traffic);
}
