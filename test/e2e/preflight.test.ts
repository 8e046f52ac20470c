// What a release does before it does anything, and what it will not begin or go on with.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { parseManifests } from '../../embedded-cluster/cluster/manifests.ts';
import { collectionOf } from '../../embedded-cluster/kubernetes/definitions/kind.ts';
import { CLUSTER_ROLES } from '../../embedded-cluster/kubernetes/kinds/access/rbac.ts';
import { PODS, RESOURCE_QUOTAS } from '../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { STATEFUL_SETS } from '../../embedded-cluster/kubernetes/kinds/workloads/apps.ts';
import type { DraftObject } from '../../embedded-cluster/kubernetes/store/object.ts';
import { findKubectls } from '../../embedded-cluster/test/kubectl/support.ts';
import { currentRelease, runEnded, submitRun, taskEnded } from './support/run.ts';
import { AS_BEFORE, standing, startService, startStatefulSet } from './support/service.ts';
import { runStage } from './support/stage.ts';
import { type E2eWorld, ROOT, startWorld } from './support/world.ts';

let world: E2eWorld;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(() => world.stop());

function request(service: string, more: Readonly<Record<string, string>> = {}) {
  return {
    'release-id': `${service}-1`,
    service,
    'image-tag': 'v1.2.0',
    strategy: 'blue-green',
    ...more,
  };
}

const [kubectl] = findKubectls();
const withKubectl = kubectl ? test : test.skip;
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** What a command of the docs prints. */
async function byKubectl(command: string): Promise<string> {
  const [, ...words] = command.trim().split(' ');
  const args = [`--kubeconfig=${world.cluster.kubeconfig}`, ...words];
  return (await promisify(execFile)(kubectl?.path ?? '', args)).stdout;
}

describe('a dry run', () => {
  test('says what would be done, changes nothing, and needs to read only', async () => {
    await startService(world, { name: 'dry' });
    const before = everything();
    const role = deployRole();
    world.apply(readOnly(role));
    const { exitCode, stdout } = await runStage(
      world,
      'deploy',
      request('dry', { 'dry-run': 'true' }),
    );
    world.apply({ ...role, metadata: { name: role.metadata.name } });
    expect(stdout).toContain('action="create deployment dry-green with payment-service:v1.2.0');
    expect(stdout).toContain('action="send service dry to the candidate"');
    expect(stdout).toContain('plan=capacity extra-pods=2 most=4 now=2 each="0.05 CPU, 64 MiB"');
    expect(stdout).toContain('expected-outcome=promoted');
    expect(exitCode).toBe(0);
    expect(everything()).toEqual(before);
  });

  test('as a run it skips what there is nothing to ask, and ends unchanged', async () => {
    const params = [
      { name: 'service-name', value: 'dry' },
      { name: 'image-tag', value: 'v1.2.0' },
      { name: 'deployment-strategy', value: 'blue-green' },
      { name: 'dry-run', value: 'true' },
    ];
    submitRun(world, { name: 'dry-1', service: 'dry', spec: { params } });
    const end = await runEnded(world, 'dry-1');
    expect(end).toMatchObject({
      reason: 'Completed',
      results: { outcome: 'unchanged', reason: 'dry run' },
    });
    expect(Object.keys(end.tasks).sort()).toEqual(['conclude', 'deploy', 'pre-validation']);
    expect(standing(world, 'dry')).toEqual(AS_BEFORE);
    expect(currentRelease(world, 'dry')).toEqual({});
  });

  withKubectl(
    'as JSON is one document of the published schema, by the Task and the command of the page',
    async () => {
      const [, part = ''] = read('docs/preflight.md').split('### For programs');
      const block = (kind: string) =>
        new RegExp(`\`\`\`${kind}\n([^\`]+)\`\`\``).exec(part)?.[1] ?? '';
      world.apply(...parseManifests(block('yaml').replace('payment-service', 'dry')));
      expect(await taskEnded(world, 'preview-17')).toMatchObject({ exitCode: 0 });
      const preview = JSON.parse(await byKubectl(block('sh')));
      const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(
        JSON.parse(read('docs/preview.schema.json')),
      );
      validate(preview);
      expect(validate.errors ?? []).toEqual([]);
      const { stdout } = await runStage(world, 'deploy', request('dry', { 'dry-run': 'true' }));
      const foreseen = [...stdout.matchAll(/number=\d+ after=\S+ (?:phase=|action=")([^"\n]+)/g)];
      expect(foreseen.length).toBeGreaterThan(10);
      expect(preview.plan.steps.map(({ text }: { text: string }) => text)).toEqual(
        foreseen.map(([, text]) => text),
      );
    },
  );

  test('is wanted or not: anything else is no answer', async () => {
    const { exitCode, stdout } = await runStage(
      world,
      'deploy',
      request('dry', { 'dry-run': 'yes' }),
    );
    expect(stdout).toContain('param dry-run: \\"yes\\" must be one of true, false');
    expect(exitCode).toBe(2);
  });
});

describe('a candidate that cannot start', () => {
  test('whose pods a quota refuses is rolled back at once, in the words of the quota', async () => {
    await startService(world, { name: 'tight' });
    const pods = { hard: { pods: '5' } };
    world.apply({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'few' }, spec: pods });
    const { exitCode, stdout } = await runStage(world, 'deploy', request('tight'));
    world.cluster.world.objects.delete(RESOURCE_QUOTAS, 'default', 'few');
    expect(stdout).toMatch(
      /outcome=rolled-back .*no more can be created: FailedCreate: .*exceeded quota: few/,
    );
    expect(exitCode).toBe(1);
    expect(standing(world, 'tight')).toEqual(AS_BEFORE);
  });
});

describe('the drain probe', () => {
  const probing = (drainProbe: string, hook: string): string =>
    `
strategy: {blueGreen: {monitoring: 1s}}
drain: {${hook}confirm: {header: x-app-version}, minDuration: 1s, maxDuration: 5s}
preflight: {drainProbe: ${drainProbe}}
`;

  test('sees the hook let go of every connection, and the record keeps it', async () => {
    // Also that a built stage reads metrics at all: its page was once no page to the package.
    const config = probing('require', 'hook: {path: /admin/drain}, ');
    await startService(world, { name: 'kind', config });
    const { exitCode, stdout } = await runStage(world, 'deploy', request('kind'));
    expect(stdout).toMatch(
      /drain-probe=clean checked=".*drain hook called.* 4 were told to close, .* 0 cut/,
    );
    expect(exitCode).toBe(0);
    expect(currentRelease(world, 'kind').history).toMatchObject([
      {
        outcome: 'promoted',
        evidence: {
          drainProbe: expect.stringMatching(/^clean: /),
          connectionsCut: expect.stringMatching(/ told-by=http_connections_open$/),
        },
      },
    ]);
  });

  test('sees an application that exits at once cut its clients off, and refuses it', async () => {
    await startService(world, { name: 'rude', config: probing('require', '') });
    const { exitCode, stdout } = await runStage(
      world,
      'deploy',
      request('rude', { 'image-tag': 'v1.2.0-abrupt' }),
    );
    expect(stdout).toMatch(/drain-probe=lossy checked=".*no drain hook.* 0 were told to close/);
    expect(stdout).toMatch(/reason="the drain probe lost requests: a/);
    expect({ exitCode, ...standing(world, 'rude') }).toEqual({ exitCode: 1, ...AS_BEFORE });
  });
});

describe('a StatefulSet', () => {
  const rolling = { strategy: 'rolling' };
  const images = (name: string): unknown[] =>
    world
      .list(PODS)
      .filter(
        ({ metadata }) => /-[01]$/.test(metadata.name) && metadata.name.startsWith(`${name}-`),
      )
      .map(({ metadata, spec }) => {
        const { containers } = spec as { containers: { image: string }[] };
        return `${metadata.name} ${containers[0]?.image.replace(/@.*/, '').replace(/.*:/, '')}`;
      });
  const specOf = (name: string): unknown => world.get(STATEFUL_SETS, name)?.spec;

  test('is replaced pod by pod, from the last one down', async () => {
    await startStatefulSet(world, { name: 'book' });
    const before = specOf('book') as { updateStrategy?: unknown };
    const run = await runStage(world, 'deploy', request('book', rolling));
    expect(run.stdout).toMatch(
      /let StatefulSet book replace book-1[\s\S]*let StatefulSet book replace book-0/,
    );
    expect(run.exitCode).toBe(0);
    expect(images('book')).toEqual(['book-0 v1.2.0', 'book-1 v1.2.0']);
    expect((specOf('book') as typeof before).updateStrategy).toEqual(before.updateStrategy);
  });

  test('is put back whole where a pod of the new version is never ready', async () => {
    await startStatefulSet(world, { name: 'safe' });
    const before = { spec: specOf('safe'), pods: images('safe') };
    const never = request('safe', { ...rolling, 'image-tag': 'v1.2.0-never-ready' });
    const run = await runStage(world, 'deploy', never);
    expect(run.stdout).toContain('action="end pod safe-1, which is not ready"');
    expect(run.stdout).not.toContain('replace safe-0');
    expect(run.exitCode).toBe(1);
    expect({ spec: specOf('safe'), pods: images('safe') }).toEqual(before);
  });

  test('has no second side: a strategy that needs one is refused', async () => {
    const run = await runStage(world, 'deploy', request('safe', { 'release-id': 'safe-2' }));
    expect(run.stdout).toContain(
      'service safe is served by StatefulSet safe, and strategy blue-green needs a Deployment',
    );
    expect(run.exitCode).toBe(2);
  });

  test('has a plan, too', async () => {
    const dry = request('safe', { ...rolling, 'release-id': 'safe-3', 'dry-run': 'true' });
    const { stdout } = await runStage(world, 'deploy', dry);
    expect(stdout).toMatch(
      /replace safe-1"[\s\S]*replace safe-0"[\s\S]*plan=capacity extra-pods=0/,
    );
    expect(stdout).toContain('expected-outcome=promoted');
  });
});

interface Role {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules: readonly { readonly verbs: readonly string[] }[];
}

function deployRole(): Role {
  const { store } = world.cluster.world;
  const found = store.get(collectionOf(CLUSTER_ROLES), undefined, 'zero-downtime-deploy');
  return found as unknown as Role; // rbac/deploy.yaml
}

function readOnly({ apiVersion, kind, metadata: { name }, rules }: Role): DraftObject {
  const reading = rules.map(({ verbs, ...rule }) => ({
    ...rule,
    verbs: verbs.filter((verb) => ['get', 'list', 'watch'].includes(verb)),
  }));
  return { apiVersion, kind, metadata: { name }, rules: reading };
}

/** Every object of the cluster but what the cluster itself keeps telling. */
function everything(): unknown {
  const { store } = world.cluster.world;
  return store
    .dump()
    .filter(({ kind, metadata }) => kind !== 'Event' && metadata.namespace !== 'kube-node-lease')
    .map(({ kind, metadata, spec, data }) => ({ kind, name: metadata.name, spec, data }));
}

describe('a metrics page that cannot be read', () => {
  test('is warned of before anything begins, with the pod, the address and the line', async () => {
    await startService(world, { name: 'garbled', env: { METRICS: 'broken' } });
    const { exitCode, stdout } = await runStage(world, 'pre-validation', request('garbled'));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^preflight=warning check=no-metrics message="the candidate will be judged by readiness alone: garbled-blue-\S+: http:\/\/127\.\S+:8080\/metrics: is not a metrics page: line 2 is not a sample/m,
    );
  });
});
