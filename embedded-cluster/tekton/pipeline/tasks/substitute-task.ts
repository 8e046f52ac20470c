/** Variables brought into a task of a Pipeline, in the fields where Tekton looks for them. */
import type { EmbeddedTask, PipelineTask } from '../../model/pipeline.ts';
import { substituteDeep, substituteText, substituteValue } from '../../substitution/substitute.ts';
import { type Variables, without } from '../../substitution/variables.ts';

export function substituteTask(task: PipelineTask, variables: Variables): PipelineTask {
  const { displayName, onError, params, when, workspaces, taskRef, taskSpec } = task;
  return {
    ...task,
    ...(displayName && { displayName: substituteText(displayName, variables) }),
    ...(onError && { onError: substituteText(onError, variables) }),
    ...(params && {
      params: params.map((param) => ({ ...param, value: substituteValue(param.value, variables) })),
    }),
    ...(when && { when: substituteDeep(when, variables) }),
    ...(workspaces && { workspaces: substituteDeep(workspaces, variables) }),
    ...(taskRef && { taskRef: substituteDeep(taskRef, variables) }),
    ...(taskSpec && { taskSpec: substituteEmbedded(taskSpec, variables) }),
  };
}

/** An embedded Task sees the params of its Pipeline, except where it declares its own. */
function substituteEmbedded(spec: EmbeddedTask, variables: Variables): EmbeddedTask {
  const own = spec.params?.map(({ name }) => `params.${name}`) ?? [];
  const { params, ...rest } = spec;
  return { ...substituteDeep(rest, without(variables, own)), ...(params && { params }) };
}
