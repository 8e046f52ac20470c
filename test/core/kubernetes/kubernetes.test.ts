import { describe, expect, test } from '@jest/globals';
import { instant } from '../../../core/base/vocabulary.ts';
import { readyPods } from '../../../core/kubernetes/endpoints.ts';
import { selectorText, selects } from '../../../core/kubernetes/labels.ts';
import type { Condition, Pod } from '../../../core/kubernetes/objects.ts';
import { isServing, troubleAmong, unreadyAmong } from '../../../core/kubernetes/pods/pods.ts';
import { neverReadyAmong } from '../../../core/kubernetes/pods/probes.ts';
import { quantity } from '../../../core/kubernetes/pods/quantity.ts';
import { rolloutOf } from '../../../core/kubernetes/pods/rollout.ts';
import { timeOf } from '../../../core/kubernetes/time.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import { deployment, pod, slice } from '../support/objects.ts';

describe('labels', () => {
  test('an empty selector selects nothing', () => {
    expect(selects({}, { app: 'a' })).toBe(false);
    expect(selects(undefined, { app: 'a' })).toBe(false);
  });

  test('every label of the selector must be there', () => {
    expect(selects({ app: 'a' }, { app: 'a', version: 'blue' })).toBe(true);
    expect(selects({ app: 'a', version: 'green' }, { app: 'a', version: 'blue' })).toBe(false);
  });

  test('a selector reads the same whatever the order of its labels', () => {
    expect(selectorText({ version: 'blue', app: 'a' })).toBe('app=a,version=blue');
  });
});

describe('times', () => {
  test.each([
    '1970-01-01T00:00:00Z',
    '2026-11-21T05:43:40Z',
    '2024-02-29T23:59:59Z',
    '2000-03-01T00:00:00Z',
    '2026-11-21T05:43:40.123456Z',
  ])('%s is what the machine takes it for', (text) => {
    expect(timeOf(text)).toBe(Date.parse(text));
  });

  test.each([undefined, '', 'yesterday', '2026-11-21', '2026-11-21T05:43:40+01:00'])(
    '%j is none',
    (text) => {
      expect(timeOf(text)).toBeUndefined();
    },
  );
});

describe('quantities', () => {
  test.each([
    ['250m', 0.25],
    ['2', 2],
    ['1.5', 1.5],
    ['128Mi', 134_217_728],
    ['1Gi', 1_073_741_824],
    ['2G', 2e9],
    ['1e3', 1000],
    [undefined, 0],
    ['many', 0],
  ])('%s is %d', (text, value) => {
    expect(quantity(text)).toBeCloseTo(value);
  });
});

describe('pods', () => {
  const now = instant(Date.parse('2026-01-01T01:00:00Z'));
  const withStatus = (status: Pod['status']): Pod => {
    const plain = pod('p', {}, 'i', 'starting');
    return { ...plain, status: { ...plain.status, ...status } };
  };

  test('a terminating pod does not serve, however ready it is', () => {
    const ending = pod('p', {}, 'i', 'ready');
    expect(isServing(ending)).toBe(true);
    ending.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
    expect(isServing(ending)).toBe(false);
  });

  const waiting = (reason: string, lastReason?: string): Pod =>
    withStatus({
      containerStatuses: [
        {
          name: 'app',
          ready: false,
          restartCount: 3,
          state: { waiting: { reason, message: 'back-off 40s' } },
          ...(lastReason
            ? { lastState: { terminated: { reason: lastReason, exitCode: 137 } } }
            : {}),
        },
      ],
    });

  test.each(['CrashLoopBackOff', 'ImagePullBackOff', 'CreateContainerConfigError'])(
    '%s is hopeless',
    (reason) => {
      expect(troubleAmong([waiting(reason)], now, 30_000)).toMatchObject({ pod: 'p', reason });
    },
  );

  test.each(['ContainerCreating', 'PodInitializing'])('%s may pass', (reason) => {
    expect(troubleAmong([waiting(reason)], now, 30_000)).toBeUndefined();
  });

  test('a crash loop says how the container ended last', () => {
    expect(troubleAmong([waiting('CrashLoopBackOff', 'Error')], now, 30_000)?.reason).toBe(
      'CrashLoopBackOff (Error, exit 137)',
    );
  });

  test('a pod without a node is given its time', () => {
    const unscheduled = (since: string): Pod =>
      withStatus({
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/1 nodes are available',
            lastTransitionTime: since,
          },
        ],
      });
    expect(troubleAmong([unscheduled('2026-01-01T00:59:31Z')], now, 30_000)).toBeUndefined();
    expect(troubleAmong([unscheduled('2026-01-01T00:59:30Z')], now, 30_000)).toMatchObject({
      reason: 'Unschedulable',
      message: '0/1 nodes are available',
    });
  });

  test.each([
    ['evicted', { phase: 'Failed', reason: 'Evicted', message: 'disk pressure' }],
    ['refused by the kubelet', { phase: 'Failed', reason: 'UnexpectedAdmissionError' }],
    ['completed', { phase: 'Succeeded' }],
  ])('a pod that was %s and still lies about is nobody to wait for', (_, status) => {
    const ready = { conditions: [{ type: 'Ready', status: 'True' } as const] };
    const waiting = { waiting: { reason: 'CrashLoopBackOff' } };
    const containerStatuses = [{ name: 'a', ready: false, restartCount: 9, state: waiting }];
    const ended = withStatus({ ...ready, containerStatuses, ...status });
    expect(isServing(ended)).toBe(false);
    expect(troubleAmong([ended], now, 30_000)).toBeUndefined();
    expect(unreadyAmong([ended])).toBeUndefined();
    expect(neverReadyAmong([ended], now, now)).toBeUndefined();
  });
});

describe('rollouts', () => {
  const labels = { app: 'a' };

  test('a rollout that the controller has not seen is not complete', () => {
    const changed = deployment('d', 'v1', labels);
    changed.metadata.generation = 2;
    expect(rolloutOf(changed)).toEqual({ kind: 'under-way', ready: 3, wanted: 3 });
  });

  test('a rollout with an old pod left is not complete', () => {
    const surging = deployment('d', 'v1', labels);
    surging.status = { ...surging.status, replicas: 4 };
    expect(rolloutOf(surging).kind).toBe('under-way');
  });

  test('a rollout past its deadline is stuck', () => {
    const stuck = deployment('d', 'v1', labels);
    stuck.status = {
      ...stuck.status,
      conditions: [
        {
          type: 'Progressing',
          status: 'False',
          reason: 'ProgressDeadlineExceeded',
          message: 'late',
        },
      ],
    };
    expect(rolloutOf(stuck)).toEqual({ kind: 'stuck', why: 'late' });
  });

  test.each([
    [
      'pods "d-1" is forbidden: exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3',
    ],
    ['admission webhook "policy.example" denied the request: no latest tags'],
    ['Pod "d-1" is invalid: spec.containers[0].resources: Invalid value'],
  ])('a ReplicaSet whose pods the API refuses is refused: %s', (message) => {
    expect(rolloutOf(failing(message))).toEqual({
      kind: 'refused',
      why: `FailedCreate: ${message}`,
    });
  });

  test('a webhook that does not answer may answer later', () => {
    const message = 'failed calling webhook "policy.example": context deadline exceeded';
    expect(rolloutOf(failing(message)).kind).toBe('under-way');
  });

  const failing = (message: string): Deployment => {
    const draft = deployment('d', 'v1', labels);
    const conditions: Condition[] = [
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message },
    ];
    draft.status = { ...draft.status, readyReplicas: 2, conditions };
    return draft;
  };

  test('complete is complete', () => {
    expect(rolloutOf(deployment('d', 'v1', labels))).toEqual({ kind: 'complete', ready: 3 });
  });
});

describe('endpoints', () => {
  test('a missing ready condition means ready', () => {
    const bare = slice(['a', 'b']);
    for (const endpoint of bare.endpoints ?? []) delete endpoint.conditions;
    expect(readyPods([bare])).toEqual(new Set(['a', 'b']));
  });

  test('the pods of several slices are taken together', () => {
    expect(readyPods([slice(['a']), slice(['b'])])).toEqual(new Set(['a', 'b']));
  });
});
