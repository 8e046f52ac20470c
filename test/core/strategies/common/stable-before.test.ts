// The stable is known before the candidate has a request: it is all there is to hold a candidate against
// that takes all traffic at once.
import { expect, test } from '@jest/globals';
import type { Decision } from '../../../../core/analysis/analysis-state.ts';
import { instant } from '../../../../core/base/vocabulary.ts';
import type { Observation } from '../../../../core/cluster/observation.ts';
import { NO_PROBES } from '../../../../core/cluster/prober.ts';
import type { ReleaseState } from '../../../../core/state/state.ts';
import { measureStableBefore } from '../../../../core/strategies/common/stable-before.ts';
import { strategyOf } from '../../../../core/strategies/registry.ts';
import { APP, deployment, pod, service } from '../../support/objects.ts';
import { planFor, play, settingsFor } from '../../support/play.ts';
import { toyCluster } from '../../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };

/** A blue-green release at once, of a candidate with one rate of errors after a stable with another. */
function decided(stable: number, candidate: number): Decision | undefined {
  const errorRate = (image: string): number => (image.endsWith('v2') ? candidate : stable);
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE), { errorRate });
  const plan = planFor(
    cluster,
    settingsFor('blue-green', { strategy: { blueGreen: { monitoring: '30s' } } }),
  );
  return play(cluster, plan).state.evidence.decision;
}

test('what the stable answered while the release prepared itself is in the record', () => {
  const { numbers = {}, rule } = decided(0, 0.5) ?? {};
  expect(rule).toMatch(/^judge sequential: errors against/);
  expect(numbers.beforeRequests).toBeGreaterThan(0);
  expect(numbers).toMatchObject({ beforeErrors: 0 });
});

test('a stable with errors of its own is what its successor is held to', () => {
  expect(decided(0.05, 0.05)?.verdict).not.toBe('bad');
});

test('is not known by what the release has asked itself: answers to us are no good clients', () => {
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE));
  const plan = planFor(cluster, settingsFor('blue-green', {}));
  const pods = [pod('s1', BLUE, 'v1'), pod('s2', BLUE, 'v1')];
  const start = instant(Date.UTC(2026, 0, 1));
  let state: ReleaseState = strategyOf(plan).begin(plan, start);
  for (let second = 0; second <= 60; second += 1) {
    const at = instant(start + second * 1000);
    // Two clients a second, of whom one fails, and ten requests of the prober.
    const shared = { requests: second * 5, errors: 0 };
    const readings = new Map(
      pods.map(({ metadata: { name } }, i) => {
        const errors = i === 0 ? second : 0;
        const counters = { requests: second + shared.requests, errors, shared };
        return [name, { kind: 'counted', at, counters }] as const;
      }),
    );
    const probes = { ...NO_PROBES, fresh: { sent: second * 10, lost: 0 } };
    const seen = { at, readings, probes } as unknown as Observation; // nothing else is looked at
    state = measureStableBefore(plan, state, seen, { stable: pods, candidate: [] });
  }
  expect(state.tally?.stableBefore).toEqual({ requests: 120, errors: 60 });
});
