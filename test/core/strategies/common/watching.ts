import { instant } from '../../../../core/base/vocabulary.ts';
import type { Observation, Reading } from '../../../../core/cluster/observation.ts';
import type { ReleaseConfig } from '../../../../core/config/schema.ts';
import type { Measured } from '../../../../core/metrics/metric.ts';
import type { Plan } from '../../../../core/plan/plan.ts';
import { durable, type ReleaseState } from '../../../../core/state/state.ts';
import {
  type Analysed,
  analyseCandidate,
} from '../../../../core/strategies/common/analyse-candidate.ts';
import { strategyOf } from '../../../../core/strategies/registry.ts';
import { APP, deployment, pod, service } from '../../support/objects.ts';
import { planFor, settingsFor } from '../../support/play.ts';
import { toyCluster } from '../../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const STABLE = [pod('s1', BLUE, 'v1'), pod('s2', BLUE, 'v1')];
const CANDIDATE = [pod('c1', BLUE, 'v2'), pod('c2', BLUE, 'v2')];
export const START = instant(Date.UTC(2026, 0, 1));
const NO_REQUESTS: Counts = [0, 0];

/** Requests and errors since the start, or why there are none. */
export type Counts = readonly [requests: number, errors: number] | string;
export interface Second {
  readonly candidate: Counts;
  readonly stable?: Counts;
  readonly measured?: Readonly<Record<string, Measured>>;
}

export function planWith(config: Partial<ReleaseConfig>, metrics: 'pods' | 'none' = 'pods'): Plan {
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE, 2)], service(BLUE));
  return planFor(cluster, settingsFor('blue-green', config), metrics);
}

/** One look a second, and the journal between any two of them where asked for. */
export function watch(
  plan: Plan,
  seconds: readonly Second[],
  restartAt = -1,
): Analysed<ReleaseState> {
  let state: ReleaseState = { ...strategyOf(plan).begin(plan, START), phase: 'monitoring' };
  let watched: Analysed<ReleaseState> | undefined;
  for (const [second, { candidate, stable = NO_REQUESTS, measured = {} }] of seconds.entries()) {
    const at = instant(START + second * 1000);
    const tell = (name: string, counts: Counts): [string, Reading] => {
      if (typeof counts === 'string') return [name, { kind: 'failed', at, why: counts }];
      const [requests, errors] = counts;
      return [name, { kind: 'counted', at, counters: { requests, errors } }];
    };
    const readings = new Map([tell('c1', candidate), tell('s1', stable)]);
    const measurements = new Map(Object.entries(measured));
    const seen = { at, readings, measured: measurements } as unknown as Observation; // nothing else is looked at
    if (second === restartAt) state = JSON.parse(JSON.stringify(durable(state)));
    watched = analyseCandidate(plan, state, seen, { stable: STABLE, candidate: CANDIDATE }, 2);
    if (watched.turn !== undefined) return watched;
    state = watched.state;
  }
  if (!watched) throw new Error('nobody looked');
  return watched;
}

export const seconds = (count: number, at: (second: number) => Second): Second[] =>
  Array.from({ length: count }, (_, second) => at(second));
