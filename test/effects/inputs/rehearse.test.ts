// What the API server would refuse is told before a release begins, in its own words.
import { describe, expect, test } from '@jest/globals';
import { instant, type StrategyName } from '../../../core/base/vocabulary.ts';
import { foresee } from '../../../core/forecast/forecast.ts';
import type { KubernetesObject, Pod } from '../../../core/kubernetes/objects.ts';
import { checkTime, withoutLimit } from '../../../core/preflight/time.ts';
import { rehearse } from '../../../effects/inputs/rehearse.ts';
import { createKube, type Kube } from '../../../effects/kube/client.ts';
import type { ApiRequest, Transport } from '../../../effects/kube/transport.ts';
import { APP, deployment, service } from '../../core/support/objects.ts';
import { planFor, settingsFor } from '../../core/support/play.ts';
import { toyCluster } from '../../core/support/toy-cluster.ts';

const LABELS = { app: APP, version: 'blue' };

type Answer = (object: KubernetesObject) => { readonly status: number; readonly message?: string };

function kubeThat(answer: Answer): { kube: Kube; sent: ApiRequest[] } {
  const sent: ApiRequest[] = [];
  const transport: Transport = {
    send: async (request) => {
      sent.push(request);
      const object = JSON.parse(request.body ?? '{}') as KubernetesObject; // as the stage sends it
      const { status, message = '' } = answer(object);
      const text =
        status < 300
          ? JSON.stringify(defaulted(object))
          : JSON.stringify({ kind: 'Status', message });
      return { status, retryAfterMs: undefined, text };
    },
    stream: () => Promise.reject(new Error('nothing is watched')),
  };
  let now = 0;
  const clock = {
    now: () => instant(now),
    sleep: async (delayMs: number) => {
      now += delayMs;
    },
  };
  return { kube: createKube(transport, clock, new AbortController().signal), sent };
}

/** As a LimitRange and a webhook would have it. */
function defaulted(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Pod') return object;
  const pod = object as Pod;
  const sidecar = { name: 'mesh', resources: { requests: { cpu: '100m' } } };
  const spec = { ...pod.spec, containers: [...pod.spec.containers, sidecar] };
  return { ...pod, spec } as Pod;
}

const forbidden = (message: string) => ({ status: 403, message });
const ADMITTED = { status: 201 };

const SOON = { strategy: { blueGreen: { monitoring: '1s' }, rolling: { monitoring: '1s' } } };

function seenIn(strategy: StrategyName, config = {}) {
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', LABELS)], service(LABELS));
  const plan = planFor(cluster, settingsFor(strategy, config));
  const forecast = foresee(withoutLimit(plan), cluster.observe([]));
  return { plan, forecast };
}

async function rehearsed(strategy: StrategyName, answer: Answer, extraPods = 3) {
  const { plan, forecast } = seenIn(strategy, SOON);
  const { kube, sent } = kubeThat(answer);
  return { ...(await rehearse(kube, plan, forecast.created, extraPods)), sent };
}

const ofPods =
  (answer: ReturnType<Answer>): Answer =>
  ({ kind }) =>
    kind === 'Pod' ? answer : ADMITTED;

describe('what a release would make', () => {
  test('is sent as a dry run and nothing else: the pod, the Deployment, the preview', async () => {
    const { findings, sent, template } = await rehearsed('blue-green', () => ADMITTED);
    expect(findings).toEqual([]);
    expect(sent.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /api/v1/namespaces/default/pods?dryRun=All',
      'POST /apis/apps/v1/namespaces/default/deployments?dryRun=All',
      'POST /api/v1/namespaces/default/services?dryRun=All',
    ]);
    expect(template.spec.containers.map(({ name }) => name)).toEqual([APP, 'mesh']);
  });

  test('the pod is the candidate: its image, its labels, controlled by a ReplicaSet', async () => {
    for (const strategy of ['rolling', 'blue-green'] as const) {
      const { sent } = await rehearsed(strategy, () => ADMITTED);
      const pod = JSON.parse(sent[0]?.body ?? '') as Pod; // the first one sent
      expect(pod.spec.containers[0]?.image).toMatch(/:v2$/);
      expect(pod.metadata.ownerReferences).toMatchObject([
        { kind: 'ReplicaSet', controller: true },
      ]);
      expect(pod.metadata.labels?.app).toBe(APP);
    }
  });

  const refusals: [string, ReturnType<Answer>][] = [
    [
      'a quota',
      forbidden(
        'pods "p" is forbidden: exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1',
      ),
    ],
    [
      'a LimitRange',
      forbidden(
        'pods "p" is forbidden: [minimum cpu usage per Container is 4m, but request is 2m]',
      ),
    ],
    [
      'Pod Security',
      forbidden(
        'pods "p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
      ),
    ],
    [
      'a webhook',
      forbidden('admission webhook "policy.example" denied the request: images must be signed'),
    ],
    [
      'a field',
      {
        status: 422,
        message: 'Pod "p" is invalid: spec.containers[0].ports[0].name: Invalid value',
      },
    ],
  ];
  test.each(refusals)('and %s refuses is refused, in its words', async (_name, answer) => {
    const { findings } = await rehearsed('blue-green', ofPods(answer));
    expect(findings).toMatchObject([{ check: 'not-admitted', severity: 'refuse' }]);
    expect(findings[0]?.message).toContain((answer.message ?? '').replaceAll('"', "'"));
  });

  test('and a Deployment or a Service too, each by its name', async () => {
    const { findings } = await rehearsed('blue-green', ({ kind }) =>
      kind === 'Pod' ? ADMITTED : forbidden(`${kind} is forbidden: exceeded quota: few`),
    );
    expect(findings.map(({ message }) => message.split(':')[0])).toEqual([
      `the API server would not admit Deployment ${APP}-green`,
      `the API server would not admit Service ${APP}-preview`,
    ]);
  });

  const doubts: [string, ReturnType<Answer>][] = [
    [
      'who may not ask',
      forbidden('pods is forbidden: User "u" cannot create resource "pods" in API group ""'),
    ],
    [
      'whom a webhook keeps from it',
      { status: 400, message: 'admission webhook "x" does not support dry run' },
    ],
    [
      'whom a webhook does not answer',
      { status: 500, message: 'failed calling webhook "x": timeout' },
    ],
  ];
  test.each(doubts)('%s learns nothing, and is only warned', async (_name, answer) => {
    const { findings, template } = await rehearsed('rolling', ofPods(answer));
    expect(findings).toMatchObject([{ check: 'not-admitted', severity: 'warn' }]);
    expect(template.spec.containers).toHaveLength(1);
  });

  test('a quota that is full is no refusal where pods are replaced in their place', async () => {
    const full = ofPods(forbidden('pods "p" is forbidden: exceeded quota: few'));
    expect((await rehearsed('rolling', full, 0)).findings).toMatchObject([{ severity: 'warn' }]);
  });
});

describe('a release that takes longer than it may', () => {
  const strategy = { blueGreen: { monitoring: '10m' } };

  test.each([
    ['5m', ['too-long']],
    ['9m59s', ['too-long']],
    ['12m', []],
  ])('blue-green with 10m of monitoring within %s', (maxDuration, expected) => {
    const { plan, forecast } = seenIn('blue-green', { strategy, limits: { maxDuration } });
    expect(checkTime(plan, forecast).map(({ check }) => check)).toEqual(expected);
  });

  test('is told of its start, too: monitoring alone would fit', () => {
    const { plan, forecast } = seenIn('blue-green', { strategy, limits: { maxDuration: '10m1s' } });
    expect(checkTime(plan, forecast)).toMatchObject([
      { severity: 'refuse', message: expect.stringMatching(/^the release takes 10m\d+s .*10m1s$/) },
    ]);
  });
});
