// Listens to a world, as `kubectl get --watch` would.
import { events, pods } from '../../../kubernetes/collection.ts';
import type { Event, Pod } from '../../../kubernetes/shapes.ts';
import type { KubeObject } from '../../../kubernetes/store/object.ts';
import type { World } from '../../../kubernetes/world.ts';
import { pipelineRuns, taskRuns } from '../../../tekton/collections.ts';
import type { PipelineRun, TaskRun } from '../../../tekton/model/runs.ts';
import type { Streams, Watched } from './story.ts';

/** What changes in the namespace from now on. */
export function listen(world: World, namespace: string): Streams {
  const streams = { pipelineRuns: [], taskRuns: [], pods: [], events: [] };
  const record =
    <T extends KubeObject>(stream: Watched<T>[]) =>
    ({ type, object }: Watched<T>) => {
      if (object.metadata.namespace === namespace) stream.push({ type, object });
    };
  pipelineRuns(world).watch(record<PipelineRun>(streams.pipelineRuns));
  taskRuns(world).watch(record<TaskRun>(streams.taskRuns));
  pods(world).watch(record<Pod>(streams.pods));
  events(world).watch(record<Event>(streams.events));
  return streams;
}
