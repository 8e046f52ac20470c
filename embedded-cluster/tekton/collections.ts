/** Tekton's objects in the store. */
import { collection } from '../kubernetes/collection.ts';
import { PIPELINE_RUNS, PIPELINES, TASK_RUNS, TASKS } from './kinds.ts';
import type { Pipeline } from './model/pipeline.ts';
import type { PipelineRun, TaskRun } from './model/runs.ts';
import type { Task } from './model/task.ts';

export const pipelines = collection<Pipeline>(PIPELINES);
export const pipelineRuns = collection<PipelineRun>(PIPELINE_RUNS);
export const tasks = collection<Task>(TASKS);
export const taskRuns = collection<TaskRun>(TASK_RUNS);
