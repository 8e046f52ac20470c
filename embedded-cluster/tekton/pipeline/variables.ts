/** What a Pipeline's tasks may refer to before any of them has run, layer by layer. */
import type { PipelineSpec } from '../model/pipeline.ts';
import type { PipelineRun } from '../model/runs.ts';
import { paramVariables, type Variables } from '../substitution/variables.ts';
import { substituteTask } from './tasks/substitute-task.ts';

export function pipelineParams(spec: PipelineSpec, run: PipelineRun): Variables {
  return paramVariables(spec.params, run.spec.params);
}

export function contextVariables(pipelineName: string, { metadata }: PipelineRun): Variables {
  return new Map([
    ['context.pipeline.name', pipelineName],
    ['context.pipelineRun.name', metadata.name],
    ['context.pipelineRun.namespace', metadata.namespace ?? ''],
    ['context.pipelineRun.uid', metadata.uid],
  ]);
}

function workspaceVariables(spec: PipelineSpec, run: PipelineRun): Variables {
  const bound = new Set(run.spec.workspaces?.map(({ name }) => name));
  return new Map(
    spec.workspaces?.map(({ name }) => [`workspaces.${name}.bound`, String(bound.has(name))]),
  );
}

/** The Pipeline as this run means it: what `status.pipelineSpec` shows. */
export function substitutePipeline(
  pipelineName: string,
  spec: PipelineSpec,
  run: PipelineRun,
): PipelineSpec {
  const layers = [
    pipelineParams(spec, run),
    contextVariables(pipelineName, run),
    workspaceVariables(spec, run),
  ];
  const substituted = (tasks: PipelineSpec['tasks']): PipelineSpec['tasks'] =>
    tasks.map((task) => [...layers, retriesOf(task.retries)].reduce(substituteTask, task));
  return {
    ...spec,
    tasks: substituted(spec.tasks),
    ...(spec.finally && { finally: substituted(spec.finally) }),
  };
}

function retriesOf(retries = 0): Variables {
  return new Map([['context.pipelineTask.retries', String(retries)]]);
}

export function nameOfPipeline({ spec, metadata }: PipelineRun): string {
  return spec.pipelineRef?.name ?? metadata.name;
}
