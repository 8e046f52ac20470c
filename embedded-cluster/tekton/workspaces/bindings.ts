/** From the workspaces of a PipelineRun to those of its TaskRuns. */
import { posix } from 'node:path';
import type { PipelineTask, WorkspaceUse } from '../model/pipeline.ts';
import type { PipelineRun, WorkspaceBinding } from '../model/runs.ts';
import type { TaskSpec } from '../model/task.ts';
import { referencesIn, substituteDeep } from '../substitution/substitute.ts';
import type { Variables } from '../substitution/variables.ts';
import { claimName } from './claim-name.ts';

export type TaskBindings =
  | { readonly bindings: readonly WorkspaceBinding[] }
  | { readonly fault: string };

/** The workspaces that `task` gets of its run; `layers` are the variables for what they are bound to. */
export function taskBindings(
  task: PipelineTask,
  spec: TaskSpec,
  run: PipelineRun,
  layers: readonly Variables[],
): TaskBindings {
  const bindings: WorkspaceBinding[] = [];
  for (const use of usesOf(task)) {
    const bound = run.spec.workspaces?.find(({ name }) => name === (use.workspace || use.name));
    if (bound) {
      bindings.push(bindingFor(use, layers.reduce(substituteDeep<WorkspaceBinding>, bound), run));
    } else if (!spec.workspaces?.find(({ name }) => name === use.name)?.optional) {
      const wanted = use.workspace || use.name;
      return {
        fault: `expected workspace "${wanted}" to be provided by pipelinerun for pipeline task "${task.name}"`,
      };
    }
  }
  return { bindings };
}

/** An embedded Task also gets the workspaces that its steps only refer to. */
function usesOf({ workspaces = [], taskSpec }: PipelineTask): readonly WorkspaceUse[] {
  const listed = new Set(workspaces.map(({ name }) => name));
  const referred = referencesIn(taskSpec?.steps).flatMap(
    (reference) => /^workspaces\.([^.]+)\./.exec(reference)?.[1] ?? [],
  );
  const further = [...new Set(referred)].filter((name) => !listed.has(name));
  return [...workspaces, ...further.map((name) => ({ name }))];
}

function bindingFor(
  { name, subPath = '' }: WorkspaceUse,
  bound: WorkspaceBinding,
  run: PipelineRun,
): WorkspaceBinding {
  const { volumeClaimTemplate, ...source } = bound;
  const path = posix.join(bound.subPath ?? '', subPath);
  return {
    ...source,
    name,
    ...(volumeClaimTemplate && {
      persistentVolumeClaim: { claimName: claimName(bound, run.metadata.uid) },
    }),
    ...(path !== '.' && { subPath: path }),
  };
}
