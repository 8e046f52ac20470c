// The stable is known before the candidate has a request: it is all there is to hold a candidate against
// that takes all traffic at once.
import { expect, test } from '@jest/globals';
import type { Decision } from '../../../core/release/tally.ts';
import { APP, deployment, service } from '../support/objects.ts';
import { planFor, play, settingsFor } from '../support/play.ts';
import { toyCluster } from '../support/toy-cluster.ts';

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
