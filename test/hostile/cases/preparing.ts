/** Kinds 6 to 8, 12 and 13: what is asked and refused before anything begins, and what a copy is. */

import { collection } from '../../../embedded-cluster/kubernetes/collection.ts';
import { NODES, SERVICES } from '../../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { DEPLOYMENTS } from '../../../embedded-cluster/kubernetes/kinds/workloads/apps.ts';
import type { KubeObject } from '../../../embedded-cluster/kubernetes/store/object.ts';
import { STABLE_TAG } from '../../../verification/world/application/versions.ts';
import { plainScenario } from '../../../verification/world/scenario.ts';
import type { ProofWorld } from '../../../verification/world/world.ts';
import type { HostileCase } from '../case.ts';
import { at, configure, copied, create, edit, found, sicken } from '../others.ts';

const GITOPS = {
  'app.kubernetes.io/instance': 'shop-prod',
  'argocd.argoproj.io/instance': 'shop-prod',
};

/** What an owner has written stays written, and what tracks is not copied. */
function isWholeCopy(world: ProofWorld): string | undefined {
  const green = found(world, DEPLOYMENTS, 'shop-green');
  const wanted: Readonly<Record<string, unknown>> = {
    'spec.minReadySeconds': 3,
    'spec.progressDeadlineSeconds': 1800,
    'spec.revisionHistoryLimit': 2,
  };
  for (const [path, value] of Object.entries(wanted)) {
    if (at(green, path) !== value) return `shop-green has ${path} ${at(green, path)}, not ${value}`;
  }
  const { annotations = {}, labels = {} } = green?.metadata ?? {};
  if (annotations['reloader.stakater.com/auto'] !== 'true') return 'an annotation was not copied';
  const tracked = Object.keys(GITOPS).filter((key) => labels[key] !== undefined);
  return tracked.length === 0 ? undefined : `shop-green bears ${tracked.join(' and ')}`;
}

const recreate: HostileCase[] = (['rolling', 'blue-green'] as const).map((strategy) => ({
  id: `hostile mm, field 15, ${strategy}`,
  kind: 7,
  title: 'strategy: Recreate and a volume that only one pod may hold',
  scenario: { ...plainScenario(strategy), replicas: 1 },
  before: (world) =>
    edit(world, DEPLOYMENTS, 'shop-blue', {
      'spec.strategy': { type: 'Recreate' },
      'spec.template.spec.volumes': [
        { name: 'data', persistentVolumeClaim: { claimName: 'shop-data' } },
      ],
    }),
  ends: ['refused'],
  says: /Recreate|volume|claim/i,
}));

const IGNORED = ['deployment-unhealthy', 'endpoints'].map((check) => ({
  check,
  reason: 'this release is the repair',
}));

/** Nobody serves, and the release is the repair: for whoever says so, and by what needs no stable. */
const repairs: HostileCase[] = (
  [
    ['blue-green', 'nothing', 'refused', /not healthy: 0 of 3 pods ready/],
    ['blue-green', 'that it is the repair', 'promoted', /v2/],
    ['canary', 'that it is the repair', 'refused', /leaves \d+% of the traffic with the stable/],
  ] as const
).map(([strategy, said, end, says]) => ({
  id: `field 18, ${strategy}, the config says ${said}`,
  kind: 6,
  title: 'no pod of the stable is ready',
  scenario: { ...plainScenario(strategy), load: { fresh: 0, keptAlive: 0, everyMs: 250 } },
  before: (world) => {
    sicken(world, 'blue');
    if (said === 'nothing') return;
    configure(world, { preflight: { ignore: IGNORED } });
  },
  ends: [end],
  says,
}));

export const PREPARING: readonly HostileCase[] = [
  ...recreate,
  ...repairs,
  {
    id: 'hostile j, field 07',
    kind: 7,
    title: 'fields, annotations and tracking labels of the Deployment',
    scenario: plainScenario('blue-green'),
    before: (world) =>
      edit(world, DEPLOYMENTS, 'shop-blue', {
        'metadata.labels': { app: 'shop', version: 'blue', ...GITOPS },
        'metadata.annotations': { 'reloader.stakater.com/auto': 'true' },
        'spec.minReadySeconds': 3,
        'spec.progressDeadlineSeconds': 1800,
        'spec.revisionHistoryLimit': 2,
      }),
    ends: ['promoted'],
    holds: isWholeCopy,
  },
  {
    id: 'field 09',
    kind: 7,
    title: "the VirtualService's destination has header operations",
    scenario: plainScenario('canary', 'good', 'istio'),
    before: (world) => {
      const { store } = world.cluster.world;
      const name = 'virtualservices.networking.istio.io';
      const own = store.get(name, 'default', 'shop');
      if (!own) return;
      const copy = copied(own);
      Object(at(copy, 'spec.http.0.route.0')).headers = HEADERS;
      store.put(name, copy);
    },
    ends: ['promoted'],
    holds: (world) => {
      const route = world.cluster.world.store.get(
        'virtualservices.networking.istio.io',
        'default',
        'shop',
      );
      const headers = at(route, 'spec.http.0.route.0.headers');
      return JSON.stringify(headers) === JSON.stringify(HEADERS)
        ? undefined
        : 'the headers are gone';
    },
  },
  {
    id: 'field 10',
    kind: 7,
    title: 'an HTTPRoute with two rules that lead to the Service',
    scenario: plainScenario('canary', 'good', 'gateway-api'),
    before: (world) => {
      const { store } = world.cluster.world;
      const name = 'httproutes.gateway.networking.k8s.io';
      const own = store.get(name, 'default', 'shop');
      if (!own) return;
      const rules = at(own, 'spec.rules') as object[];
      const api = { ...rules[0], matches: [{ path: { type: 'PathPrefix', value: '/api' } }] };
      store.put(name, {
        ...own,
        spec: { ...Object(at(own, 'spec')), rules: [api, ...rules] },
      } as typeof own);
    },
    ends: ['promoted'],
    holds: (world) => {
      const route = world.cluster.world.store.get(
        'httproutes.gateway.networking.k8s.io',
        'default',
        'shop',
      );
      const refs = (at(route, 'spec.rules') as object[]).map((rule) =>
        at(rule, 'backendRefs.0.name'),
      );
      return refs.join() === 'shop,shop' ? undefined : `the rules lead to ${refs.join()}`;
    },
  },
  {
    id: 'hostile bb, field 13',
    kind: 8,
    title: 'all nodes are tainted, and the pods tolerate it',
    scenario: plainScenario('blue-green'),
    before: (world) => {
      edit(world, DEPLOYMENTS, 'shop-blue', {
        'spec.template.spec.tolerations': [{ key: 'dedicated', operator: 'Exists' }],
      });
      const nodes = collection<KubeObject>(NODES)(world.cluster.world);
      for (const node of nodes.list()) {
        const spec = {
          ...Object(at(node, 'spec')),
          taints: [{ key: 'dedicated', value: 'shop', effect: 'NoSchedule' }],
        };
        world.cluster.world.store.put('nodes', { ...node, spec } as typeof node);
      }
    },
    ends: ['promoted'],
  },
  {
    id: 'a quota that has no room',
    kind: 8,
    title: 'a ResourceQuota allows no further pod',
    scenario: plainScenario('blue-green'),
    before: (world) =>
      create(world, {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'pods', namespace: 'default' },
        spec: { hard: { pods: '4' } },
      }),
    ends: ['refused', 'rolled-back'],
    says: /quota/i,
  },
  {
    id: 'field 19, a tag that means another digest',
    kind: 13,
    title:
      'the same tag, which the template names without its digest: both versions call themselves the same',
    scenario: plainScenario('blue-green'),
    tag: STABLE_TAG,
    ends: ['promoted'],
  },
  {
    id: 'an ExternalName Service',
    kind: 1,
    title: 'the Service is a name of somewhere else',
    scenario: { ...plainScenario('blue-green'), load: { fresh: 0, keptAlive: 0, everyMs: 250 } },
    before: (world) =>
      edit(world, SERVICES, 'shop', {
        'spec.type': 'ExternalName',
        'spec.externalName': 'shop.example',
        'spec.selector': undefined,
        'spec.clusterIP': undefined,
        'spec.clusterIPs': undefined,
      }),
    ends: ['refused'],
    says: /ExternalName/,
  },
];

const HEADERS = {
  request: { set: { 'x-tenant': 'retail' } },
  response: { remove: ['x-internal'] },
};
