/**
 * The Tekton runner: executes the PipelineRuns and TaskRuns of a world. It makes TaskRuns of
 * PipelineRuns and pods of TaskRuns; the pods are run by whoever runs pods in that world.
 */
import { pods } from '../kubernetes/collection.ts';
import { createEventRecorder } from '../kubernetes/controllers/events.ts';
import { controllerOf } from '../kubernetes/controllers/owners.ts';
import {
  createWorkQueue,
  keyOf,
  splitKey,
  type WorkQueue,
} from '../kubernetes/controllers/work-queue.ts';
import type { KubeObject } from '../kubernetes/store/object.ts';
import type { Running, World } from '../kubernetes/world.ts';
import { pipelineRuns, taskRuns } from './collections.ts';
import { reconcilePipelineRun } from './pipeline/reconcile.ts';
import { reconcileTaskRun } from './task/reconcile.ts';

export interface TektonOptions {
  /** The folder on the node that `layOutEntrypoint` has filled; it is mounted into every step. */
  readonly entrypointFolder: string;
}

export function startTekton(world: World, options: TektonOptions): Running {
  const onPipelineRuns = {
    world,
    record: createEventRecorder(world, { component: 'PipelineRun' }),
  };
  const onTaskRuns = {
    world,
    record: createEventRecorder(world, { component: 'TaskRun' }),
    entrypointFolder: options.entrypointFolder,
  };
  const forPipelineRuns = queueOf(world, (namespace, name) => {
    const run = pipelineRuns(world).get(namespace, name);
    return run && reconcilePipelineRun(onPipelineRuns, run);
  });
  const forTaskRuns = queueOf(world, (namespace, name) => {
    const run = taskRuns(world).get(namespace, name);
    return run && reconcileTaskRun(onTaskRuns, run);
  });
  const addOwner = (queue: WorkQueue, kind: string, object: KubeObject): void => {
    const owner = controllerOf(object);
    if (owner?.kind === kind) queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`);
  };
  const unwatch = [
    pipelineRuns(world).watch(({ object }) => forPipelineRuns.add(keyOf(object))),
    taskRuns(world).watch(({ object }) => {
      forTaskRuns.add(keyOf(object));
      addOwner(forPipelineRuns, 'PipelineRun', object);
    }),
    pods(world).watch(({ object }) => addOwner(forTaskRuns, 'TaskRun', object)),
  ];
  return {
    stop: () => {
      for (const stop of unwatch) stop();
      forPipelineRuns.stop();
      forTaskRuns.stop();
    },
  };
}

/** `reconcile` says when it wants to be called again, whatever happens until then. */
function queueOf(
  { clock }: World,
  reconcile: (namespace: string, name: string) => number | undefined,
): WorkQueue {
  const queue = createWorkQueue(clock, (key) => {
    const { namespace, name } = splitKey(key);
    const againAtMs = reconcile(namespace, name);
    if (againAtMs !== undefined) queue.addAfter(key, Math.max(0, againAtMs - clock.now()));
  });
  return queue;
}
