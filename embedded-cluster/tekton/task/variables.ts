/** What the steps of a Task may refer to, layer by layer, and the Task with all of it in place. */
import type { TaskRun } from '../model/runs.ts';
import { containerName, type TaskSpec } from '../model/task.ts';
import { substituteDeep } from '../substitution/substitute.ts';
import { paramVariables, type Variables } from '../substitution/variables.ts';
import { workspaceVariables } from '../workspaces/mounts.ts';
import { resultPath, stepFolder } from './paths.ts';

/** What `status.taskSpec` shows: this attempt of the run, with nothing left to fill in. */
export function substituteTaskSpec(spec: TaskSpec, run: TaskRun): TaskSpec {
  const layers = [
    paramVariables(spec.params, run.spec.params),
    contextVariables(run),
    new Map(spec.results?.map(({ name }) => [`results.${name}.path`, resultPath(name)])),
    exitCodeVariables(spec),
    workspaceVariables(spec, run),
  ];
  const { steps, stepTemplate, volumes, workspaces } = spec;
  const substituted = <T>(node: T): T => layers.reduce(substituteDeep<T>, node);
  return {
    ...spec,
    steps: substituted(steps),
    ...(stepTemplate && { stepTemplate: substituted(stepTemplate) }),
    ...(volumes && { volumes: substituted(volumes) }),
    ...(workspaces && { workspaces: substituted(workspaces) }),
  };
}

function contextVariables({ metadata, spec, status }: TaskRun): Variables {
  return new Map([
    ['context.task.name', spec.taskRef?.name ?? metadata.name],
    ['context.task.retry-count', String(status?.retriesStatus?.length ?? 0)],
    ['context.taskRun.name', metadata.name],
    ['context.taskRun.namespace', metadata.namespace ?? ''],
    ['context.taskRun.uid', metadata.uid],
  ]);
}

function exitCodeVariables({ steps }: TaskSpec): Variables {
  return new Map(
    steps.map((step, index) => {
      const container = containerName(step, index);
      return [`steps.${container}.exitCode.path`, `${stepFolder(container)}/exitCode`];
    }),
  );
}
