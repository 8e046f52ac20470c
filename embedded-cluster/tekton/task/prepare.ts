/** What a TaskRun runs: its Task with everything filled in, taken once an attempt. */
import type { World } from '../../kubernetes/world.ts';
import { taskRuns, tasks } from '../collections.ts';
import { annotated, inherited } from '../metadata.ts';
import type { TaskRun } from '../model/runs.ts';
import type { Task, TaskSpec } from '../model/task.ts';
import { indexesOutOfRange, listed, taskParamsFault } from '../params.ts';
import { paramVariables } from '../substitution/variables.ts';
import { createClaims } from '../workspaces/claims.ts';
import { workspacesFault } from '../workspaces/mounts.ts';
import { substituteTaskSpec } from './variables.ts';

export type Prepared =
  | { readonly run: TaskRun; readonly spec: TaskSpec }
  | { readonly reason: string; readonly fault: string };

export function prepare(world: World, run: TaskRun): Prepared {
  const known = run.status?.taskSpec;
  if (known) return { run, spec: known };
  const { taskRef, taskSpec } = run.spec;
  const { namespace, name } = run.metadata;
  const task = taskRef && tasks(world).get(namespace, taskRef.name);
  const spec = taskSpec ?? task?.spec;
  if (!spec) {
    const wanted = taskRef?.name ?? '';
    const fault = `error when listing tasks for taskRun ${name}: tasks.tekton.dev "${wanted}" not found`;
    return { reason: 'TaskRunResolutionFailed', fault };
  }
  const invalid = inputFault(run, spec);
  if (invalid) return { reason: 'TaskRunValidationFailed', fault: `[User error] ${invalid}` };
  const unclaimed = createClaims(world, run);
  if (unclaimed) {
    const fault = `Failed to create PVC for TaskRun ${namespace}/${name} workspaces correctly: ${unclaimed}`;
    return { reason: 'CouldntCreateWorkspacePVC', fault };
  }
  const filled = substituteTaskSpec(spec, run);
  const labelled = task ? inheritedFromTask(world, run, task) : run;
  return { run: { ...labelled, status: { ...run.status, taskSpec: filled } }, spec: filled };
}

function inputFault(run: TaskRun, spec: TaskSpec): string | undefined {
  const { params } = run.spec;
  const variables = paramVariables(spec.params, params);
  const fault = taskParamsFault(spec.params, params, variables);
  if (fault) return `invalid input params for task ${run.spec.taskRef?.name ?? ''}: ${fault}`;
  const outside = indexesOutOfRange(spec, variables);
  if (outside.length > 0) return `non-existent param references:${listed(outside)}`;
  return workspacesFault(spec, run);
}

function inheritedFromTask(world: World, run: TaskRun, { metadata }: Task): TaskRun {
  const { labels, annotations } = run.metadata;
  if (labels?.['tekton.dev/task'] === metadata.name) return run;
  return taskRuns(world).update({
    ...run,
    metadata: {
      ...run.metadata,
      labels: { ...metadata.labels, ...labels, 'tekton.dev/task': metadata.name },
      ...annotated({ ...inherited(metadata.annotations), ...annotations }),
    },
  });
}
