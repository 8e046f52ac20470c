// Kept-alive connections stay on a candidate that was decided against, and each answer over them may be
// an error. It is drained only for as long as that costs less than cutting it off.
import { describe, expect, test } from '@jest/globals';
import { type Availability, NOTHING_KNOWN } from '../../../core/availability/availability.ts';
import { NOT_LOSING } from '../../../core/availability/shortfall.ts';
import { instant } from '../../../core/base/vocabulary.ts';
import { NO_PROBES } from '../../../core/cluster/prober.ts';
import { NOTHING_OWED } from '../../../core/metrics/shared.ts';
import type { TwoSidedState } from '../../../core/state/state.ts';
import { needsOf } from '../../../core/strategies/needs.ts';
import { strategyOf } from '../../../core/strategies/registry.ts';
import { draining } from '../../../core/strategies/two-sided/phases/draining.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { planFor, play, settingsFor } from '../support/play.ts';
import { toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };

/** A release that turned back, with both sides there and the candidate about to be drained. */
function condemned(errors: number, perSecond: number, connections?: number) {
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE));
  const config = { drain: { maxDuration: '30s' } };
  const plan = planFor(cluster, settingsFor('blue-green', config));
  if (plan.strategy === 'rolling') throw new Error('two sides are needed');
  const { state } = play(cluster, plan, { until: 'monitoring' });
  if (state.strategy === 'rolling') throw new Error('two sides are needed');
  const since = instant(cluster.nowMs());
  cluster.advance(3_000);
  const counted = { stable: { requests: 500, errors: 0 }, candidate: { requests: 100, errors } };
  const availability: Availability = { ...NOTHING_KNOWN, counted };
  const lately = {
    forMs: 1_000,
    sides: { stable: { requests: 30, errors: 0 }, candidate: { requests: perSecond, errors: 0 } },
  };
  const mark = {
    at: since,
    last: { stable: {}, candidate: {} },
    probes: NO_PROBES,
    owed: NOTHING_OWED,
    told: { at: {}, lately: [] },
    losing: NOT_LOSING,
    lately,
  };
  const evidence = { ...state.evidence, availability };
  const back: TwoSidedState = {
    ...state,
    phase: 'draining',
    direction: 'back',
    since,
    evidence,
    mark,
  };
  const key = `${plan.release}/connections/${since}`;
  const observed = cluster.observe([]);
  const report = { key, at: since, checked: '', failures: [] };
  const told = connections === undefined ? [] : [[key, { ...report, count: connections }] as const];
  const seen = { ...observed, reports: new Map(told) };
  return { plan, state: back, seen, sides: strategyOf(plan).sides(plan, seen) };
}

describe('a candidate that was decided against', () => {
  test.each<[string, number, number, number | undefined, string]>([
    ['is let go at once where its errors cost more than its connections', 30, 20, 6, 'retiring'],
    ['also where nobody tells the connections', 30, 20, undefined, 'retiring'],
    ['is drained where it answers well', 0, 20, 6, 'draining'],
    [
      'is drained where it holds more connections than it has errors to come',
      1,
      20,
      900,
      'draining',
    ],
    ['is drained where nothing reaches it', 30, 0, 6, 'draining'],
  ])('%s', (_name, errors, perSecond, connections, phase) => {
    const { plan, state, seen, sides } = condemned(errors, perSecond, connections);
    const next = draining.next(plan, state, seen, sides);
    expect(next.state.phase).toBe(phase);
    if (phase === 'retiring') expect(next.state.evidence.drained).toBe('errors');
  });

  test('its pods are counted to their last second, whatever the phase', () => {
    const { plan, state, seen } = condemned(30, 20);
    const [ending] = seen.pods;
    if (!ending) throw new Error('no pods');
    const pods = seen.pods.map((pod) => ({
      ...pod,
      metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' },
      status: { ...pod.status, phase: 'Running' },
    }));
    for (const phase of ['draining', 'retiring', 'tidying'] as const) {
      const needs = needsOf(plan, { ...state, phase }, { ...seen, pods });
      const read = needs.flatMap((need) => (need.kind === 'readings' ? need.pods : []));
      expect(new Set(read)).toEqual(new Set(pods.map(({ metadata }) => metadata.name)));
    }
  });
});
