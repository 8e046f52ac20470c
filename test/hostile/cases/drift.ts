/** Kinds 3 and 11: the world goes on after a decision, and autoscalers of others. */

import { PODS, SERVICES } from '../../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { DEPLOYMENTS } from '../../../embedded-cluster/kubernetes/kinds/workloads/apps.ts';
import { HORIZONTAL_POD_AUTOSCALERS } from '../../../embedded-cluster/kubernetes/kinds/workloads/autoscaling.ts';
import { SCALED_OBJECT_DEFINITION } from '../../../verification/neighbours/visits/hpa-owner.ts';
import { plainScenario } from '../../../verification/world/scenario.ts';
import type { ProofWorld } from '../../../verification/world/world.ts';
import { type HostileCase, inPhase } from '../case.ts';
import { all, at, create, createCustom, edit, found, remove, sicken } from '../others.ts';
import { longer } from './reach.ts';

const ROUTES = {
  service: ['services', 'spec.selector'],
  istio: ['virtualservices.networking.istio.io', 'spec.http'],
  'gateway-api': ['httproutes.gateway.networking.k8s.io', 'spec.rules'],
} as const;

const putBack: HostileCase[] = (['service', 'istio', 'gateway-api'] as const).flatMap((router) =>
  ['monitoring', 'holding', 'draining', 'retiring'].map((phase) => ({
    id: `hostile s, ${router}, ${phase}`,
    kind: 3,
    title: `somebody puts the route back once, in phase ${phase}`,
    scenario: longer(plainScenario('blue-green', 'good', router), 20),
    during: (world) => {
      const route = routeOf(world, router);
      inPhase(world, phase, 200, () => writeRoute(world, router, route));
    },
    ends: ['promoted', 'rolled-back'],
  })),
);

function routeOf(world: ProofWorld, router: keyof typeof ROUTES): unknown {
  const [collection, path] = ROUTES[router];
  return at(world.cluster.world.store.get(collection, 'default', 'shop'), path);
}

/** As a controller that knows nothing of the release writes it. */
function writeRoute(world: ProofWorld, router: keyof typeof ROUTES, route: unknown): void {
  const { store } = world.cluster.world;
  const [collection, path] = ROUTES[router];
  const now = store.get(collection, 'default', 'shop');
  if (!now) return;
  const { generation = 0 } = now.metadata;
  const spec = { ...Object(at(now, 'spec')), [path.slice('spec.'.length)]: route };
  store.put(collection, {
    ...now,
    metadata: { ...now.metadata, generation: generation + 1 },
    spec,
  } as typeof now);
}

const selfHeal: HostileCase[] = (['blue-green', 'canary'] as const).flatMap((strategy) =>
  [3_000, 5_000].map((everyMs) => ({
    id: `hostile p, self-heal after ${everyMs / 1000} s, ${strategy}`,
    kind: 3,
    title: 'a GitOps agent puts the selector back after every change',
    scenario: longer(plainScenario(strategy)),
    during: (world) => {
      const own = routeOf(world, 'service');
      world.cluster.world.store.subscribe(({ collection, object }) => {
        if (collection !== 'services' || object.metadata.name !== 'shop') return;
        if (JSON.stringify(at(object, 'spec.selector')) === JSON.stringify(own)) return;
        world.cluster.clock.after(everyMs, () => writeRoute(world, 'service', own));
      });
    },
    ends: ['rolled-back'],
    says: /selector/,
  })),
);

const gone: HostileCase[] = (['service', 'istio', 'gateway-api'] as const).flatMap((router) =>
  ['holding', 'draining'].flatMap((phase) =>
    (['scaled to 0', 'not ready'] as const).map((how) => ({
      id: `hostile kk, ${router}, ${how} in ${phase}`,
      kind: 3,
      title: `the candidate is ${how} after it was found good`,
      scenario: longer(plainScenario('blue-green', 'good', router), 10),
      during: (world) =>
        inPhase(world, phase, 300, () => {
          if (how === 'scaled to 0') edit(world, DEPLOYMENTS, 'shop-green', { 'spec.replicas': 0 });
          else sicken(world, 'green');
        }),
      mayLose: 'pods are gone or out of order before anybody can know',
      ends: ['rolled-back'],
    })),
  ),
);

const restart = (world: ProofWorld, name: string): void =>
  edit(world, DEPLOYMENTS, name, {
    'spec.template.metadata.annotations': {
      'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z',
    },
  });

const PHASES = {
  good: ['preparing', 'testing', 'monitoring', 'holding'],
  failing: ['testing', 'monitoring'],
  // Nothing ends the wait for it but time: whoever serves meanwhile is the stable.
  'never-ready': ['preparing'],
} as const;

const restarts: HostileCase[] = (['plain', 'coloured'] as const).flatMap((shape) =>
  (['blue-green', 'canary'] as const).flatMap((strategy) =>
    (['good', 'failing', 'never-ready'] as const).flatMap((candidate) =>
      PHASES[candidate].map((phase) => ({
        id: `field 06, ${shape}, ${strategy}, a ${candidate} candidate, ${phase}`,
        kind: 3,
        title: 'the stable is restarted (kubectl rollout restart)',
        scenario: { ...longer(plainScenario(strategy, candidate)), shape },
        during: (world) =>
          inPhase(world, phase, 200, () =>
            restart(world, shape === 'plain' ? 'shop' : 'shop-blue'),
          ),
        ends:
          candidate === 'good'
            ? (['promoted', 'rolled-back'] as const)
            : (['rolled-back'] as const),
      })),
    ),
  ),
);

/** What serves is what the autoscaler scales. */
function scalesWhatServes(world: ProofWorld): string | undefined {
  const target = at(found(world, HORIZONTAL_POD_AUTOSCALERS, 'shop'), 'spec.scaleTargetRef.name');
  const replicas = at(found(world, DEPLOYMENTS, String(target)), 'spec.replicas');
  return Number(replicas) > 0 ? undefined : `the autoscaler scales ${target}, which has no pods`;
}

export const DRIFT: readonly HostileCase[] = [
  ...putBack,
  ...selfHeal,
  ...gone,
  ...restarts,
  {
    id: 'hostile p, set image',
    kind: 3,
    title: 'somebody sets another image on the candidate while it is watched',
    scenario: longer(plainScenario('blue-green')),
    during: (world) =>
      inPhase(world, 'monitoring', 5_000, () =>
        edit(world, DEPLOYMENTS, 'shop-green', {
          'spec.template.spec.containers.0.image': 'registry.example/shop:v3',
        }),
      ),
    ends: ['promoted', 'rolled-back'],
  },
  {
    id: 'a candidate that is deleted',
    kind: 3,
    title: 'somebody deletes the candidate while it is watched',
    scenario: longer(plainScenario('blue-green')),
    during: (world) =>
      inPhase(world, 'monitoring', 5_000, () => remove(world, DEPLOYMENTS, 'shop-green')),
    mayLose: 'its pods are ended under their clients',
    ends: ['rolled-back'],
    says: /shop-green/,
  },
  {
    id: 'field 36',
    kind: 3,
    title: 'the plain stable is given another environment variable at 50%',
    scenario: { ...longer(plainScenario('canary')), shape: 'plain' },
    during: (world) =>
      inPhase(world, 'monitoring', 5_000, () =>
        edit(world, DEPLOYMENTS, 'shop', {
          'spec.template.spec.containers.0.env': [{ name: 'MORE', value: 'yes' }],
        }),
      ),
    ends: ['promoted', 'rolled-back'],
    says: /shop/,
  },
  {
    id: 'field 29',
    kind: 3,
    title: 'one pod of each side is evicted by the API, as kubectl drain does',
    scenario: longer(plainScenario('blue-green')),
    during: (world) =>
      inPhase(world, 'monitoring', 5_000, () => {
        for (const version of ['blue', 'green']) {
          const pod = all(world, PODS).find(({ metadata }) => metadata.labels?.version === version);
          if (pod) remove(world, PODS, pod.metadata.name);
        }
      }),
    ends: ['promoted'],
  },
  {
    id: 'hostile p, keda; field 35',
    kind: 11,
    title: 'the autoscaler belongs to a ScaledObject, whose operator puts every field of it back',
    scenario: { ...longer(plainScenario('blue-green')), scaling: 'autoscaled' },
    before: (world) => {
      create(world, SCALED_OBJECT_DEFINITION);
      const { store } = world.cluster.world;
      const name = 'horizontalpodautoscalers.autoscaling';
      const [own] = store.list(name, 'default');
      createCustom(world, 'scaledobjects', {
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'ScaledObject',
        metadata: { name: 'shop' },
        spec: {},
      });
      const uid = store.get('scaledobjects.keda.sh', 'default', 'shop')?.metadata.uid;
      if (!own) throw new Error('no autoscaler to be owned');
      const ownerReferences = [
        {
          apiVersion: 'keda.sh/v1alpha1',
          kind: 'ScaledObject',
          name: 'shop',
          uid,
          controller: true,
        },
      ];
      store.put(name, { ...own, metadata: { ...own.metadata, ownerReferences } } as typeof own);
    },
    during: keepAutoscaler,
    ends: ['promoted', 'rolled-back', 'refused'],
    says: /ScaledObject/,
    holds: scalesWhatServes,
  },
  {
    id: 'field 35, by a writer without a name',
    kind: 11,
    title: 'somebody puts every field of the autoscaler back, and no owner is named',
    scenario: { ...longer(plainScenario('blue-green')), scaling: 'autoscaled' },
    during: keepAutoscaler,
    ends: ['promoted', 'rolled-back'],
    says: /autoscaler|HorizontalPodAutoscaler/i,
    holds: scalesWhatServes,
  },
];

function keepAutoscaler(world: ProofWorld): void {
  const { store } = world.cluster.world;
  const name = 'horizontalpodautoscalers.autoscaling';
  const [own] = store.list(name, 'default');
  if (!own) return;
  store.subscribe(({ collection, object }) => {
    if (
      collection !== name ||
      JSON.stringify(at(object, 'spec')) === JSON.stringify(at(own, 'spec'))
    )
      return;
    world.cluster.clock.after(1_000, () => {
      const now = store.get(name, 'default', own.metadata.name);
      if (now) store.put(name, { ...now, spec: at(own, 'spec') } as typeof now);
    });
  });
}

export const SERVICES_GONE: readonly HostileCase[] = [
  {
    id: 'a Service that is recreated',
    kind: 3,
    title: 'somebody deletes the Service while the candidate is watched, and applies it again',
    scenario: longer(plainScenario('blue-green')),
    during: (world) => {
      const own = found(world, SERVICES, 'shop');
      inPhase(world, 'monitoring', 5_000, () => {
        remove(world, SERVICES, 'shop');
        world.cluster.clock.after(2_000, () => {
          const spec = Object(at(own, 'spec'));
          world.cluster.front({
            method: 'POST',
            path: '/api/v1/namespaces/default/services',
            headers: {
              authorization: `Bearer ${world.cluster.adminToken}`,
              'content-type': 'application/json',
            },
            body: Buffer.from(
              JSON.stringify({
                apiVersion: 'v1',
                kind: 'Service',
                metadata: { name: 'shop' },
                spec: { selector: spec.selector, ports: spec.ports },
              }),
            ),
          });
        });
      });
    },
    mayLose: 'without a Service no pod is reached',
    ends: ['promoted', 'rolled-back'],
  },
];
