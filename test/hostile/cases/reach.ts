/** Kinds 1 and 2: what a selector reaches, and whose pod is it. */

import { PODS, SERVICES } from '../../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { ENDPOINT_SLICES } from '../../../embedded-cluster/kubernetes/kinds/network/discovery.ts';
import { DEPLOYMENTS } from '../../../embedded-cluster/kubernetes/kinds/workloads/apps.ts';
import { plainScenario, type Scenario } from '../../../verification/world/scenario.ts';
import type { ProofWorld } from '../../../verification/world/world.ts';
import { type HostileCase, inPhase } from '../case.ts';
import { all, at, configure, create, edit, remove, service, workload } from '../others.ts';

const PLAIN = (strategy: Scenario['strategy']): Scenario => ({
  ...plainScenario(strategy),
  shape: 'plain',
});
const WORKER = { app: 'shop', component: 'worker' };

/** A worker carries the application's label, and must never be asked. */
function noAnswerOf(version: string) {
  return ({ clients }: ProofWorld): string | undefined => {
    const count = clients.traffic.answers.get(version)?.count ?? 0;
    return count === 0 ? undefined : `${count} requests were answered by ${version}`;
  };
}

/** Every Service of the namespace that has a selector reaches somebody. */
function allReachSomebody(world: ProofWorld): string | undefined {
  const empty = all(world, SERVICES)
    .filter((each) => at(each, 'spec.selector') !== undefined)
    .map(({ metadata }) => metadata.name)
    .filter((name) => {
      const own = all(world, ENDPOINT_SLICES).filter(
        ({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name,
      );
      return !own.some((slice) =>
        ((at(slice, 'endpoints') as object[] | null) ?? []).some(
          (each) => at(each, 'conditions.ready') !== false,
        ),
      );
    });
  return empty.length === 0 ? undefined : `service ${empty.join(' and ')} reaches nobody`;
}

const workers: HostileCase[] = (['canary', 'blue-green'] as const).flatMap((strategy) =>
  (['service', 'istio', 'gateway-api'] as const).map((router) => ({
    id: `hostile g, ${strategy} by ${router}`,
    kind: 1,
    title: 'a worker Deployment carries the label `app` that the Service selects beside a colour',
    scenario: plainScenario(strategy, 'good', router),
    before: (world) => create(world, workload('Deployment', 'shop-worker', WORKER)),
    ends: ['promoted', 'refused'],
    says: /shop-worker|promoted/,
    holds: noAnswerOf('v3'),
  })),
);

const leftovers: HostileCase[] = (['rolling', 'blue-green', 'canary'] as const).flatMap(
  (strategy) =>
    (['Failed', 'Succeeded'] as const).map((phase) => ({
      id: `hostile t, field 34, ${strategy}, a ${phase} pod`,
      kind: 2,
      title: `a pod of the stable that is ${phase} still lies about`,
      scenario: plainScenario(strategy),
      before: (world) => leaveDeadPod(world, phase),
      ends: ['promoted'],
    })),
);

/** As the kubelet leaves one that was evicted or has run to its end: its ReplicaSet makes another. */
function leaveDeadPod(world: ProofWorld, phase: string): void {
  const { store } = world.cluster.world;
  const [pod] = store.list('pods', 'default');
  if (!pod) return;
  const conditions = [{ type: 'Ready', status: 'False', reason: 'PodFailed' }];
  const status = {
    phase,
    reason: 'Evicted',
    message: 'The node was low on resource: memory.',
    conditions,
  };
  const metadata = { ...pod.metadata, name: `${pod.metadata.name}-dead`, uid: 'uid-of-the-dead' };
  store.put('pods', { ...pod, metadata, status } as typeof pod);
}

export const REACH: readonly HostileCase[] = [
  ...workers,
  ...leftovers,
  ...(['good', 'failing'] as const).map(
    (candidate): HostileCase => ({
      id: `hostile i, a ${candidate} candidate`,
      kind: 2,
      title: 'an admission webhook rewrites the image of pods',
      scenario: plainScenario('rolling', candidate),
      before: rewriteImages,
      ends: [candidate === 'good' ? 'promoted' : 'rolled-back'],
    }),
  ),
  {
    id: 'field 04',
    kind: 1,
    title: 'two further Services lead to the Deployment, one by colour, one by application',
    scenario: plainScenario('blue-green'),
    before: (world) =>
      create(
        world,
        service('shop-partners', { app: 'shop', version: 'blue' }),
        service('shop-internal', { app: 'shop' }),
      ),
    ends: ['promoted', 'refused'],
    says: /shop-partners|promoted/,
    holds: allReachSomebody,
  },
  {
    id: 'field 04b',
    kind: 1,
    title: 'the same, and the candidate fails its smoke check',
    scenario: plainScenario('blue-green', 'broken'),
    before: (world) =>
      create(
        world,
        service('shop-partners', { app: 'shop', version: 'blue' }),
        service('shop-internal', { app: 'shop' }),
      ),
    ends: ['rolled-back', 'refused'],
    holds: (world) => {
      const selector = JSON.stringify(
        at(
          all(world, SERVICES).find(({ metadata }) => metadata.name === 'shop-internal'),
          'spec.selector',
        ),
      );
      return selector === '{"app":"shop"}'
        ? allReachSomebody(world)
        : `service shop-internal selects ${selector}`;
    },
  },
  {
    id: 'field 05',
    kind: 1,
    title: "a CronJob's pod carries the label that the Service would select at 50%",
    scenario: plainScenario('canary'),
    before: (world) => create(world, workload('CronJob', 'shop-nightly', { app: 'shop' })),
    ends: ['promoted', 'refused'],
    says: /shop-nightly|promoted/,
    holds: noAnswerOf('v3'),
  },
  {
    id: 'field 12, rolling',
    kind: 2,
    title: 'the selector of the Deployment is an expression, and others live in the namespace',
    scenario: PLAIN('rolling'),
    before: (world) => {
      byExpression(world);
      create(world, workload('Deployment', 'other', { app: 'other' }));
    },
    ends: ['promoted'],
  },
  {
    id: 'field 12, blue-green',
    kind: 2,
    title: 'the same',
    scenario: PLAIN('blue-green'),
    before: (world) => {
      byExpression(world);
      create(world, workload('Deployment', 'other', { app: 'other' }));
    },
    ends: ['promoted', 'refused'],
    says: /selector|promoted/,
  },
  {
    id: 'field 20',
    kind: 1,
    title: 'a headless Service, and drain.confirm.header in the config',
    scenario: { ...plainScenario('blue-green'), load: { fresh: 0, keptAlive: 0, everyMs: 250 } },
    before: (world) => {
      remove(world, SERVICES, 'shop');
      // Its EndpointSlices go first: a Service of the same name is another one.
      world.cluster.clock.after(2_000, () =>
        create(world, service('shop', { app: 'shop', version: 'blue' }, { clusterIP: 'None' })),
      );
    },
    ends: ['promoted', 'refused'],
    says: /headless|promoted/,
  },
  {
    id: 'field 22',
    kind: 1,
    title: 'the Deployment is scaled to zero',
    scenario: { ...plainScenario('blue-green'), load: { fresh: 0, keptAlive: 0, everyMs: 250 } },
    before: (world) => edit(world, DEPLOYMENTS, 'shop-blue', { 'spec.replicas': 0 }),
    ends: ['refused'],
    says: /shop-blue.*(scaled to (zero|0)|0 replicas)|(scaled to (zero|0)).*shop-blue/,
  },
  ...(['blue-green', 'rolling'] as const).map(
    (strategy): HostileCase => ({
      id: `field 23, ${strategy}`,
      kind: 2,
      title: 'a second Deployment under the selector of the first',
      scenario: PLAIN(strategy),
      before: (world) =>
        create(world, workload('Deployment', 'shop-second', { app: 'shop', tier: 'second' })),
      ends: ['promoted', 'refused'],
      says: /shop-second|promoted/,
      alsoServing: ['v3'],
    }),
  ),
  {
    id: 'field 26',
    kind: 1,
    title:
      'the manifests are applied again after a promotion: the old version serves beside the new one',
    scenario: PLAIN('blue-green'),
    before: (world) =>
      create(
        world,
        workload(
          'Deployment',
          'shop-green',
          { app: 'shop', version: 'green' },
          { image: 'registry.example/shop:v1' },
        ),
      ),
    ends: ['refused'],
    says: /shop-green/,
  },
  {
    id: 'field 28',
    kind: 1,
    title: 'two Deployments behind one Service, one of them named as workload.name',
    scenario: PLAIN('blue-green'),
    before: (world) => {
      create(
        world,
        workload(
          'Deployment',
          'shop-legacy',
          { app: 'shop', tier: 'legacy' },
          { image: 'registry.example/shop:v1' },
        ),
      );
      configure(world, { workload: { name: 'shop' } });
    },
    ends: ['refused'],
    says: /shop-legacy/,
  },
  {
    id: 'field 33',
    kind: 1,
    title: 'the Service selects a label that only a live pod carries, not its template',
    scenario: { ...plainScenario('blue-green'), load: { fresh: 0, keptAlive: 0, everyMs: 250 } },
    before: (world) => {
      const [pod] = all(world, PODS);
      if (pod) edit(world, PODS, pod.metadata.name, { 'metadata.labels.role': 'leader' });
      edit(world, SERVICES, 'shop', { 'spec.selector': { app: 'shop', role: 'leader' } });
    },
    ends: ['refused'],
    says: /template/,
  },
  {
    id: 'field 17',
    kind: 2,
    title: 'one candidate pod is evicted while it is watched',
    scenario: longer(plainScenario('blue-green')),
    during: (world) =>
      inPhase(world, 'monitoring', 5_000, () => {
        const pod = all(world, PODS).find(({ metadata }) => metadata.labels?.version === 'green');
        if (!pod) return;
        const status = {
          ...Object(at(pod, 'status')),
          phase: 'Failed',
          reason: 'Evicted',
          message: 'The node was low on resource: ephemeral-storage.',
          conditions: [{ type: 'Ready', status: 'False' }],
        };
        world.cluster.world.store.put('pods', { ...pod, status } as typeof pod);
      }),
    mayLose: 'the pod is gone at once',
    ends: ['promoted'],
  },
];

export function longer(scenario: Scenario, monitoringSeconds = 30): Scenario {
  return { ...scenario, windows: { ...scenario.windows, monitoringSeconds } };
}

function byExpression(world: ProofWorld): void {
  const selector = { matchExpressions: [{ key: 'app', operator: 'In', values: ['shop'] }] };
  const { store } = world.cluster.world;
  const found = store.get('deployments.apps', 'default', 'shop');
  // As it was made: the selector of a Deployment never changes.
  if (found)
    store.put('deployments.apps', {
      ...found,
      spec: { ...Object(at(found, 'spec')), selector },
    } as typeof found);
}

/** Pods run another reference of the same image than their template says. */
function rewriteImages(world: ProofWorld): void {
  const { store } = world.cluster.world;
  const put = store.put.bind(store);
  store.put = (name, object) => {
    if (name !== 'pods') return put(name, object);
    const spec = Object(at(object, 'spec'));
    const containers = (spec.containers as { image: string }[]).map((container) => ({
      ...container,
      image: container.image.replace(/:v2@/, '@'),
    }));
    return put(name, { ...object, spec: { ...spec, containers } } as typeof object);
  };
}
