// A process that is killed as it ends a pod may have sent the request all the same: it can arrive
// when the candidate serves. Whoever comes next must have ended that very pod by then. And pods that
// fall before they could be probed must not be waited for until the release has run out of time.
import { expect, test } from '@jest/globals';
import { instant } from '../../../../../core/base/vocabulary.ts';
import type { Observation } from '../../../../../core/cluster/observation.ts';
import type { Pod } from '../../../../../core/kubernetes/objects.ts';
import { probeNeed, probeVerdict } from '../../../../../core/strategies/two-sided/drain/probe.ts';
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

const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE));
const unprobed: Observation = { ...cluster.observe([]), reports: new Map() };

/** The verdict on three pods of which the probe has told nothing yet, so long after the phase began. */
function verdictOn(pods: readonly Pod[], afterMs = 1_000, drainProbe: 'report' | 'off' = 'report') {
  const plan = planFor(cluster, settingsFor('blue-green', { preflight: { drainProbe } }));
  const since = instant(unprobed.at - afterMs);
  return probeVerdict(plan, unprobed, pods, 3, since);
}

const ready = pod('a', GREEN, 'v2');
const starting = pod('b', GREEN, 'v2', 'starting');
const ending = pod('c', GREEN, 'v2', 'terminating');

/** Its container has ended again and again, and waits to be started once more. */
const fallen: Pod = {
  ...starting,
  status: {
    ...starting.status,
    containerStatuses: [
      {
        name: APP,
        ready: false,
        restartCount: 2,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } },
        lastState: { terminated: { exitCode: 3, reason: 'Error' } },
      },
    ],
  },
};

test('pods that fall before one of them could be probed are not waited for until the time is over', () => {
  expect(verdictOn([fallen, fallen, fallen])).toMatchObject({
    kind: 'refuse',
    cause: {
      code: 'pods-not-starting',
      text: 'b cannot start: CrashLoopBackOff (Error, exit 3) back-off 10s',
    },
  });
  expect(verdictOn([ready, ready, fallen])).toMatchObject({ kind: 'refuse' });
});

test('pods that are not ready again before one of them could be probed have the time of any pod', () => {
  const readyMs = settingsFor('blue-green').limits.readyMs;
  expect(verdictOn([starting, starting, starting], readyMs - 1)).toMatchObject({ kind: 'wait' });
  expect(verdictOn([starting, starting, starting], readyMs)).toMatchObject({
    kind: 'refuse',
    cause: { code: 'pods-not-ready' },
  });
});

test('the pod that is ended for the probe, and the one that comes for it, are no reason to turn back', () => {
  const waiting = { kind: 'wait', waitingFor: 'one candidate pod to be ended under a client' };
  expect(verdictOn([ready, ready, ready])).toEqual(waiting);
  expect(verdictOn([ready, ready, starting, ending])).toEqual(waiting);
});

test('where no probe is wanted, nobody waits for one', () => {
  expect(verdictOn([ready, ready, ready], 0, 'off')).toEqual({ kind: 'go', evidence: undefined });
});
