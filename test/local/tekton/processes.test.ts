// Recorded runs once more, on the whole embedded cluster: the recorded program as real processes,
// started by the real entrypoint, ended by real signals.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Cluster, startCluster } from '../../../local/cluster.ts';
import { pods } from '../../../local/collection.ts';
import { NAMESPACES } from '../../../local/kinds/core.ts';
import { pipelineRuns, taskRuns } from '../../../local/tekton/collections.ts';
import { isDone } from '../../../local/tekton/conditions.ts';
import type { PipelineRun, PipelineRunSpecStatus } from '../../../local/tekton/model/runs.ts';
import { until } from '../workloads/support/until.ts';
import { bundleEntrypoint } from './support/entrypoint.ts';
import { create, documents } from './support/objects.ts';
import { asRecorded, recordedRun, recordedStory } from './support/recorded-runs.ts';
import { storyOf } from './support/story.ts';
import { listen } from './support/streams.ts';

const NODE = { repository: 'node', tags: ['20'], programs: { node: process.execPath } };
const LONGEST_MS = 60_000;

let cluster: Cluster;
let entrypointFolder: string;

beforeAll(async () => {
  entrypointFolder = bundleEntrypoint();
  const entrypoint = join(entrypointFolder, 'entrypoint.mjs');
  cluster = await startCluster({ images: [NODE], entrypoint });
});

afterAll(async () => {
  await cluster.stop();
  rmSync(entrypointFolder, { recursive: true });
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
