/** What tasks have left behind, brought into the tasks that ask for it. */
import type { PipelineTask } from '../../model/pipeline.ts';
import type { ParamValue } from '../../model/task.ts';
import { referencesIn } from '../../substitution/substitute.ts';
import { lookUp, type Variables } from '../../substitution/variables.ts';
import { substituteTask } from '../tasks/substitute-task.ts';
import { hasFailed, hasSucceeded, type TaskState } from '../tasks/task-state.ts';
import { parseResultReference, type ResultReference } from './result-references.ts';

/** Results of the tasks that have ended, `tasks.<task>.results.<result>` each. */
export function resultVariables(states: readonly TaskState[], section = 'tasks'): Variables {
  const variables = new Map<string, ParamValue>();
  for (const state of states) {
    if (!hasSucceeded(state) && !hasFailed(state)) continue;
    for (const { name, value } of state.run?.status?.results ?? []) {
      variables.set(`${section}.${state.task.name}.results.${name}`, value);
    }
  }
  return variables;
}

/** The first reference to a result that is not among `results`. */
export function missingResult(task: PipelineTask, results: Variables): ResultReference | undefined {
  for (const text of referencesIn(task)) {
    const reference = parseResultReference(text);
    if (reference && lookUp(results, text) === undefined) return reference;
  }
  return undefined;
}

/** The task with every result it refers to; undefined when one is missing. */
export function withResults(task: PipelineTask, results: Variables): PipelineTask | undefined {
  return missingResult(task, results) === undefined ? substituteTask(task, results) : undefined;
}
