/** PipelineRuns and TaskRuns as a user submits them, and what came of them. */
import { execFileSync } from 'node:child_process';
import { expect } from '@jest/globals';
import { collectionOf } from '../../../embedded-cluster/kubernetes/definitions/kind.ts';
import { LEASES } from '../../../embedded-cluster/kubernetes/kinds/core/coordination.ts';
import { CONFIG_MAPS, PODS } from '../../../embedded-cluster/kubernetes/kinds/core/core.ts';
import { CRON_JOBS } from '../../../embedded-cluster/kubernetes/kinds/workloads/batch.ts';
import type { DraftObject, KubeObject } from '../../../embedded-cluster/kubernetes/store/object.ts';
import { PIPELINE_RUNS, TASK_RUNS } from '../../../embedded-cluster/tekton/kinds.ts';
import { until } from './until.ts';
import type { E2eWorld } from './world.ts';

export interface RunRequest {
  readonly name: string;
  readonly service: string;
  readonly tag?: string;
  readonly strategy?: string;
  /** Further fields of the spec, such as workspaces, or a `pipelineSpec` instead of the name. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** What gives each stage's pod the stage's own account. */
export const OWN_ACCOUNTS = {
  taskRunSpecs: [
    'pre-validation',
    'security-scan',
    'database-migration',
    'deploy',
    'post-validation',
    'conclude',
    'notification',
  ].map((stage) => ({
    pipelineTaskName: stage,
    serviceAccountName: `zero-downtime-${stage}`,
  })),
} as const;

export interface TaskEnd {
  readonly reason: string;
  readonly exitCode: number | undefined;
  readonly message: string;
  readonly results: Readonly<Record<string, string>>;
}

export interface RunEnd {
  readonly reason: string;
  readonly results: Readonly<Record<string, string>>;
  readonly tasks: Readonly<Record<string, TaskEnd>>;
}

interface RunStatus {
  conditions?: { reason: string; status: string; message: string }[];
  completionTime?: string;
  podName?: string;
  results?: { name: string; value: string }[];
  steps?: { container?: string; terminated?: { exitCode: number } }[];
}

export function submitRun(world: E2eWorld, request: RunRequest): void {
  const { name, service, tag = 'v1.2.0', strategy = 'blue-green', spec = {} } = request;
  const params = {
    'service-name': service,
    'image-tag': tag,
    'deployment-strategy': strategy,
    namespace: 'default',
  };
  create(world, PIPELINE_RUNS, {
    apiVersion: 'tekton.dev/v1',
    kind: 'PipelineRun',
    metadata: { name },
    spec: {
      ...('pipelineSpec' in spec
        ? {}
        : { pipelineRef: { name: 'waqiti-zero-downtime-deployment' } }),
      params: paramList(params),
      ...spec,
    },
  });
}

export function submitTask(
  world: E2eWorld,
  name: string,
  task: string,
  params: Readonly<Record<string, string>>,
  spec: Readonly<Record<string, unknown>> = {},
): void {
  create(world, TASK_RUNS, {
    apiVersion: 'tekton.dev/v1',
    kind: 'TaskRun',
    metadata: { name },
    spec: { taskRef: { name: task }, params: paramList(params), ...spec },
  });
}

function paramList(params: Readonly<Record<string, string>>): { name: string; value: string }[] {
  return Object.entries(params).map(([name, value]) => ({ name, value }));
}

function create({ cluster }: E2eWorld, kind: typeof PIPELINE_RUNS, draft: DraftObject): void {
  const metadata = { ...draft.metadata, namespace: 'default' };
  cluster.world.objects.create(kind, { ...draft, metadata });
}

export async function runEnded(world: E2eWorld, name: string, withinMs = 90_000): Promise<RunEnd> {
  const status = await until(
    `PipelineRun ${name} ends`,
    () => {
      const now = statusOf(world.get(PIPELINE_RUNS, name));
      return now.completionTime !== undefined && now;
    },
    withinMs,
  );
  return {
    reason: status.conditions?.[0]?.reason ?? '',
    results: Object.fromEntries((status.results ?? []).map(({ name: key, value }) => [key, value])),
    tasks: Object.fromEntries(tasksOf(world, name).map((task) => [stageOf(task), endOf(task)])),
  };
}

/** That a run ends so; where it ends otherwise, every stage's own log is in the error. */
export async function runEnds(
  world: E2eWorld,
  name: string,
  expected: Readonly<Record<string, unknown>>,
): Promise<RunEnd> {
  const end = await runEnded(world, name);
  assertEnd(world, name, end, expected);
  return end;
}

export function assertEnd(
  world: E2eWorld,
  name: string,
  end: RunEnd,
  expected: Readonly<Record<string, unknown>>,
): void {
  try {
    expect(end).toMatchObject(expected);
  } catch (error) {
    const stages = Object.keys(end.tasks);
    const logs = stages.map((stage) => `--- ${name} ${stage}\n${logOf(world, name, stage)}`);
    throw new Error([(error as Error).message, ...logs].join('\n'), { cause: error });
  }
}

export async function taskEnded(
  world: E2eWorld,
  name: string,
  withinMs = 30_000,
): Promise<TaskEnd> {
  return until(
    `TaskRun ${name} ends`,
    () => {
      const taskRun = world.get(TASK_RUNS, name);
      return taskRun && statusOf(taskRun).completionTime !== undefined && endOf(taskRun);
    },
    withinMs,
  );
}

/** The pod that runs a stage of a run just now. */
export function podOf(world: E2eWorld, run: string, stage: string): KubeObject | undefined {
  const task = tasksOf(world, run).find((each) => stageOf(each) === stage);
  const pod = task && world.get(PODS, statusOf(task).podName ?? '');
  return (pod?.status as { phase?: string } | undefined)?.phase === 'Running' ? pod : undefined;
}

/** What a stage of a run has written so far. */
export function logOf(world: E2eWorld, run: string, stage: string): string {
  const task = tasksOf(world, run).find((each) => stageOf(each) === stage);
  const { front, adminToken } = world.cluster;
  const { podName, steps = [] } = statusOf(task);
  const container = steps.length > 1 ? `?container=${steps.at(-1)?.container}` : '';
  const response = front({
    method: 'GET',
    path: `/api/v1/namespaces/default/pods/${podName}/log${container}`,
    headers: { authorization: `Bearer ${adminToken}` },
    body: undefined,
  });
  return 'body' in response ? String(response.body) : '';
}

/** What the journal of a service says of its current release. */
export function currentRelease(world: E2eWorld, service: string) {
  const data = world.get(CONFIG_MAPS, `${service}-release-journal`)?.data as
    | Record<string, string>
    | undefined;
  const journal = JSON.parse(data?.['journal.json'] ?? '{}');
  return journal as {
    current?: { state: { phase: string; outcome?: string; cause?: string } };
    answers?: { order: string; by: string; taken: string }[];
    history?: { release: string; outcome: string; stages?: Record<string, string> }[];
  };
}

export function patchSpec({ cluster }: E2eWorld, run: string, status: string): void {
  const { objects, store } = cluster.world;
  const found = store.get(collectionOf(PIPELINE_RUNS), 'default', run);
  if (!found) throw new Error(`no PipelineRun ${run}`);
  const spec = { ...(found.spec as object), status };
  objects.update(PIPELINE_RUNS, { ...found, spec });
}

/** What `kubectl create job --from=cronjob/…` does. */
export function startJobOf(world: E2eWorld, cronJob: string, name: string): void {
  const found = world.get(CRON_JOBS, cronJob)?.spec as
    | { jobTemplate: { spec: object } }
    | undefined;
  if (!found) throw new Error(`no CronJob ${cronJob}`);
  const { spec } = found.jobTemplate;
  world.apply({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec });
}

/** As if whoever held the service had been gone for long. */
export function expireLease(world: E2eWorld, service: string): void {
  const lease = world.get(LEASES, `${service}-release`);
  if (!lease) throw new Error(`nobody holds ${service}`);
  const spec = { ...(lease.spec as object), renewTime: '2026-01-01T00:00:00.000000Z' };
  world.cluster.world.objects.update(LEASES, { ...lease, spec });
}

/** What an out-of-memory killer does to the process that deploys a release. */
export function killDeploy(release: string): void {
  const processes = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n');
  const step = processes.find(
    (line) =>
      line.includes(`/deploy/main.cjs --release-id=${release}`) && !line.includes('entrypoint'),
  );
  if (!step) throw new Error(`no process deploys ${release}`);
  process.kill(Number.parseInt(step, 10), 'SIGKILL');
}

function tasksOf(world: E2eWorld, run: string): KubeObject[] {
  return world
    .list(TASK_RUNS)
    .filter(({ metadata }) => metadata.labels?.['tekton.dev/pipelineRun'] === run);
}

function stageOf(task: KubeObject): string {
  return task.metadata.labels?.['tekton.dev/pipelineTask'] ?? task.metadata.name;
}

function endOf(task: KubeObject): TaskEnd {
  const { conditions = [], steps = [], results = [] } = statusOf(task);
  return {
    reason: conditions[0]?.reason ?? '',
    message: conditions[0]?.message ?? '',
    // A step before it may be a scanner: the last one is the stage's own.
    exitCode: steps.at(-1)?.terminated?.exitCode,
    results: Object.fromEntries(results.map(({ name, value }) => [name, value])),
  };
}

function statusOf(run: KubeObject | undefined): RunStatus {
  return (run?.status ?? {}) as RunStatus; // Tekton's status of a run
}
