// What a plan is made from is what is there now: the service's own workload and pods, and no one else's; what
// is not there ends the stage before anything is touched.
import { describe, expect, test } from '@jest/globals';
import type { ReleaseConfig } from '../../../core/config/schema.ts';
import type { Deployment } from '../../../core/kubernetes/workload-objects.ts';
import { gatherPlanInputs } from '../../../effects/inputs/plan-inputs.ts';
import { APP, deployment, pod, REPOSITORY } from '../../core/support/objects.ts';
import { settingsFor } from '../../core/support/play.ts';
import { BLUE } from '../../core/support/releases.ts';
import { type ToyOptions, type ToyService, toyService } from '../support/toy-service.ts';

const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' } as const;
const SERVICE = { apiVersion: 'v1', kind: 'Service' } as const;

interface Asked extends ToyOptions {
  /** Of the release; the service itself has none of its own here. */
  readonly release?: Partial<ReleaseConfig>;
  /** What has happened before it is looked. */
  readonly before?: (world: ToyService) => void;
  readonly known?: Parameters<typeof gatherPlanInputs>[5];
}

async function gathered({ release = {}, before, known, ...options }: Asked = {}) {
  const world = await toyService(options);
  before?.(world);
  const settings = settingsFor('blue-green', release);
  const context = world.stage('deploy');
  const came = await world.cameOf(gatherPlanInputs(context, 'default', APP, settings, '', known));
  if (came === 'waits') throw new Error('it waits');
  const inputs = 'value' in came ? came.value : undefined;
  return { world, came, inputs };
}

function edited({ api }: ToyService, change: (found: Deployment) => Deployment): void {
  const found = api.found<Deployment>(DEPLOYMENT, `${APP}-blue`);
  if (found) api.put(change(found));
}

describe('a plan is made from', () => {
  test('the workload behind the service, its pods, whom the service reaches, and the pinned image', async () => {
    const { inputs, world } = await gathered();
    expect(inputs).toMatchObject({
      subject: { deployment: { metadata: { name: `${APP}-blue` } } },
      resolved: { kind: 'resolved', image: { tag: 'v2', digest: expect.any(String) } },
    });
    expect(inputs?.pods).toHaveLength(3);
    expect(inputs?.reached.size).toBe(3);
    expect(inputs?.replicaSets).toHaveLength(1);
    expect(world.api.writes).toEqual([]);
  });

  test('no pod that only bears the same labels: whose a pod is, its controller says', async () => {
    const stranger = pod('stranger', BLUE, `${REPOSITORY}:v1`);
    const { inputs } = await gathered({ objects: [stranger] });
    expect(inputs?.pods.map(({ metadata }) => metadata.name)).not.toContain('stranger');
    expect(inputs?.neighbours.pods.map(({ metadata }) => metadata.name)).toContain('stranger');
  });

  test('no ReplicaSet of another workload', async () => {
    const ledger = deployment('ledger', 'v7', { app: 'ledger' });
    const { inputs } = await gathered({ objects: [ledger] });
    expect(inputs?.replicaSets.map(({ metadata }) => metadata.name)).toEqual([
      expect.stringContaining(`${APP}-blue`),
    ]);
    expect(inputs?.deployments).toHaveLength(2);
  });

  test('the repository of the running image, where the config names no other', async () => {
    const own = await gathered();
    expect(own.inputs?.resolved.image.reference).toContain(`${REPOSITORY}:v2`);
    const named = await gathered({ release: { image: { repository: 'other.example/app' } } });
    expect(named.inputs?.resolved.image.reference).toContain('other.example/app:v2');
  });

  test('an image that has served before, without asking the registry: it may be gone from there', async () => {
    const known = { reference: `${REPOSITORY}:v0`, tag: 'v0', digest: undefined };
    const { inputs, world } = await gathered({ known, registry: () => 404 });
    expect(inputs?.resolved).toEqual({ kind: 'resolved', image: known });
    expect(world.requests.filter(({ url }) => url.includes('/v2/'))).toEqual([]);
  });

  test('a tag where the registry cannot say what it is', async () => {
    const { inputs } = await gathered({ registry: () => 500 });
    expect(inputs?.resolved).toMatchObject({ kind: 'unpinned' });
  });
});

describe('nothing is begun', () => {
  test.each<[string, Asked, object]>([
    [
      'where there is no such service',
      { before: ({ api }) => api.drop(SERVICE, APP) },
      { exitCode: 2 },
    ],
    [
      'where nothing is behind the service',
      { before: ({ api }) => api.drop(DEPLOYMENT, `${APP}-blue`) },
      { exitCode: 2 },
    ],
    ['where the registry knows no such tag', { registry: () => 404 }, { exitCode: 2 }],
    [
      'where the API may not be asked',
      { before: ({ api }) => api.answers('GET pods', { status: 403 }) },
      { exitCode: 3 },
    ],
    [
      'where the container has no image to take the repository from',
      {
        before: (world) =>
          edited(world, ({ spec, ...found }) => {
            const [container] = spec.template.spec.containers;
            const { image: _, ...bare } = container ?? { name: APP };
            const template = { ...spec.template, spec: { containers: [bare] } };
            return { ...found, spec: { ...spec, template } };
          }),
      },
      { exitCode: 3 },
    ],
  ])('%s', async (_what, asked, expected) => {
    const { came, world } = await gathered(asked);
    expect(came).toMatchObject(expected);
    expect(world.api.writes).toEqual([]);
  });
});

describe('where the pods tell of their requests', () => {
  const pageUrls = ({ requests }: ToyService) =>
    requests.map(({ url }) => url).filter((url) => !url.includes('/v2/'));

  test('is found out by asking one of them; what does not tell is no source', async () => {
    const { inputs, world } = await gathered();
    expect(inputs?.metrics).toMatchObject({ kind: 'none', why: expect.stringContaining('404') });
    expect(pageUrls(world)[0]).toMatch(/^http:\/\/127\.10\.0\.\d+:8080\/metrics$/);
  });

  test.each<[string, Asked, string]>([
    ['the config', { release: { analysis: { pods: { port: 9100, path: '/m' } } } }, ':9100/m'],
    [
      'an annotation of the pods',
      {
        before: (world) =>
          edited(world, (found) => {
            const { template } = found.spec;
            const annotations = { 'prometheus.io/port': '9200', 'prometheus.io/path': '/prom' };
            const metadata = { ...template.metadata, annotations };
            return { ...found, spec: { ...found.spec, template: { ...template, metadata } } };
          }),
      },
      ':9200/prom',
    ],
  ])('is where %s says', async (_who, asked, where) => {
    const { world } = await gathered(asked);
    expect(pageUrls(world).every((url) => url.endsWith(where))).toBe(true);
  });

  test('is unreadable where the config names it and nothing is there: that was meant to be judged', async () => {
    const release = { analysis: { pods: { path: '/m' } } };
    const there = await gathered({ release, answers: () => 500 });
    expect(there.inputs?.metrics).toMatchObject({ kind: 'none', unreadable: true });
    expect((await gathered()).inputs?.metrics).not.toHaveProperty('unreadable');
  });

  test('is not known where no pod is ready to be asked', async () => {
    const { inputs, world } = await gathered({ startsInMs: () => Number.POSITIVE_INFINITY });
    expect(inputs?.metrics).toMatchObject({ kind: 'none' });
    expect(pageUrls(world)).toEqual([]);
  });
});

test.each([
  ['is asked for where something depends on it', { preflight: { harden: true } }, 35],
  ['is not asked for else', {}, undefined],
] as const)('the version of the API server %s', async (_what, release, minor) => {
  expect((await gathered({ release })).inputs?.kubernetesMinor).toBe(minor);
});
