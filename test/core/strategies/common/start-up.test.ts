// What ends a release at once and what does not, by the statuses that a real cluster gave its pods
// (Kubernetes 1.36; see the titles), with the events that it told of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../../core/base/vocabulary.ts';
import type { Observation } from '../../../../core/cluster/observation.ts';
import type {
  ClusterEvent,
  ContainerStatus,
  Pod,
  Probe,
} from '../../../../core/kubernetes/objects.ts';
import { probePatienceMs } from '../../../../core/kubernetes/pods/probes.ts';
import type { Rollout } from '../../../../core/kubernetes/pods/rollout.ts';
import { timeOf } from '../../../../core/kubernetes/time.ts';
import { outOfTime, startFailure } from '../../../../core/strategies/common/start-up.ts';
import { APP, deployment, pod, service } from '../../support/objects.ts';
import { planFor, settingsFor } from '../../support/play.ts';
import { toyCluster } from '../../support/toy-cluster.ts';

type Recorded = Readonly<Record<string, { pod: Pod; events: ClusterEvent[] }>>;
const RECORDED = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../kubernetes/recordings/pods.json'), 'utf8'),
) as Recorded; // written from the recording of a real cluster

const LABELS = { app: APP, version: 'blue' };
const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', LABELS)], service(LABELS));
const plans = {
  rolling: planFor(cluster, settingsFor('rolling')),
  'blue-green': planFor(cluster, settingsFor('blue-green')),
};

interface Look {
  readonly pods: readonly Pod[];
  readonly others?: readonly Pod[];
  readonly events?: readonly ClusterEvent[];
  readonly rollout?: Rollout;
  readonly afterMs?: number;
  readonly strategy?: keyof typeof plans;
}

/** Looks at pods so long after the first of them was created. */
function lookAt({ pods, others = [], events = [], rollout, afterMs = 1_000, strategy }: Look) {
  const since = timeOf(pods[0]?.metadata.creationTimestamp) ?? instant(0);
  const at = instant(since + afterMs);
  const all = [...pods, ...others];
  const seen: Observation = { ...cluster.observe([]), at, events, pods: all };
  const plan = plans[strategy ?? 'blue-green'];
  const progress = '0 of 3 candidate pods ready';
  return startFailure(plan, { pods, rollout, progress, since }, seen);
}

function recorded(name: string, afterMs: number): ReturnType<typeof startFailure> {
  const entry = RECORDED[name];
  if (!entry) throw new Error(`no recording ${name}`);
  return lookAt({ pods: [entry.pod], events: entry.events, afterMs });
}

describe('a pod as a real cluster showed it', () => {
  const SECOND = 1_000;
  const hopeless: [name: string, afterMs: number, cause: RegExp][] = [
    [
      'crash-loop',
      SECOND,
      /: CrashLoopBackOff \(Error, exit 3\) back-off 20s restarting .*event Un/,
    ],
    ['pull-failed', SECOND, /: ErrImagePull failed to pull and unpack .* no such host$/],
    ['pull-backs-off', SECOND, /: ImagePullBackOff Back-off pulling image .* no such host$/],
    ['unschedulable', 31 * SECOND, /: Unschedulable 0\/1 nodes are available: 1 Insufficient cpu/],
    [
      'never-ready',
      61 * SECOND,
      /: ProbeNeverPassed container app runs for 6[01]s .*\(event Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503\)$/,
    ],
  ];
  test.each(hopeless)('%s ends the release after %d ms, and says why', (name, afterMs, cause) => {
    expect(recorded(name, afterMs)?.cause.text).toMatch(cause);
  });

  const hopeful: [name: string, afterMs: number][] = [
    ['first-crash', SECOND],
    ['unschedulable', 29 * SECOND],
    ['never-ready', 59 * SECOND],
    ['creating', 300 * SECOND],
    ['started', 59 * SECOND],
    ['ready', 300 * SECOND],
  ];
  test.each(hopeful)('%s is waited for at %d ms', (name, afterMs) => {
    expect(recorded(name, afterMs)).toBeUndefined();
  });

  test('the last words of the container are shown', () => {
    expect(recorded('crash-loop', SECOND)?.actions).toMatchObject([
      { effect: { kind: 'show-log', container: 'app' } },
    ]);
  });
});

test('a pod of the old version that falls on the way back is given its time', () => {
  const { pod: fallen, events } = RECORDED['crash-loop'] ?? {};
  if (!fallen || !events) throw new Error('no recording crash-loop');
  const since = timeOf(fallen.metadata.creationTimestamp) ?? instant(0);
  const failureAt = (ms: number) => {
    const at = instant(since + ms);
    const seen: Observation = { ...cluster.observe([]), at, events, pods: [fallen] };
    const progress = '2 of 3 stable pods ready';
    return outOfTime(plans.rolling, { pods: [fallen], progress, since }, seen);
  };
  expect(failureAt(9 * 60_000)).toBeUndefined();
  expect(failureAt(10 * 60_000)?.cause.text).toMatch(
    /^only 2 of 3 stable pods ready after 10m, .* NotReady/,
  );
});

describe('a container that is killed for its memory', () => {
  const killed = { terminated: { reason: 'OOMKilled', exitCode: 137 } };
  const withStatus = (status: Partial<ContainerStatus>): Pod => {
    const starting = pod('p', LABELS, 'i', 'starting');
    const container = { name: APP, ready: false, restartCount: 1, ...status };
    return { ...starting, status: { ...starting.status, containerStatuses: [container] } };
  };
  const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };

  test.each([
    ['just now', { state: killed }],
    ['and started again', { state: running, lastState: killed }],
  ])('%s ends the release', (_when, status) => {
    expect(lookAt({ pods: [withStatus(status)] })?.cause.text).toBe(
      'p cannot start: OOMKilled container payment-service used more memory than its limit, 1 restarts',
    );
  });

  test('long ago, and ready ever since, does not', () => {
    const old = withStatus({ ready: true, state: running, lastState: killed });
    expect(lookAt({ pods: [old] })).toBeUndefined();
  });
});

describe('pods that become ready one after the other', () => {
  const lastAt = timeOf('2026-01-01T00:09:00Z') ?? 0;
  const waiting = pod('p', LABELS, 'i', 'starting');
  const ready = pod('q', LABELS, 'i', 'ready');
  const conditions = [
    { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:09:00Z' } as const,
  ];
  const pods = [waiting, { ...ready, status: { ...ready.status, conditions } }];
  const since = instant(lastAt - 9 * 60_000);
  const failureAfter = (ms: number, those: readonly Pod[] = pods) => {
    const seen: Observation = { ...cluster.observe([]), at: instant(lastAt + ms), pods: those };
    const progress = '1 of 2 candidate pods ready';
    return startFailure(plans.rolling, { pods: those, progress, since }, seen)?.cause.text;
  };

  test('have a time each: a large service takes longer than a single pod may', () => {
    expect(failureAfter(9 * 60_000)).toBeUndefined();
  });

  test('are no progress where they have fallen and come back', () => {
    const containerStatuses = [{ name: APP, ready: true, restartCount: 1 }];
    const fallen = { ...ready, status: { ...ready.status, conditions, containerStatuses } };
    expect(failureAfter(9 * 60_000, [waiting, fallen])).toMatch(
      /^only 1 of 2 candidate pods ready/,
    );
  });

  test('are given up where no other follows', () => {
    expect(failureAfter(10 * 60_000)).toMatch(
      /^only 1 of 2 candidate pods ready after 10m, p NotReady/,
    );
  });
});

describe('pods that the API refuses to create', () => {
  const rollout: Rollout = { kind: 'refused', why: 'FailedCreate: exceeded quota' };
  const cause =
    '0 of 3 candidate pods ready, and no more can be created: FailedCreate: exceeded quota';
  const waiting = pod('p', LABELS, 'i', 'starting');

  test('end the release', () => {
    expect(lookAt({ pods: [waiting], rollout })?.cause.text).toBe(cause);
  });

  test('are waited for where a pod is still going: it may be its room that is missing', () => {
    const others = [pod('q', LABELS, 'i', 'terminating')];
    expect(lookAt({ pods: [waiting], others, rollout })).toBeUndefined();
  });

  test('are waited for in the middle of rolling, whose old pods make room one by one', () => {
    const pods = [pod('p', LABELS, 'i', 'ready')];
    expect(lookAt({ pods, rollout, strategy: 'rolling' })).toBeUndefined();
    expect(lookAt({ pods, rollout, strategy: 'blue-green' })?.cause.text).toBe(cause);
  });
});

describe('how long probes may fail', () => {
  const cases: [
    what: string,
    startup: Probe | undefined,
    readiness: Probe | undefined,
    s: number,
  ][] = [
    ['no probe: a minute', undefined, undefined, 60],
    ['a readiness probe every second: a minute', undefined, { periodSeconds: 1 }, 60],
    ['the default readiness probe: three times 30 s', undefined, {}, 90],
    ['a delay counts too', undefined, { initialDelaySeconds: 20 }, 110],
    ['a slow start that is announced', { periodSeconds: 10, failureThreshold: 30 }, {}, 390],
  ];
  test.each(cases)('%s', (_what, startup, readiness, seconds) => {
    expect(probePatienceMs(startup, readiness)).toBe(seconds * 1000);
  });

  test('a pod that has served for days is not taken for one that never passed', () => {
    const entry = RECORDED['never-ready'];
    if (!entry) throw new Error('no recording');
    const { pod: fallen, events } = entry;
    const created = timeOf(fallen.metadata.creationTimestamp) ?? instant(0);
    const seen = {
      ...cluster.observe([]),
      at: instant(created + 86_400_000),
      events,
      pods: [fallen],
    };
    const since = instant(seen.at - 59_000);
    const { rolling } = plans;
    expect(startFailure(rolling, { pods: [fallen], progress: '', since }, seen)).toBeUndefined();
  });
});
