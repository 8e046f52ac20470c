// What others do to a release, against the stages as they are built: real processes, real sockets,
// real load. The whole table of cases is played in simulated time (test/hostile).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Tally } from '../../demo/load/tally.ts';
import { type Load, startLoad } from '../../demo/load.ts';
import { exampleImages, stageImages } from '../../embedded-cluster/cluster/images.ts';
import { collectionOf } from '../../embedded-cluster/kubernetes/definitions/kind.ts';
import { CLUSTER_ROLES } from '../../embedded-cluster/kubernetes/kinds/access/rbac.ts';
import { CONFIG_MAPS, PODS, SERVICES } from '../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { DEPLOYMENTS } from '../../embedded-cluster/kubernetes/kinds/workloads/apps.ts';
import type { KubeObject } from '../../embedded-cluster/kubernetes/store/object.ts';
import { all, at, copied, create, edit, found, remove } from '../hostile/others.ts';
import { currentRelease, logOf, type RunEnd, runEnded, submitRun } from './support/run.ts';
import { AS_BEFORE, QUICK, standing, startService } from './support/service.ts';
import { type E2eWorld, ROOT, startWorld } from './support/world.ts';

let world: E2eWorld;
const loads: Load[] = [];

beforeAll(async () => {
  const [example] = exampleImages(ROOT);
  const failing = (tag: string, ERROR_RATE: string) =>
    example ? [{ ...example, tags: [tag], env: { VERSION: tag, ERROR_RATE } }] : [];
  world = await startWorld({
    images: [
      ...stageImages(ROOT, version()),
      ...exampleImages(ROOT),
      ...failing('v1.2.0-fails-all', '1'),
      ...failing('v1.2.0-nine-percent', '0.09'),
    ],
  });
});

afterAll(async () => {
  await Promise.all(loads.map((load) => load.stop()));
  await world.stop();
});

describe('a release with real processes, among others', () => {
  test('g: a worker with the label of the application is asked nothing, at whatever weight', async () => {
    await startService(world, { name: 'worker', config: STEPS });
    create(world, workerOf('worker'));
    const refused = await release({ service: 'worker', strategy: 'canary' });
    expect(refused.end.results).toMatchObject({ outcome: 'unchanged' });
    expect(refused.end.tasks['pre-validation']?.exitCode).toBe(2);
    expect(logOf(world, 'worker-canary', 'pre-validation')).toMatch(/deployment worker-worker/);
    expect(Object.keys(refused.tally.servedBy)).toEqual(['v1.1.0']);
    const { end, tally } = await release({ service: 'worker' });
    expect(end.results).toMatchObject({ outcome: 'promoted' });
    expect(tally.failed).toBe(0);
    expect(Object.keys(tally.servedBy).sort()).toEqual(['v1.1.0', 'v1.2.0']);
  });

  test('i: images that a webhook rewrites do not keep a rolling release from its end', async () => {
    await startService(world, { name: 'mutated' });
    rewriteImages('mutated');
    const { end, tally } = await release({ service: 'mutated', strategy: 'rolling' });
    expect(end.results).toMatchObject({ outcome: 'promoted' });
    expect(tally.failed).toBe(0);
  });

  test('s: a selector that somebody puts back while the candidate is watched is put forward, or the release goes back', async () => {
    await startService(world, { name: 'putback', config: LONGER });
    const own = at(found(world, SERVICES, 'putback'), 'spec.selector');
    const { end, tally, after } = await release({
      service: 'putback',
      in: 'monitoring',
      others: () => edit(world, SERVICES, 'putback', { 'spec.selector': own }),
    });
    expect(tally.failed).toBe(0);
    expect(after).toEqual([end.results.outcome === 'promoted' ? 'v1.2.0' : 'v1.1.0']);
  });

  test('t: a pod that was evicted and still lies about is nobody to wait for', async () => {
    await startService(world, { name: 'evicted' });
    leaveDeadPod('evicted');
    const { end, tally } = await release({ service: 'evicted', strategy: 'rolling' });
    expect(end.results).toMatchObject({ outcome: 'promoted' });
    expect(tally.failed).toBe(0);
  });

  test('ee: a journal that is deleted is written again, and a bad candidate goes back', async () => {
    await startService(world, { name: 'forgotten', config: LONGER });
    const { end } = await release({
      service: 'forgotten',
      tag: 'v1.2.0-errors',
      in: 'monitoring',
      others: () => remove(world, CONFIG_MAPS, 'forgotten-release-journal'),
    });
    expect(end.results).toMatchObject({ outcome: 'rolled-back' });
    expect(standing(world, 'forgotten')).toEqual(AS_BEFORE);
  });

  test('jj: a stage that may not look at pods any more brings traffic back, and says which right it lacks', async () => {
    await startService(world, { name: 'blinded', config: BLIND });
    const whole = roleOfDeploy();
    try {
      const { end, tally, after } = await release({
        service: 'blinded',
        in: 'monitoring',
        others: () => setRole(withoutPods(whole)),
        withinMs: 400_000,
      });
      expect(logOf(world, 'blinded-blue-green', 'deploy')).toMatch(/pods: status 403/);
      expect(end.tasks.deploy?.exitCode).toBe(3);
      expect(end.results.outcome).toBe('rolled-back');
      expect(tally.failed).toBe(0);
      expect(after).toEqual(['v1.1.0']);
    } finally {
      setRole(whole);
    }
  }, 420_000);

  test('kk: a candidate that is scaled to zero after it was found good is not promoted', async () => {
    await startService(world, { name: 'dying' });
    const { end, after } = await release({
      service: 'dying',
      in: 'holding',
      others: () => edit(world, DEPLOYMENTS, 'dying-green', { 'spec.replicas': 0 }),
    });
    expect(end.results).toMatchObject({ outcome: 'rolled-back' });
    expect(after).toEqual(['v1.1.0']);
  });

  test('mm: a Deployment whose owner says Recreate is refused before anything begins', async () => {
    await startService(world, { name: 'alone-please' });
    edit(world, DEPLOYMENTS, 'alone-please-blue', { 'spec.strategy': { type: 'Recreate' } });
    const { end, tally } = await release({ service: 'alone-please', strategy: 'rolling' });
    expect(end.results).toMatchObject({ outcome: 'unchanged' });
    expect(end.tasks['pre-validation']?.exitCode).toBe(1);
    expect(logOf(world, 'alone-please-rolling', 'pre-validation')).toMatch(/Recreate/);
    expect(Object.keys(tally.servedBy)).toEqual(['v1.1.0']);
  });

  test('n: a candidate that fails every one of few requests is not promoted', async () => {
    await startService(world, { name: 'quiet', config: LONGER });
    const { end } = await release({ service: 'quiet', tag: 'v1.2.0-fails-all', everyMs: 3_000 });
    expect(end.results).toMatchObject({ outcome: 'rolled-back' });
    expect(standing(world, 'quiet')).toEqual(AS_BEFORE);
  });

  test.each(['rolling', 'blue-green'])(
    'y: a candidate that fails nine of a hundred is not promoted: %s',
    async (strategy) => {
      const service = `nine-${strategy}`;
      await startService(world, { name: service, config: LONGER });
      const { end } = await release({ service, strategy, tag: 'v1.2.0-nine-percent' });
      expect(end.results).toMatchObject({ outcome: 'rolled-back' });
      expect(standing(world, service)).toMatchObject({ serves: 'blue', blue: 2 });
    },
  );
});

const DEPLOY = 'zero-downtime-deploy';
const LONGER = QUICK.replaceAll('monitoring: 3s', 'monitoring: 20s');
/** As short as may be: what is not seen for so long is not seen. */
const BLIND = `${LONGER.replace('readyTimeout: 15s', 'readyTimeout: 15s, viewAge: 45s')}
analysis: {unmeasurableLimit: 5s}
`.replace('monitoring: 20s', 'monitoring: 4m');
const STEPS = QUICK.replace(
  'strategy: {',
  'strategy: {canary: {steps: [{weight: 50, duration: 3s}], monitoring: 3s}, ',
);

interface Among {
  readonly service: string;
  readonly tag?: string;
  readonly strategy?: string;
  /** What others do, once the release is in that phase. */
  readonly in?: string;
  readonly others?: () => void;
  readonly everyMs?: number;
  readonly withinMs?: number;
}

interface Came {
  readonly end: RunEnd;
  readonly tally: Tally;
  /** The versions that answer after the end. */
  readonly after: readonly string[];
}

async function release(among: Among): Promise<Came> {
  const { service, tag = 'v1.2.0', strategy = 'blue-green', everyMs, withinMs = 150_000 } = among;
  const load = startLoad(ROOT, urlOf(service), 300, everyMs === undefined ? {} : { everyMs });
  loads.push(load);
  const stop = watchPhase(service, among.in, among.others);
  const name = `${service}-${strategy}`;
  submitRun(world, { name, service, tag, strategy });
  const end = await runEnded(world, name, withinMs);
  stop();
  await sleep(2_000);
  const before = { ...load.tally().servedBy };
  await sleep(1_000);
  const tally = await load.stop();
  const after = Object.keys(tally.servedBy).filter(
    (version) => (tally.servedBy[version] ?? 0) > (before[version] ?? 0),
  );
  return { end, tally, after };
}

function watchPhase(
  service: string,
  phase: string | undefined,
  act: (() => void) | undefined,
): () => void {
  let done = phase === undefined;
  return world.cluster.world.store.subscribe(() => {
    if (done || currentRelease(world, service).current?.state.phase !== phase) return;
    done = true;
    setTimeout(() => act?.(), 300);
  });
}

function urlOf(service: string): string {
  const address = world.cluster.serviceAddress('default', service, 8080);
  return `http://${address?.host}:${address?.port}/payments`;
}

function version(): string {
  return String(at(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')), 'version'));
}

function workerOf(service: string) {
  const blue = copied(found(world, DEPLOYMENTS, `${service}-blue`));
  const labels = { app: service, component: 'worker' };
  const containers = Object(at(blue, 'spec.template.spec.containers'));
  const env = [{ name: 'VERSION', value: 'worker' }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${service}-worker`, namespace: 'default' },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ ...containers[0], env }] } },
    },
  };
}

/** As a registry mirror does: the pod runs another reference than its template says. */
function rewriteImages(service: string): void {
  const { store } = world.cluster.world;
  const put = store.put.bind(store);
  store.put = (name, object) => {
    if (name !== 'pods' || object.metadata.labels?.app !== service) return put(name, object);
    const spec = Object(at(object, 'spec'));
    const containers = spec.containers.map((container: { image: string }) => ({
      ...container,
      image: container.image.replace(/:v1\.2\.0@/, '@'),
    }));
    return put(name, { ...object, spec: { ...spec, containers } } as typeof object);
  };
}

function leaveDeadPod(service: string): void {
  const pod = all(world, PODS).find(({ metadata }) => metadata.labels?.app === service);
  if (!pod) return;
  const metadata = { ...pod.metadata, name: `${service}-blue-dead`, uid: `dead-${service}` };
  const conditions = [{ type: 'Ready', status: 'False' }];
  const status = {
    phase: 'Failed',
    reason: 'Evicted',
    message: 'The node was low on memory.',
    conditions,
  };
  world.cluster.world.store.put('pods', { ...pod, metadata, status } as typeof pod);
}

function roleOfDeploy(): KubeObject {
  const role = world.cluster.world.store.get(collectionOf(CLUSTER_ROLES), undefined, DEPLOY);
  if (!role) throw new Error(`no ClusterRole ${DEPLOY}`);
  return role;
}

function setRole(role: KubeObject): void {
  const { resourceVersion } = roleOfDeploy().metadata;
  const metadata = { ...role.metadata, resourceVersion };
  world.cluster.world.objects.update(CLUSTER_ROLES, { ...role, metadata });
}

/** As somebody who tidies up rights that he does not know. */
function withoutPods(role: KubeObject): KubeObject {
  const rules = (at(role, 'rules') as { resources: string[] }[]).map((rule) => ({
    ...rule,
    resources: rule.resources.filter((resource) => resource !== 'pods'),
  }));
  return { ...role, rules: rules.filter(({ resources }) => resources.length > 0) } as KubeObject;
}
