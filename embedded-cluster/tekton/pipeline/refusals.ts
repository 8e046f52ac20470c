/** What keeps a PipelineRun from starting, with the reasons and in the words of Tekton. */
import type { PipelineSpec } from '../model/pipeline.ts';
import type { PipelineRun } from '../model/runs.ts';
import type { TaskSpec } from '../model/task.ts';
import {
  indexesOutOfRange,
  listed,
  listedByName,
  missingKeys,
  missingParams,
  mistypedParams,
  taskParamsFault,
} from '../params.ts';
import { paramVariables } from '../substitution/variables.ts';
import { graphFault, graphOf } from './graph.ts';
import { resultReferencesIn } from './results/result-references.ts';
import { pipelineParams } from './variables.ts';

export interface Refusal {
  readonly reason: string;
  readonly message: string;
  /** The innermost of it, which Tekton tells again in an Event. */
  readonly cause: string;
}

export type SpecOfTask = (pipelineTaskName: string) => TaskSpec | undefined;

export function pipelineNotFound({ metadata, spec }: PipelineRun): Refusal {
  const wanted = spec.pipelineRef?.name ?? '';
  const cause =
    `error when getting Pipeline for PipelineRun ${metadata.name}: ` +
    `tekton client cannot get pipeline ${wanted} from local cluster: ` +
    `pipelines.tekton.dev "${wanted}" not found`;
  const run = `${metadata.namespace}/${metadata.name}`;
  return {
    reason: 'CouldntGetPipeline',
    message: `Error retrieving pipeline for pipelinerun ${run}: ${cause}`,
    cause,
  };
}

/** Between the run and its Pipeline. */
export function bindingRefusal(
  pipelineName: string,
  pipeline: PipelineSpec,
  run: PipelineRun,
): Refusal | undefined {
  const { namespace, name } = run.metadata;
  const runName = `${namespace}/${name}`;
  const given = run.spec.params;
  const refuse = (reason: string, before: string, cause: string): Refusal => ({
    reason,
    message: `[User error] PipelineRun ${runName}${before}: ${cause}`,
    cause,
  });
  const of = `Pipeline ${namespace}/${pipelineName}`;

  const cyclic = graphFault(graphOf(pipeline.tasks));
  if (cyclic) return refuse('PipelineInvalidGraph', "'s Pipeline DAG is invalid", cyclic);

  const missing = missingParams(pipeline.params, given);
  if (missing.length > 0) {
    const cause = `pipelineRun missing parameters: ${listed(missing)}`;
    return refuse('ParameterMissing', ` is missing some parameters required by ${of}`, cause);
  }
  const mistyped = mistypedParams(pipeline.params, given);
  if (mistyped.length > 0) {
    const cause = `parameters have different types : ${listed(mistyped)}`;
    const before = ` parameters have mismatching types with ${of}'s parameters`;
    return refuse('ParameterTypeMismatch', before, cause);
  }
  const variables = pipelineParams(pipeline, run);
  const keys = missingKeys(pipeline.params, variables);
  if (keys.size > 0) {
    const cause = `pipelineRun missing object keys for parameters: ${listedByName(keys)}`;
    const before = ` parameters is missing object keys required by ${of}'s parameters`;
    return refuse('ObjectParameterMissKeys', before, cause);
  }
  const outside = indexesOutOfRange([pipeline.tasks, pipeline.finally], variables);
  if (outside.length > 0) {
    const cause = `non-existent param references:${listed(outside)}`;
    const before = ` failed validation: failed to validate ${of}'s parameter which has an invalid index while referring to an array`;
    return refuse('ParamArrayIndexingInvalid', before, cause);
  }
  const unbound = unboundWorkspace(pipeline, run);
  if (unbound) {
    const cause = `pipeline requires workspace with name "${unbound}" be provided by pipelinerun`;
    const before = ` doesn't bind ${of}'s Workspaces correctly`;
    return refuse('InvalidWorkspaceBindings', before, cause);
  }
  const stray = strayTaskRunSpec(pipeline, run);
  if (stray) {
    const cause = `PipelineRun's taskrunSpecs defined wrong taskName: "${stray}", does not exist in Pipeline`;
    return refuse('InvalidTaskRunSpecs', " doesn't define taskRunSpecs correctly", cause);
  }
  return undefined;
}

function unboundWorkspace(pipeline: PipelineSpec, run: PipelineRun): string | undefined {
  const bound = new Set(run.spec.workspaces?.map(({ name }) => name));
  return pipeline.workspaces?.find(({ name, optional }) => !optional && !bound.has(name))?.name;
}

function strayTaskRunSpec(pipeline: PipelineSpec, run: PipelineRun): string | undefined {
  const names = new Set([...pipeline.tasks, ...(pipeline.finally ?? [])].map(({ name }) => name));
  return run.spec.taskRunSpecs?.find(({ pipelineTaskName }) => !names.has(pipelineTaskName))
    ?.pipelineTaskName;
}

/** Between the Pipeline, with the run's values in it, and the Tasks it is made of. */
export function taskRefusal(
  pipelineName: string,
  pipeline: PipelineSpec,
  run: PipelineRun,
  specOf: SpecOfTask,
): Refusal | undefined {
  const tasks = [...pipeline.tasks, ...(pipeline.finally ?? [])];
  for (const { name, taskRef } of tasks) {
    if (specOf(name)) continue;
    const wanted = taskRef?.name ?? '';
    const cause = `Couldn't retrieve Task "${wanted}": tasks.tekton.dev "${wanted}" not found`;
    const message = `Pipeline ${run.metadata.namespace}/${pipelineName} can't be Run; it contains Tasks that don't exist: ${cause}`;
    return { reason: 'CouldntGetTask', message, cause };
  }
  for (const { name, taskRef, params } of tasks) {
    const declared = specOf(name)?.params;
    const fault = taskParamsFault(declared, params, paramVariables(declared, params));
    if (fault === undefined) continue;
    const cause = `invalid input params for task ${taskRef?.name ?? ''}: ${fault}`;
    const message = `[User error] Validation failed for pipelinerun ${run.metadata.name} with error ${cause}`;
    return { reason: 'PipelineValidationFailed', message, cause };
  }
  return resultRefusal(pipeline, specOf) ?? optionalWorkspaceRefusal(pipeline, specOf);
}

function resultRefusal(pipeline: PipelineSpec, specOf: SpecOfTask): Refusal | undefined {
  const unknownResult = (node: unknown): string | undefined => {
    const found = resultReferencesIn(node).find(
      ({ task, result }) => !specOf(task)?.results?.some(({ name }) => name === result),
    );
    return (
      found && `"${found.result}" is not a named result returned by pipeline task "${found.task}"`
    );
  };
  for (const task of [...pipeline.tasks, ...(pipeline.finally ?? [])]) {
    const fault = unknownResult(task);
    if (fault === undefined) continue;
    const message = `invalid result reference in pipeline task "${task.name}": ${fault}`;
    return { reason: 'InvalidTaskResultReference', message, cause: message };
  }
  for (const { name, value } of pipeline.results ?? []) {
    const fault = unknownResult(value);
    if (fault === undefined) continue;
    const message = `invalid pipeline result "${name}": ${fault}`;
    return { reason: 'InvalidPipelineResultReference', message, cause: message };
  }
  return undefined;
}

function optionalWorkspaceRefusal(
  { workspaces = [], tasks, finally: finals = [] }: PipelineSpec,
  specOf: SpecOfTask,
): Refusal | undefined {
  const optional = new Set(workspaces.flatMap(({ name, optional }) => (optional ? [name] : [])));
  for (const task of [...tasks, ...finals]) {
    for (const { name, workspace = name } of task.workspaces ?? []) {
      const declared = specOf(task.name)?.workspaces?.find((other) => other.name === name);
      if (!optional.has(workspace) || !declared || declared.optional) continue;
      const cause = `pipeline workspace "${workspace}" is marked optional but pipeline task "${task.name}" requires it be provided`;
      const message = `[User error] Optional workspace not supported by task: ${cause}`;
      return { reason: 'RequiredWorkspaceMarkedOptional', message, cause };
    }
  }
  return undefined;
}
