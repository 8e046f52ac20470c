// Bad input loses nothing: every fault at once, a clear message, the right exit code, and not one
// object touched. The whole store is compared before and after.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { KINDS_AT_BIRTH } from '../../embedded-cluster/cluster/kinds.ts';
import { PODS } from '../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { kindOf } from '../../embedded-cluster/kubernetes/kinds/registry.ts';
import { DEPLOYMENTS } from '../../embedded-cluster/kubernetes/kinds/workloads/apps.ts';
import type { DraftObject } from '../../embedded-cluster/kubernetes/store/object.ts';
import { runStage, type Stage } from './support/stage.ts';
import { until } from './support/until.ts';
import { type E2eWorld, exampleService, releaseConfig, startWorld } from './support/world.ts';

let world: E2eWorld;

beforeAll(async () => {
  world = await startWorld();
  world.apply(...exampleService(world, { name: 'pay' }));
  await until('pay is ready', () => readyReplicas('pay-blue') === 2);
});

afterAll(() => world.stop());

function readyReplicas(name: string): number {
  const status = (world.get(DEPLOYMENTS, name)?.status ?? {}) as { readyReplicas?: number };
  return status.readyReplicas ?? 0;
}

/** A pod's process has come up: it is probed for readiness, and nothing more is noted of it but that. */
function hasStarted(app: string): boolean {
  const pods = world.list(PODS).filter(({ metadata }) => metadata.labels?.app === app);
  return pods.some(({ status }) => {
    const { containerStatuses = [] } = status as { containerStatuses?: { started?: boolean }[] };
    return containerStatuses.some(({ started }) => started);
  });
}

/** Everything there is and its version, but for what the cluster notes of itself meanwhile. */
function store(): string[] {
  return world.cluster.world.store
    .dump()
    .filter(({ kind }) => kind !== 'Event')
    .map(({ kind, metadata }) => `${kind} ${metadata.name} ${metadata.resourceVersion}`)
    .sort();
}

/** The store once the controllers have nothing more to do. */
async function atRest(): Promise<string[]> {
  let last = store();
  for (;;) {
    await sleep(400);
    const now = store();
    if (now.join() === last.join()) return now;
    last = now;
  }
}

interface Wrong {
  readonly name: string;
  readonly stage?: Stage;
  readonly options?: Readonly<Record<string, string>>;
  readonly given?: () => readonly DraftObject[];
  /** Waits for what was given to be there. */
  readonly once?: () => boolean;
  readonly exitCode: number;
  readonly says: readonly string[];
}

const REQUEST = {
  'release-id': 'run-1',
  service: 'pay',
  namespace: 'default',
  'image-tag': 'v1.2.0',
  strategy: 'blue-green',
};

function configured(yaml: string): () => readonly DraftObject[] {
  return () => [releaseConfig('pay', yaml)];
}

function inTheWay(): readonly DraftObject[] {
  const metadata = { name: 'pay-preview' };
  return [{ apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 8080 }] } }];
}

/** A service of its own, changed in some way, with pods where they are waited for. */
function changed(
  name: string,
  change: (object: DraftObject) => void,
  replicas = 1,
): Pick<Wrong, 'given' | 'options' | 'once'> {
  return {
    options: { service: name },
    once: () => readyReplicas(`${name}-blue`) === replicas,
    given: () => {
      const objects = exampleService(world, { name, replicas });
      for (const object of objects) change(object);
      return objects;
    },
  };
}

/** A field deep inside an object, by its path. */
function set(object: DraftObject, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let node: Record<string, unknown> = object;
  for (const key of keys) node = node[key] as Record<string, unknown>; // a path into our own manifest
  if (value === undefined) delete node[last];
  else node[last] = value;
}

const onDeployment =
  (path: string, value: unknown) =>
  (object: DraftObject): void => {
    if (object.kind === 'Deployment') set(object, path, value);
  };

const onService =
  (path: string, value: unknown) =>
  (object: DraftObject): void => {
    if (object.kind === 'Service') set(object, path, value);
  };

const CONTAINER = 'spec.template.spec.containers.0';

const WRONG: readonly Wrong[] = [
  {
    name: 'a strategy that does not exist',
    options: { strategy: 'big-bang' },
    exitCode: 2,
    says: [
      'param deployment-strategy: "big-bang" must be one of rolling, blue-green, canary, blue-green-with-canary',
    ],
  },
  {
    name: 'a strategy with a typing error',
    options: { strategy: 'blue-gren' },
    exitCode: 2,
    says: ['did you mean blue-green?'],
  },
  {
    name: 'a service that does not exist',
    options: { service: 'payy' },
    exitCode: 2,
    says: ['service payy not found in namespace default'],
  },
  {
    name: 'a name that is no name',
    options: { service: 'Pay Service', namespace: 'Default!' },
    exitCode: 2,
    says: [
      '"Pay Service" is not the name of a Service',
      '"Default!" is not the name of a namespace',
    ],
  },
  {
    name: 'a tag that is no tag',
    options: { 'image-tag': 'v1 beta' },
    exitCode: 2,
    says: ['param image-tag: "v1 beta" is not an image tag'],
  },
  {
    name: 'no tag at all',
    options: { 'image-tag': '' },
    exitCode: 2,
    says: ['param image-tag: "" is not an image tag'],
  },
  {
    name: 'a tag that the registry does not have',
    options: { 'image-tag': 'v9.9.9' },
    exitCode: 2,
    says: ['payment-service:v9.9.9 does not exist in registry 127.0.0.1'],
  },
  {
    name: 'several faults in the params at once',
    options: { strategy: 'x', 'image-tag': ':', service: '_' },
    exitCode: 2,
    says: ['param service-name', 'param image-tag', 'param deployment-strategy', '3 faults'],
  },
  {
    name: 'a release config with five faults',
    given: configured(`strategi: {}
strategy: {blueGreen: {monitoring: a while}}
limits: {readyTimeout: 5}
rollback:
  triggers: [{metric: error_rate, operator: gt, value: 200%}]
smoke: [{path: /}]
`),
    exitCode: 2,
    says: [
      'ConfigMap pay-release-config line 3: /strategi is not a known key; did you mean strategy?',
      'line 4: /strategy/blueGreen/monitoring is not a duration: write 90s, 5m or 1h30m',
      'line 5: /limits/readyTimeout must be string, is a number',
      'line 7: /rollback/triggers/0/value is not a limit for error_rate: write 5% or 0.05',
      'line 8: /smoke/0 lacks name',
      '5 faults',
    ],
  },
  {
    name: 'faults in the params and in the release config at once',
    options: { strategy: 'rollin' },
    given: configured('limits: {maxDuration: long}'),
    exitCode: 2,
    says: ['did you mean rolling?', '/limits/maxDuration is not a duration', '2 faults'],
  },
  {
    name: 'a release config that is no YAML',
    given: configured('limits: {maxDuration: 5m'),
    exitCode: 2,
    says: ['ConfigMap pay-release-config line'],
  },
  {
    name: 'settings that contradict each other',
    given: configured('drain: {minDuration: 90s}\nlimits: {maxDuration: 4m, readyTimeout: 10m}'),
    exitCode: 2,
    says: [
      'line 3: /drain/maxDuration is shorter than drain.minDuration',
      'line 4: /limits/readyTimeout leaves nothing of limits.maxDuration',
    ],
  },
  {
    name: 'a check to ignore that does not exist',
    given: configured('preflight: {ignore: [{check: no-pbd, reason: small}]}'),
    exitCode: 2,
    says: ['is not a check of preflight; did you mean no-pdb?'],
  },
  {
    name: 'a ConfigMap that was named and does not exist',
    options: { 'config-map': 'other-config' },
    exitCode: 2,
    says: ['ConfigMap other-config not found in namespace default'],
  },
  {
    name: 'a ConfigMap without a release config in it',
    options: { 'config-map': 'kube-root-ca.crt' },
    exitCode: 2,
    says: ['ConfigMap kube-root-ca.crt has no key release.yaml'],
  },
  {
    name: 'a config file that is not there',
    options: { 'config-dir': '/nowhere' },
    exitCode: 2,
    says: ['release config: file release.yaml is not there'],
  },
  {
    name: 'a repository that the registry does not have',
    given: () => [releaseConfig('pay', `image: {repository: "${world.cluster.registry}/no/such"}`)],
    exitCode: 2,
    says: ['/no/such:v1.2.0 does not exist in registry'],
  },
  {
    name: 'a service without a selector',
    ...changed('no-selector', onService('spec.selector', undefined)),
    exitCode: 2,
    says: ['service no-selector has no selector'],
  },
  {
    name: 'a service with nothing behind it',
    ...changed('nothing-behind', onService('spec.selector.version', 'green')),
    exitCode: 2,
    says: ['no running Deployment or StatefulSet behind service nothing-behind'],
  },
  {
    name: 'a workload that was named and is another',
    given: configured('workload: {name: pay-green}'),
    exitCode: 2,
    says: ['workload pay-green (workload.name) is not behind service pay'],
  },
  {
    name: 'a container that was named and does not exist',
    given: configured('workload: {container: sidecar}'),
    exitCode: 2,
    says: ['deployment pay-blue has no container sidecar, only pay'],
  },
  {
    name: 'a Service of somebody else where the preview would be',
    given: inTheWay,
    exitCode: 2,
    says: ['service pay-preview is in the way: no release made it'],
  },
  {
    name: 'a container without a readiness probe',
    ...changed('unprobed', onDeployment(`${CONTAINER}.readinessProbe`, undefined)),
    exitCode: 1,
    says: ['check=no-readiness-probe', 'add a readinessProbe'],
  },
  {
    name: 'a grace too short for the preStop hook',
    ...changed('hasty', onDeployment('spec.template.spec.terminationGracePeriodSeconds', 3)),
    exitCode: 1,
    says: ['check=grace-too-short', 'terminationGracePeriodSeconds needs 6 or more'],
  },
  {
    name: 'a deployment that is not healthy',
    ...changed('ailing', onDeployment(`${CONTAINER}.env`, [{ name: 'READY', value: 'never' }])),
    once: () => hasStarted('ailing'),
    exitCode: 1,
    says: ['check=deployment-unhealthy', 'a release needs a stable to go back to'],
  },
  {
    name: 'a deployment that is paused',
    ...changed('resting', onDeployment('spec.paused', true)),
    once: () => true,
    exitCode: 1,
    says: ['check=deployment-paused'],
  },
  {
    name: 'no room for the extra pods',
    ...changed('hungry', onDeployment(`${CONTAINER}.resources.requests.memory`, '5Gi')),
    exitCode: 1,
    says: ['check=capacity', 'the nodes have room for 0 of the 1 extra pods'],
  },
  {
    name: 'a service account without the rights',
    options: { namespace: 'kube-public' },
    exitCode: 3,
    says: ['status 403', 'cannot get resource', 'docs/permissions.md'],
  },
  {
    name: 'an option that does not exist',
    options: { servise: 'pay' },
    exitCode: 2,
    says: ['servise'],
  },
  {
    name: 'deploy: the same faults, found by the stage itself',
    stage: 'deploy',
    options: { strategy: 'big-bang', 'image-tag': '' },
    exitCode: 2,
    says: ['param image-tag', 'param deployment-strategy', '2 faults'],
  },
  {
    name: 'deploy: an end that does not exist',
    stage: 'deploy',
    options: { finish: 'soon' },
    exitCode: 2,
    says: ['param finish: "soon" must be one of here, conclude'],
  },
  {
    name: 'deploy: a tag that the registry does not have',
    stage: 'deploy',
    options: { 'image-tag': 'v9.9.9' },
    exitCode: 2,
    says: ['payment-service:v9.9.9 does not exist'],
  },
  {
    name: 'deploy: a Service of somebody else where the preview would be',
    stage: 'deploy',
    given: inTheWay,
    exitCode: 2,
    says: ['service pay-preview is in the way: no release made it'],
  },
];

describe('wrong input', () => {
  test.each(WRONG)('$name', async ({ stage = 'pre-validation', ...wrong }) => {
    const given = wrong.given?.() ?? [];
    world.apply(...given);
    try {
      await until('what was given is there', wrong.once ?? (() => true));
      const before = await atRest();
      const run = await runStage(world, stage, { ...REQUEST, ...wrong.options });
      expect(run).toMatchObject({ exitCode: wrong.exitCode, stderr: '' });
      // A quote inside a value is printed with a backslash before it.
      const told = run.stdout.replaceAll('\\"', '"');
      for (const text of wrong.says) expect(told).toContain(text);
      expect(store()).toEqual(before);
    } finally {
      await removeAll(given);
    }
  });

  test('good input passes, and changes nothing either', async () => {
    const before = await atRest();
    const run = await runStage(world, 'pre-validation', REQUEST);
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stdout).toContain('stage=pre-validation outcome=passed strategy=blue-green');
    expect(store()).toEqual(before);
  });
});

/** Takes away what a case was given, pods and all, so that the next one finds the world at rest. */
async function removeAll(given: readonly DraftObject[]): Promise<void> {
  const { objects, store: stored } = world.cluster.world;
  for (const object of given) {
    const kind = kindOf(KINDS_AT_BIRTH, object);
    if (kind) objects.delete(kind, 'default', object.metadata.name ?? '');
  }
  const names = given.map(({ metadata }) => metadata.name ?? '');
  const left = () =>
    stored.dump().filter(({ kind, metadata }) => {
      const isPart = names.some((name) => metadata.name.startsWith(`${name}-`));
      return kind !== 'Event' && isPart;
    });
  await until('the case is gone', () => {
    for (const pod of left().filter(({ kind }) => kind === 'Pod')) {
      objects.delete(PODS, 'default', pod.metadata.name, { gracePeriodSeconds: 0 });
    }
    return left().length === 0;
  });
}
