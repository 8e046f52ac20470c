/** What a PipelineRun leaves behind: the results of its tasks, under names of its own. */
import type { PipelineResultSpec } from '../../model/pipeline.ts';
import type { PipelineRunStatus } from '../../model/runs.ts';
import { referencesIn, substituteValue } from '../../substitution/substitute.ts';
import { lookUp, type Variables } from '../../substitution/variables.ts';
import { hasSucceeded, isTask, type TaskState } from '../tasks/task-state.ts';
import { parseResultReference } from './result-references.ts';
import { resultVariables } from './task-results.ts';

interface PipelineResults {
  readonly results: NonNullable<PipelineRunStatus['results']>;
  /** Results whose task succeeded without writing what they refer to. */
  readonly broken: readonly string[];
}

/** Only of tasks that succeeded; a result of one that did not is left out without a word. */
export function pipelineResults(
  declared: readonly PipelineResultSpec[] = [],
  states: readonly TaskState[],
): PipelineResults {
  const successes = states.filter(hasSucceeded);
  const isFinal = (state: TaskState): boolean => !isTask(state);
  const variables: Variables = new Map([
    ...resultVariables(successes.filter(isTask)),
    ...resultVariables(successes.filter(isFinal), 'finally'),
  ]);
  const succeeded = new Set(successes.map(({ task }) => task.name));
  const lacks = (reference: string): boolean => lookUp(variables, reference) === undefined;
  const isBroken = (reference: string): boolean =>
    lacks(reference) && succeeded.has(parseResultReference(reference)?.task ?? '');
  return {
    results: declared
      .filter(({ value }) => !referencesIn(value).some(lacks))
      .map(({ name, value }) => ({ name, value: substituteValue(value, variables) })),
    broken: declared
      .filter(({ value }) => referencesIn(value).some(isBroken))
      .map(({ name }) => name),
  };
}
