// What a run went through, told from watch streams: who said what in which order, without times,
// uids and addresses. Recorded and observed streams are told the same way, and can be compared.

import type { Event, Pod } from '../../../kubernetes/shapes.ts';
import type { Condition, PipelineRun, StepState, TaskRun } from '../../../tekton/model/runs.ts';

export interface Watched<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
}

export interface Streams {
  readonly pipelineRuns: readonly Watched<PipelineRun>[];
  readonly taskRuns: readonly Watched<TaskRun>[];
  readonly pods: readonly Watched<Pod>[];
  readonly events: readonly Watched<Event>[];
}

export interface Story {
  readonly pipelineRun: unknown;
  readonly taskRuns: Readonly<Record<string, unknown>>;
  /** Every pod that ever had the name, in order. */
  readonly pods: Readonly<Record<string, readonly unknown[]>>;
  readonly events: Readonly<Record<string, readonly string[]>>;
}

/** Of the first PipelineRun in the streams. */
export function storyOf(streams: Streams): Story {
  const name = streams.pipelineRuns[0]?.object.metadata.name ?? '';
  const own = streams.pipelineRuns.filter(({ object }) => object.metadata.name === name);
  return {
    pipelineRun: pipelineRunStory(own.map(({ object }) => object)),
    taskRuns: byName(streams.taskRuns, taskRunStory),
    pods: byName(streams.pods, podStories),
    events: eventStories(streams.events),
  };
}

function byName<T extends { metadata: { name: string } }, Told>(
  stream: readonly Watched<T>[],
  tell: (objects: readonly T[]) => Told,
): Record<string, Told> {
  const names = [...new Set(stream.map(({ object }) => object.metadata.name))];
  const objectsOf = (name: string): T[] =>
    stream.flatMap(({ object }) => (object.metadata.name === name ? [object] : []));
  return Object.fromEntries(names.map((name) => [name, tell(objectsOf(name))]));
}

function pipelineRunStory(versions: readonly PipelineRun[]): unknown {
  const last = versions.at(-1);
  const { status } = last ?? {};
  return {
    labels: withoutUids(last?.metadata.labels),
    spec: last?.spec,
    conditions: conditionsIn(versions),
    skipped: distinct(
      versions.map(({ status: then }) =>
        (then?.skippedTasks ?? []).map(({ name, reason }) => `${name}: ${reason}`),
      ),
    ),
    skippedTasks: status?.skippedTasks,
    childReferences: status?.childReferences,
    results: status?.results,
    pipelineSpec: plain(status?.pipelineSpec),
    finallyStarted: status?.finallyStartTime !== undefined,
    completed: status?.completionTime !== undefined,
  };
}

function taskRunStory(versions: readonly TaskRun[]): unknown {
  const last = versions.at(-1);
  const { status } = last ?? {};
  return {
    labels: withoutUids(last?.metadata.labels),
    owner: ownerOf(last),
    spec: last?.spec,
    conditions: conditionsIn(versions),
    taskSpec: plain(status?.taskSpec),
    podName: status?.podName,
    steps: status?.steps?.map(stepStory),
    results: status?.results,
    completed: status?.completionTime !== undefined,
  };
}

function stepStory({ name, container, terminated, terminationReason }: StepState): unknown {
  const { exitCode, reason, message } = terminated ?? {};
  return { name, container, exitCode, reason, message, terminationReason };
}

function podStories(versions: readonly Pod[]): unknown[] {
  const uids = [...new Set(versions.map(({ metadata }) => metadata.uid))];
  return uids.map((uid) => {
    const last = versions.findLast(({ metadata }) => metadata.uid === uid);
    return {
      labels: withoutUids(last?.metadata.labels),
      owner: ownerOf(last),
      containers: last?.spec.containers.map(({ name, image }) => `${name} ${image}`),
      restartPolicy: last?.spec.restartPolicy,
      activeDeadlineSeconds: last?.spec.activeDeadlineSeconds,
    };
  });
}

/**
 * Left out: what the kubelet says while a pod is pending (there is no init container here), and
 * errors that Tekton's controllers tell of when two of their own writes cross.
 */
function eventStories(stream: readonly Watched<Event>[]): Record<string, string[]> {
  const stories: Record<string, string[]> = {};
  for (const { type, object } of stream) {
    const { kind = '', name = '' } = object.involvedObject;
    if (kind === 'Pod' || type !== 'ADDED' || isNoise(object)) continue;
    const line = [object.type, object.reason, object.message].filter(Boolean).join(' ');
    stories[`${kind}/${name}`] = [...(stories[`${kind}/${name}`] ?? []), line];
  }
  return stories;
}

function isNoise({ reason, message = '' }: Event): boolean {
  if (reason === 'Pending') return true;
  return (
    reason === 'InternalError' && /^(invalid list of done tasks|pods ".*" not found)/.test(message)
  );
}

function conditionsIn(
  versions: readonly { readonly status?: { readonly conditions?: readonly Condition[] } }[],
): string[] {
  const told = versions.flatMap(({ status }) => status?.conditions ?? []);
  return distinct(
    told.flatMap(({ status, reason, message }) =>
      reason === 'Pending' ? [] : [`${status} ${reason}: ${message}`],
    ),
  );
}

/** Go writes some fields though there is nothing in them. */
function plain(spec: unknown): unknown {
  const text = JSON.stringify(spec, (field, value: unknown) => {
    const isEmpty = value === '' || JSON.stringify(value) === '{}';
    return isEmpty && /^(description|computeResources)$/.test(field) ? undefined : value;
  });
  return text === undefined ? undefined : JSON.parse(text);
}

function distinct<T>(values: readonly T[]): T[] {
  return values.filter(
    (value, index) => JSON.stringify(value) !== JSON.stringify(values[index - 1]),
  );
}

function ownerOf(object: PipelineRun | TaskRun | Pod | undefined): string | undefined {
  const [owner] = object?.metadata.ownerReferences ?? [];
  return owner && `${owner.kind}/${owner.name}`;
}

function withoutUids(labels: Record<string, string> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !key.endsWith('UID')));
}
