// Recorded runs once more, on the whole embedded cluster: the recorded program as real processes,
// started by the real entrypoint, ended by real signals.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Cluster, startCluster } from '../../cluster/cluster.ts';
import { persistentVolumeClaims, pods } from '../../kubernetes/collection.ts';
import { NAMESPACES } from '../../kubernetes/kinds/core/core.ts';
import { pipelineRuns, taskRuns } from '../../tekton/collections.ts';
import { isDone } from '../../tekton/conditions.ts';
import type { PipelineRun, PipelineRunSpecStatus } from '../../tekton/model/runs.ts';
import { until } from '../workloads/support/until.ts';
import { bundleEntrypoint } from './support/entrypoint.ts';
import { create, documents } from './support/objects.ts';
import { verdict } from './support/plays.ts';
import { asRecorded, recordedRun, recordedStory } from './support/recorded-runs.ts';
import { storyOf } from './support/story.ts';
import { listen } from './support/streams.ts';

const NODE = { repository: 'node', tags: ['20'], programs: { node: process.execPath } };
const LONGEST_MS = 60_000;
const CLAIM = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };

let cluster: Cluster;
let folder: string;
let entrypointFolder: string;

beforeAll(async () => {
  entrypointFolder = bundleEntrypoint();
  const entrypoint = join(entrypointFolder, 'entrypoint.mjs');
  folder = mkdtempSync(join(tmpdir(), 'tekton-'));
  cluster = await startCluster({ images: [NODE], entrypoint, folder });
});

afterAll(async () => {
  await cluster.stop();
  rmSync(entrypointFolder, { recursive: true });
  rmSync(folder, { recursive: true });
});

type Interference = (name: string) => Promise<void>;

function runNamed(name: string): PipelineRun {
  const found = pipelineRuns(cluster.world).get(name, name);
  if (!found) throw new Error(`no PipelineRun ${name}`);
  return found;
}

/** A cancelled run is done before its last TaskRun is. */
function isOver(name: string): boolean {
  const all = [runNamed(name), ...taskRuns(cluster.world).list(name)];
  return all.every(({ status }) => isDone(status));
}

/** The deploy step has said that it works: it handles signals by then. */
async function whileDeploying(name: string): Promise<void> {
  const path = `/api/v1/namespaces/${name}/pods/${name}-deploy-pod/log`;
  const headers = { authorization: `Bearer ${cluster.adminToken}` };
  await until(`${name} at its deploy step`, () => {
    const response = cluster.front({ method: 'GET', path, headers });
    const text = 'body' in response ? Buffer.from(response.body).toString('utf8') : '';
    return text.includes('phase=working') || undefined;
  });
}

const nothing: Interference = async () => {};

function ask(status: PipelineRunSpecStatus): Interference {
  return async (name) => {
    await whileDeploying(name);
    const asked = runNamed(name);
    pipelineRuns(cluster.world).update({ ...asked, spec: { ...asked.spec, status } });
  };
}

function deletePod(options: { gracePeriodSeconds?: number }): Interference {
  return async (name) => {
    await whileDeploying(name);
    pods(cluster.world).delete(name, `${name}-deploy-pod`, options);
  };
}

const scenarios: [string, object, Interference][] = [
  ['succeeded', recordedRun('succeeded', '1'), nothing],
  ['failed', recordedRun('failed', '1', '1'), nothing],
  ['cancelled', recordedRun('cancelled', '6'), ask('Cancelled')],
  ['cancelledrunfinally', recordedRun('cancelledrunfinally', '6'), ask('CancelledRunFinally')],
  ['pod-deleted', recordedRun('pod-deleted', '8'), deletePod({})],
  [
    'pod-force-deleted',
    recordedRun('pod-force-deleted', '8'),
    deletePod({ gracePeriodSeconds: 0 }),
  ],
];

/** A step that runs this program, with Node's `fs` at hand. */
function step(name: string, program: string, fields: object = {}): object {
  const command = ['node', '-e', `const fs=require('fs');${program}`];
  return { name, image: 'images.example/node:20', command, ...fields };
}

/** A run in a namespace of the same name. */
function begin(name: string, pipelineSpec: object, spec: object = {}): void {
  const { world } = cluster;
  const metadata = { name };
  world.objects.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata });
  const run = { apiVersion: 'tekton.dev/v1', kind: 'PipelineRun', metadata };
  create(world, name, { ...run, spec: { pipelineSpec, ...spec } });
}

async function finished(name: string): Promise<void> {
  await until('the end', () => isOver(name) || undefined, LONGEST_MS);
}

async function gone(name: string): Promise<void> {
  pipelineRuns(cluster.world).delete(name, name);
  const owned = [taskRuns, pods, persistentVolumeClaims];
  const left = () => owned.flatMap((collection) => collection(cluster.world).list(name));
  await until('nothing left', () => left().length === 0 || undefined);
}

function resultsOf(name: string, task: string): Record<string, unknown> {
  const { status } = taskRuns(cluster.world).get(name, `${name}-${task}`) ?? {};
  return Object.fromEntries((status?.results ?? []).map((result) => [result.name, result.value]));
}

describe('real steps', () => {
  test('pass files on in a workspace, to each other and to the next task', async () => {
    const name = 'workspaces';
    const path = '$(workspaces.w.path)';
    const task = (...steps: object[]): object => ({
      workspaces: [{ name: 'w' }],
      results: [{ name: 'read' }],
      steps,
    });
    const workspaces = [{ name: 'w', workspace: 'all', subPath: 'some/where' }];
    begin(
      name,
      {
        workspaces: [{ name: 'all' }],
        tasks: [
          {
            name: 'write',
            workspaces,
            taskSpec: task(
              step('first', `fs.writeFileSync('${path}/file','one')`),
              step('second', `fs.appendFileSync('${path}/file',' two')`),
            ),
          },
          {
            name: 'read',
            runAfter: ['write'],
            workspaces,
            taskSpec: task(step('read', `fs.copyFileSync('${path}/file','$(results.read.path)')`)),
          },
        ],
      },
      { workspaces: [{ name: 'all', volumeClaimTemplate: { spec: CLAIM } }] },
    );
    await finished(name);
    expect(verdict(runNamed(name))).toBe('True Succeeded');
    expect(resultsOf(name, 'read')).toEqual({ read: 'one two' });
    const kept = join(folder, 'claims', name);
    expect(readdirSync(kept)).toHaveLength(1);
    await gone(name);
    expect(readdirSync(kept)).toEqual([]);
  });

  test('may fail, may take too long, and say so', async () => {
    const name = 'steps';
    const results = [{ name: 'code' }];
    begin(name, {
      tasks: [
        {
          name: 'a',
          taskSpec: {
            results,
            steps: [
              step('fails', 'process.exit(3)', { onError: 'continue' }),
              step(
                'looks',
                "fs.copyFileSync('$(steps.step-fails.exitCode.path)','$(results.code.path)')",
              ),
              step('hangs', 'setInterval(()=>{},1000)', { timeout: '500ms' }),
              step('waits', ''),
            ],
          },
        },
      ],
    });
    await finished(name);
    const { status } = taskRuns(cluster.world).get(name, `${name}-a`) ?? {};
    expect(status?.steps?.map((one) => [one.name, one.terminationReason])).toEqual([
      ['fails', 'Continued'],
      ['looks', 'Completed'],
      ['hangs', 'TimeoutExceeded'],
      ['waits', 'Skipped'],
    ]);
    expect(resultsOf(name, 'a')).toEqual({ code: '3' });
    expect(verdict(runNamed(name))).toBe('False Failed');
  });

  test('go with their run', async () => {
    const name = 'deleted';
    begin(name, {
      tasks: [{ name: 'a', taskSpec: { steps: [step('hangs', 'setInterval(()=>{},1000)')] } }],
    });
    await until('a pod', () => pods(cluster.world).get(name, `${name}-a-pod`)?.status?.podIP);
    await gone(name);
  });
});

describe('as recorded', () => {
  test.concurrent.each(scenarios)(
    '%s, with real processes',
    async (scenario, draft, interfere) => {
      const { world } = cluster;
      const metadata = { name: scenario };
      world.objects.create(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata });
      const streams = listen(world, scenario);
      for (const document of documents('recorded-pipeline.yaml')) create(world, scenario, document);
      create(world, scenario, draft);
      await interfere(scenario);
      await until('the end', () => isOver(scenario) || undefined, LONGEST_MS);
      expect(asRecorded(storyOf(streams))).toEqual(recordedStory(scenario));
    },
    LONGEST_MS,
  );
});
