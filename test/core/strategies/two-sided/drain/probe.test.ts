// A process that is killed as it ends a pod may have sent the request all the same: it can arrive
// when the candidate serves. Whoever comes next must have ended that very pod by then.
import { expect, test } from '@jest/globals';
import type { Observation } from '../../../../../core/cluster/observation.ts';
import { probeNeed } from '../../../../../core/strategies/two-sided/drain/probe.ts';
import { APP, deployment, pod, service } from '../../../support/objects.ts';
import { planFor, settingsFor } from '../../../support/play.ts';
import { toyCluster } from '../../../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const GREEN = { app: APP, version: 'green' };

test('the drain probe ends the same pod, in whatever order the pods are seen', () => {
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE));
  const plan = planFor(cluster, settingsFor('blue-green', {}));
  const seen = { reports: new Map() } as unknown as Observation; // nothing else is looked at
  const pods = ['b', 'c', 'a'].map((name) => pod(name, GREEN, 'v2'));
  const [need] = probeNeed(plan, seen, pods);
  expect(need).toMatchObject({ kind: 'drain-probe', pod: 'a' });
  expect(probeNeed(plan, seen, pods.reverse())).toEqual([need]);
});
