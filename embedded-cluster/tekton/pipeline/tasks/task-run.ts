/** The TaskRun that a task of a PipelineRun becomes. */

import { controllerRef } from '../../../kubernetes/controllers/owners.ts';
import type { DraftObject } from '../../../kubernetes/store/object.ts';
import { childName } from '../../child-name.ts';
import { annotated, inherited } from '../../metadata.ts';
import type { PipelineTask } from '../../model/pipeline.ts';
import type {
  PipelineRun,
  PipelineTaskRunSpec,
  TaskRunSpec,
  WorkspaceBinding,
} from '../../model/runs.ts';
import type { TaskState } from './task-state.ts';

export const ON_ERROR_ANNOTATION = 'pipeline.tekton.dev/pipeline-task-on-error';

export function taskRunName(run: PipelineRun, pipelineTask: string): string {
  const child = run.status?.childReferences?.find(
    ({ pipelineTaskName }) => pipelineTaskName === pipelineTask,
  );
  return child?.name ?? childName(run.metadata.name, `-${pipelineTask}`);
}

/** `task` is resolved: everything it refers to stands in it. */
export function taskRunDraft(
  run: PipelineRun,
  task: PipelineTask,
  role: TaskState['role'],
  workspaces: readonly WorkspaceBinding[],
): DraftObject {
  const own = run.spec.taskRunSpecs?.find(({ pipelineTaskName }) => pipelineTaskName === task.name);
  const { namespace } = run.metadata;
  return {
    apiVersion: 'tekton.dev/v1',
    kind: 'TaskRun',
    metadata: {
      name: taskRunName(run, task.name),
      ...(namespace === undefined ? {} : { namespace }),
      ownerReferences: [controllerRef(run)],
      labels: labelsOf(run, task, role, own),
      ...annotated({
        ...task.taskSpec?.metadata?.annotations,
        ...inherited(run.metadata.annotations),
        ...own?.metadata?.annotations,
        ...(task.onError === 'continue' && { [ON_ERROR_ANNOTATION]: 'continue' }),
      }),
    },
    spec: specOf(run, task, own, workspaces),
  };
}

function labelsOf(
  run: PipelineRun,
  task: PipelineTask,
  role: TaskState['role'],
  own: PipelineTaskRunSpec | undefined,
): Record<string, string> {
  return {
    ...task.taskSpec?.metadata?.labels,
    ...run.metadata.labels,
    'tekton.dev/pipelineRun': run.metadata.name,
    'tekton.dev/pipelineRunUID': run.metadata.uid,
    'tekton.dev/pipelineTask': task.name,
    'tekton.dev/memberOf': role === 'final' ? 'finally' : 'tasks',
    ...own?.metadata?.labels,
  };
}

function specOf(
  run: PipelineRun,
  task: PipelineTask,
  own: PipelineTaskRunSpec | undefined,
  workspaces: readonly WorkspaceBinding[],
): TaskRunSpec {
  const { serviceAccountName, podTemplate } = run.spec.taskRunTemplate ?? {};
  const account = own?.serviceAccountName ?? serviceAccountName;
  const template =
    own?.podTemplate || podTemplate ? { ...podTemplate, ...own?.podTemplate } : undefined;
  const timeout = own?.timeout ?? task.timeout;
  const { metadata: _embeddedOnly, ...taskSpec } = task.taskSpec ?? { steps: [] };
  return {
    ...(task.params && { params: task.params }),
    ...(account && { serviceAccountName: account }),
    ...(task.taskRef ? { taskRef: task.taskRef } : { taskSpec }),
    ...(task.retries ? { retries: task.retries } : {}),
    ...(timeout && { timeout }),
    ...(template && { podTemplate: template }),
    ...(workspaces.length > 0 && { workspaces }),
  };
}
