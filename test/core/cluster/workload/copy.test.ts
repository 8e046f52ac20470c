// A copy is a copy: what the candidate's Deployment and its preview carry, and what they must not.
import { describe, expect, test } from '@jest/globals';
import type { Service } from '../../../../core/kubernetes/network-objects.ts';
import type { Deployment } from '../../../../core/kubernetes/workload-objects.ts';
import type { TwoSidedPlan } from '../../../../core/plan/plan.ts';
import { previewOf } from '../../../../core/routers/service/preview.ts';
import { APP, deployment, REPOSITORY, service } from '../../support/objects.ts';
import { planFor, play, settingsFor, turnIn } from '../../support/play.ts';
import { type ToyCluster, toyCluster } from '../../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const CONFIG = {
  strategy: { blueGreen: { monitoring: '5s' } },
  limits: { readyTimeout: '20s', maxDuration: '10m' },
  drain: { maxDuration: '10s' },
};
const TRACKING = {
  'app.kubernetes.io/instance': 'shop-prod',
  'argocd.argoproj.io/instance': 'shop-prod',
  'kustomize.toolkit.fluxcd.io/name': 'apps',
  'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
  'helm.toolkit.fluxcd.io/name': 'shop',
  'app.kubernetes.io/managed-by': 'Helm',
  'applyset.kubernetes.io/part-of': 'applyset-x',
  'kapp.k14s.io/app': '1700000000',
  'objectset.rio.cattle.io/hash': 'abc',
  'addonmanager.kubernetes.io/mode': 'Reconcile',
};
const OF_ONE_OBJECT = {
  'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:default/shop-blue',
  'kubectl.kubernetes.io/last-applied-configuration': '{}',
  'deployment.kubernetes.io/revision': '7',
  'meta.helm.sh/release-name': 'shop',
  'meta.helm.sh/release-namespace': 'default',
  'config.k8s.io/owning-inventory': 'x',
  'configmanagement.gke.io/managed': 'enabled',
  'release.zero-downtime.dev/release': 'an earlier one',
};
const ANNOTATIONS = {
  'reloader.stakater.com/auto': 'true',
  'argocd.argoproj.io/sync-options': 'Prune=false',
  'example.org/owner': 'team-a',
};
const SPEC = {
  minReadySeconds: 3,
  progressDeadlineSeconds: 1800,
  revisionHistoryLimit: 2,
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  aFieldOfTomorrow: { x: [1, { y: 2 }] },
};

/** As its owner, and the owner's tools, have made it. */
function owned(name = `${APP}-blue`, labels = BLUE, version = 'v1', replicas = 3): Deployment {
  const plain = deployment(name, version, labels, replicas);
  return {
    ...plain,
    metadata: {
      ...plain.metadata,
      labels: { ...labels, team: 'a', ...TRACKING },
      annotations: { ...ANNOTATIONS, ...OF_ONE_OBJECT },
    },
    spec: { ...plain.spec, ...SPEC } as Deployment['spec'], // with a field that nobody knows yet
  };
}

function clusterOf(...deployments: Deployment[]): ToyCluster {
  return toyCluster(deployments, service(BLUE));
}

function release(cluster: ToyCluster, tag: string): void {
  const { state } = play(cluster, planFor(cluster, settingsFor('blue-green', CONFIG), 'pods', tag));
  expect(state).toMatchObject({ outcome: 'promoted' });
}

function found(cluster: ToyCluster, name: string): Deployment {
  const each = cluster.deployments.get(name);
  if (!each) throw new Error(`no deployment ${name}`);
  return each;
}

/** Of the spec, what no release decides. */
function carriedOf({ spec }: Deployment): unknown {
  const { replicas: _r, selector: _s, template: _t, ...rest } = spec;
  return rest;
}

describe("the candidate's Deployment", () => {
  test('has the whole spec of the stable, with the fields that nobody knows yet', () => {
    const cluster = clusterOf(owned());
    release(cluster, 'v2');
    expect(carriedOf(found(cluster, `${APP}-green`))).toEqual(SPEC);
  });

  test('has its labels and annotations', () => {
    const cluster = clusterOf(owned());
    release(cluster, 'v2');
    const { labels, annotations } = found(cluster, `${APP}-green`).metadata;
    expect(labels).toEqual({ app: APP, version: 'green', team: 'a' });
    expect(annotations).toEqual({
      ...ANNOTATIONS,
      'release.zero-downtime.dev/release': 'run-1',
    });
  });

  test.each(Object.keys(TRACKING))(
    'lacks the label %s, by which what serves could be pruned',
    (key) => {
      const cluster = clusterOf(owned());
      release(cluster, 'v2');
      expect(found(cluster, `${APP}-green`).metadata.labels).not.toHaveProperty([key]);
      expect(found(cluster, `${APP}-blue`).metadata.labels).toHaveProperty([key]);
    },
  );

  test("keeps a label of pods by which its owner's selector finds them", () => {
    const labels = { ...BLUE, 'app.kubernetes.io/instance': 'shop-prod' };
    const cluster = toyCluster([owned(`${APP}-blue`, labels)], service(labels));
    release(cluster, 'v2');
    const { spec, metadata } = found(cluster, `${APP}-green`);
    expect(spec.template.metadata?.labels).toMatchObject({
      'app.kubernetes.io/instance': 'shop-prod',
    });
    expect(metadata.labels).not.toHaveProperty(['app.kubernetes.io/instance']);
  });

  test('a label managed-by that names no tool that prunes is carried', () => {
    const stable = owned();
    const labels = { ...BLUE, 'app.kubernetes.io/managed-by': 'team-a' };
    const cluster = clusterOf({ ...stable, metadata: { ...stable.metadata, labels } });
    release(cluster, 'v2');
    expect(found(cluster, `${APP}-green`).metadata.labels).toMatchObject({
      'app.kubernetes.io/managed-by': 'team-a',
    });
  });

  test('has no owner and no finalizer', () => {
    const stable = owned();
    const ownerReferences = [{ kind: 'App', name: 'shop', uid: 'u', controller: true }];
    const metadata = { ...stable.metadata, ownerReferences, finalizers: ['x/y'] };
    const cluster = clusterOf({ ...stable, metadata });
    release(cluster, 'v2');
    const { metadata: copied } = found(cluster, `${APP}-green`);
    expect(copied).not.toHaveProperty('ownerReferences');
    expect(copied).not.toHaveProperty('finalizers');
  });

  test('from blue to green and back to blue nothing is lost, and each keeps its own tracking', () => {
    const cluster = clusterOf(owned());
    release(cluster, 'v2');
    release(cluster, 'v3');
    const blue = found(cluster, `${APP}-blue`);
    expect(carriedOf(blue)).toEqual(SPEC);
    expect(blue.metadata.labels).toEqual({ ...BLUE, team: 'a', ...TRACKING });
    expect(blue.metadata.annotations).toMatchObject({
      ...ANNOTATIONS,
      'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:default/shop-blue',
    });
    release(cluster, 'v4');
    expect(carriedOf(found(cluster, `${APP}-green`))).toEqual(SPEC);
  });

  const OLD = { minReadySeconds: 99, revisionHistoryLimit: 1, strategy: { type: 'Recreate' } };
  function twoReleasesAgo(): Deployment {
    const green = deployment(`${APP}-green`, 'v0', { app: APP, version: 'green' }, 0);
    const spec = { ...green.spec, ...OLD } as Deployment['spec']; // as above
    const annotations = { 'example.org/owner': 'team-z', mine: 'yes' };
    return { ...green, metadata: { ...green.metadata, annotations }, spec };
  }

  test('one of two releases ago is brought to what the stable is like today', () => {
    const cluster = clusterOf(owned(), twoReleasesAgo());
    release(cluster, 'v2');
    const green = found(cluster, `${APP}-green`);
    expect(carriedOf(green)).toEqual(SPEC);
    expect(green.metadata.annotations).toMatchObject({ ...ANNOTATIONS, mine: 'yes' });
  });

  test.each(['routing', 'preparing', 'testing', 'switching', 'monitoring'])(
    'one of two releases ago is put back as it was found, from phase %s',
    (phase) => {
      const cluster = clusterOf(owned(), twoReleasesAgo());
      const before = cluster.snapshot();
      const plan = planFor(cluster, settingsFor('blue-green', CONFIG));
      const { state } = play(cluster, plan, turnIn(plan, phase));
      expect(state).toMatchObject({ outcome: 'rolled-back' });
      expect(cluster.snapshot()).toEqual(before);
    },
  );
});

describe('images', () => {
  const other = 'registry.example/proxy:1';
  function withInits(): Deployment {
    const stable = owned();
    const { spec } = stable.spec.template;
    const initContainers = [
      { name: 'migrate', image: `${REPOSITORY}:v1` },
      { name: 'wait', image: other },
      { name: 'agent', image: `${REPOSITORY}:v1`, restartPolicy: 'Always' },
    ];
    const containers = [...spec.containers, { name: 'proxy', image: other }];
    const template = { ...stable.spec.template, spec: { ...spec, initContainers, containers } };
    return { ...stable, spec: { ...stable.spec, template } };
  }
  const wanted = [`${REPOSITORY}:v2`, other, `${REPOSITORY}:v1`];

  test.each(['blue-green', 'rolling'] as const)(
    '%s releases init containers of the same image too; sidecars keep theirs',
    (strategy) => {
      const cluster = clusterOf(withInits());
      const config = { ...CONFIG, strategy: { ...CONFIG.strategy, rolling: { monitoring: '5s' } } };
      play(cluster, planFor(cluster, settingsFor(strategy, config)));
      const name = strategy === 'rolling' ? `${APP}-blue` : `${APP}-green`;
      const { initContainers, containers } = found(cluster, name).spec.template.spec;
      expect(initContainers?.map(({ image }) => image)).toEqual(wanted);
      expect(containers.map(({ image }) => image)).toEqual([`${REPOSITORY}:v2`, other]);
    },
  );
});

test('a plan that an earlier version wrote is carried on', () => {
  const cluster = clusterOf(owned());
  const { candidate, ...plan } = planFor(
    cluster,
    settingsFor('blue-green', CONFIG),
  ) as TwoSidedPlan; // of two sides
  const { annotations: _a, spec: _s, ...earlier } = candidate;
  const { state } = play(cluster, { ...plan, candidate: earlier });
  expect(state).toMatchObject({ outcome: 'promoted' });
});

describe('the preview', () => {
  const selector = { app: APP, version: 'green' };
  function of(spec: object, annotations: Record<string, string> = {}): Service {
    const plain = service(BLUE);
    const labels = { team: 'a', ...TRACKING };
    return {
      ...plain,
      metadata: { ...plain.metadata, labels, annotations },
      spec: { ...plain.spec, ...spec },
    };
  }

  test.each([
    ['sessionAffinity', { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: {} } }],
    ['address families', { ipFamilies: ['IPv6', 'IPv4'], ipFamilyPolicy: 'PreferDualStack' }],
    ['pods that are not ready', { publishNotReadyAddresses: true }],
    ['internalTrafficPolicy', { internalTrafficPolicy: 'Local' }],
    ['trafficDistribution', { trafficDistribution: 'PreferClose' }],
    ['fields that nobody knows yet', { aFieldOfTomorrow: { x: 1 } }],
  ])('carries %s', (_what, spec) => {
    expect(previewOf(of(spec), 'p', selector).spec).toMatchObject(spec);
  });

  test('carries ports whole but for the port of the node', () => {
    const port = { name: 'h2c', port: 80, targetPort: 'web', protocol: 'TCP' };
    const appProtocol = 'kubernetes.io/h2c';
    const ports = [{ ...port, appProtocol, nodePort: 30080, aFieldOfTomorrow: 1 }];
    const { spec } = previewOf(of({ ports }), 'p', selector);
    expect(spec.ports).toEqual([{ ...port, appProtocol, aFieldOfTomorrow: 1 }]);
  });

  test('stays headless', () => {
    expect(previewOf(of({ clusterIP: 'None' }), 'p', selector).spec.clusterIP).toBe('None');
  });

  test.each([
    { type: 'LoadBalancer', loadBalancerIP: '198.51.100.1', loadBalancerClass: 'x/y' },
    { type: 'NodePort', externalTrafficPolicy: 'Local', healthCheckNodePort: 30000 },
    { externalIPs: ['198.51.100.1'] },
    { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] },
  ])('is no second public entrance: %j', (spec) => {
    const preview = previewOf(of(spec), 'p', selector);
    expect(preview.spec).toEqual({
      type: 'ClusterIP',
      selector,
      ports: service(BLUE).spec.ports,
    });
  });

  test.each([
    'external-dns.alpha.kubernetes.io/hostname',
    'service.beta.kubernetes.io/aws-load-balancer-type',
    'metallb.universe.tf/address-pool',
    'tailscale.com/expose',
    'kubectl.kubernetes.io/last-applied-configuration',
    'meta.helm.sh/release-name',
  ])('does not carry the annotation %s', (key) => {
    const mine = { 'example.org/backend-protocol': 'h2c' };
    const { annotations } = previewOf(of({}, { ...mine, [key]: 'x' }), 'p', selector).metadata;
    expect(annotations).toEqual(mine);
  });

  test('carries labels, but none of a tool that prunes', () => {
    expect(previewOf(of({}), 'p', selector).metadata.labels).toEqual({
      team: 'a',
      'app.kubernetes.io/managed-by': 'zero-downtime-deployment',
    });
  });
});
