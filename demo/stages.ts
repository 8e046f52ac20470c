/** The stages of a run as they happen: what began, what it says, and how it ended. */

import type { Cluster } from '../embedded-cluster/cluster/cluster.ts';
import { collectionOf } from '../embedded-cluster/kubernetes/definitions/kind.ts';
import type { KubeObject } from '../embedded-cluster/kubernetes/store/object.ts';
import { PIPELINE_RUNS, TASK_RUNS } from '../embedded-cluster/tekton/kinds.ts';

export interface StageReport {
  readonly name: string;
  readonly start: string;
  readonly end: string | undefined;
  /** Tekton's reason: `Succeeded`, `Failed`, `TaskRunTimeout` … */
  readonly result: string;
}

interface RunStatus {
  readonly conditions?: { type: string; status: string; reason?: string; message?: string }[];
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly podName?: string;
  readonly results?: { name: string; value: unknown }[];
  readonly steps?: { container?: string }[];
  readonly pipelineSpec?: { tasks?: { name: string }[]; finally?: { name: string }[] };
}

const TASK_LABEL = 'tekton.dev/pipelineTask';
const RUN_LABEL = 'tekton.dev/pipelineRun';

function statusOf(run: KubeObject | undefined): RunStatus {
  return (run?.status ?? {}) as RunStatus; // Tekton's status of a run
}

/** Stages in the order in which the Pipeline chains them; their times are whole seconds. */
export function stagesOf({ world }: Cluster, run: string): StageReport[] {
  const found = world.store.get(collectionOf(PIPELINE_RUNS), 'default', run);
  const { tasks = [], finally: last = [] } = statusOf(found).pipelineSpec ?? {};
  const order = [...tasks, ...last].map(({ name }) => name);
  return world.store
    .list(collectionOf(TASK_RUNS))
    .filter(({ metadata }) => metadata.labels?.[RUN_LABEL] === run)
    .map(reportOf)
    .sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
}

/** Undefined where there is no such TaskRun. */
export function taskReport({ world }: Cluster, name: string): StageReport | undefined {
  const found = world.store.get(collectionOf(TASK_RUNS), 'default', name);
  return found && reportOf(found);
}

function reportOf(taskRun: KubeObject): StageReport {
  const { startTime = '', completionTime, conditions } = statusOf(taskRun);
  const result = conditions?.[0]?.reason ?? '';
  return { name: nameOf(taskRun), start: startTime, end: completionTime, result };
}

/** Of the stage, as the Pipeline calls it. */
function nameOf({ metadata }: KubeObject): string {
  return metadata.labels?.[TASK_LABEL] ?? metadata.name;
}

/** Tells every line that a stage prints, and every change of a stage. Returns how to stop. */
export function followStages(
  cluster: Cluster,
  run: string,
  tell: (stage: string, line: string) => void,
): () => void {
  return follow(cluster, ({ metadata }) => metadata.labels?.[RUN_LABEL] === run, tell);
}

/** The same of a TaskRun by itself. */
export function followTask(
  cluster: Cluster,
  name: string,
  tell: (line: string) => void,
): () => void {
  return follow(
    cluster,
    ({ metadata }) => metadata.name === name,
    (_stage, line) => tell(line),
  );
}

function follow(
  cluster: Cluster,
  isMeant: (taskRun: KubeObject) => boolean,
  tell: (stage: string, line: string) => void,
): () => void {
  const logs = new Map<string, { stop(): void }>();
  const reasons = new Map<string, string>();
  const unsubscribe = cluster.world.store.subscribe(({ collection, object }) => {
    if (collection !== collectionOf(TASK_RUNS)) return;
    if (!isMeant(object)) return;
    const stage = nameOf(object);
    const { conditions, podName, steps } = statusOf(object);
    // A step before it may be a scanner: the last one is the stage's own.
    const container = steps?.at(-1)?.container;
    if (podName && container && !logs.has(podName)) {
      const follow = followLog(cluster, podName, container, (line) => tell(stage, line));
      if (follow) logs.set(podName, follow);
    }
    const reason = conditions?.[0]?.reason ?? '';
    if (reason === '' || reasons.get(stage) === reason) return;
    reasons.set(stage, reason);
    if (reason !== 'Pending') tell(stage, `[${reason}]`);
  });
  return () => {
    unsubscribe();
    for (const log of logs.values()) log.stop();
  };
}

/** Resolves when the run has ended. */
export function runEnded(cluster: Cluster, run: string): Promise<void> {
  return hasEnded(cluster, PIPELINE_RUNS, run);
}

/** The same of a TaskRun by itself. */
export function taskEnded(cluster: Cluster, name: string): Promise<void> {
  return hasEnded(cluster, TASK_RUNS, name);
}

function hasEnded(
  { world }: Cluster,
  kind: typeof PIPELINE_RUNS | typeof TASK_RUNS,
  name: string,
): Promise<void> {
  const isOver = (): boolean => {
    const found = world.store.get(collectionOf(kind), 'default', name);
    return statusOf(found).completionTime !== undefined;
  };
  return new Promise((resolve) => {
    if (isOver()) return resolve();
    const unsubscribe = world.store.subscribe(({ collection }) => {
      if (collection !== collectionOf(kind) || !isOver()) return;
      unsubscribe();
      resolve();
    });
  });
}

/** A result of the PipelineRun; undefined where the run gave none. */
export function resultOf({ world }: Cluster, run: string, name: string): string | undefined {
  const found = world.store.get(collectionOf(PIPELINE_RUNS), 'default', run);
  const value = statusOf(found).results?.find((result) => result.name === name)?.value;
  return value === undefined ? undefined : String(value);
}

export function reasonOf({ world }: Cluster, run: string): string {
  const found = world.store.get(collectionOf(PIPELINE_RUNS), 'default', run);
  const [condition] = statusOf(found).conditions ?? [];
  return `${condition?.reason ?? ''}: ${condition?.message ?? ''}`;
}

function followLog(
  { front, adminToken }: Cluster,
  pod: string,
  container: string,
  onLine: (line: string) => void,
): { stop(): void } | undefined {
  const response = front({
    method: 'GET',
    path: `/api/v1/namespaces/default/pods/${pod}/log?container=${container}&follow=true`,
    headers: { authorization: `Bearer ${adminToken}` },
    body: undefined,
  });
  if (!('stream' in response)) return undefined;
  let rest = '';
  return response.stream.open(
    (chunk) => {
      rest += String(chunk);
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
    () => undefined,
  );
}
