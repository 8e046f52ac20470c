// What a Pipeline may not say.
import { describe, expect, test } from '@jest/globals';
import {
  finalTask,
  pipeline,
  pipelineTask,
  type Refusal,
  refusals,
  step,
  work,
} from '../support/drafts.ts';

const refused: readonly Refusal[] = [
  [
    'two tasks of one name',
    pipeline({ tasks: [work, work] }),
    'expected exactly one, got both: spec.tasks[1].name',
  ],
  [
    'a final task named like a task',
    pipeline({ finally: [work] }),
    'expected exactly one, got both: spec.finally[0].name',
  ],
  [
    'a task name that is no label',
    pipelineTask({ name: 'My_Task' }),
    'invalid value "My_Task": Pipeline Task name must be a valid DNS Label: spec.tasks[0].name',
  ],
  [
    'a task that is nothing',
    pipeline({ tasks: [{ name: 'a' }] }),
    'expected exactly one, got neither: spec.tasks[0].taskRef, spec.tasks[0].taskSpec',
  ],
  [
    'a task that is two',
    pipelineTask({ taskSpec: { steps: [step] } }),
    'expected exactly one, got multiple: spec.tasks[0].taskRef, spec.tasks[0].taskSpec',
  ],
  [
    'an order that is a circle',
    pipeline({
      tasks: [
        { ...work, name: 'a', runAfter: ['b'] },
        { ...work, name: 'b', runAfter: ['a'] },
      ],
    }),
    'invalid value: cycle detected: a -> b -> a: spec.tasks',
  ],
  [
    'a circle by results',
    pipeline({
      tasks: [
        { ...work, name: 'a', params: [{ name: 'p', value: '$(tasks.b.results.r)' }] },
        { ...work, name: 'b', runAfter: ['a'] },
      ],
    }),
    'invalid value: cycle detected: a -> b -> a: spec.tasks',
  ],
  [
    'a runAfter of nothing',
    pipelineTask({ runAfter: ['nope'] }),
    "invalid value: task work depends on nope but nope wasn't present in Pipeline: spec.tasks",
  ],
  [
    'onError continue with retries',
    pipelineTask({ onError: 'continue', retries: 1 }),
    'PipelineTask OnError cannot be set to "continue" when Retries is greater than 0: spec.tasks[0]',
  ],
  [
    'an operator that is none',
    pipelineTask({ when: [{ input: 'a', operator: 'is', values: ['a'] }] }),
    'invalid value: must be one of in, notin, is "is": spec.tasks[0].when[0].operator',
  ],
  [
    'a guard without values',
    pipelineTask({ when: [{ input: 'a', operator: 'in', values: [] }] }),
    'invalid value: expecting non-empty values field: spec.tasks[0].when[0]',
  ],
  [
    'a param that the Pipeline does not have',
    pipelineTask({ params: [{ name: 'a', value: '$(params.b)' }] }),
    'non-existent variable in "$(params.b)": spec.tasks[0].params[0].value',
  ],
  [
    'a param given twice',
    pipelineTask({
      params: [
        { name: 'a', value: '' },
        { name: 'a', value: '' },
      ],
    }),
    'parameter names must be unique, the parameter "a" is also defined at: spec.tasks[0].params[1].name',
  ],
  [
    'a workspace that the Pipeline does not have',
    pipelineTask({ workspaces: [{ name: 'w' }] }),
    'invalid value: pipeline task "work" expects workspace with name "w" but none exists in pipeline spec: spec.tasks[0].workspaces[0]',
  ],
  [
    'a task that asks how another ended',
    pipelineTask({ params: [{ name: 'a', value: '$(tasks.work.status)' }] }),
    'invalid value: pipeline tasks can not refer to execution status of any other pipeline task or aggregate status of tasks: spec.tasks[0].params[0].value',
  ],
  [
    'a final task that asks about nobody',
    finalTask({ params: [{ name: 'a', value: '$(tasks.nope.status)' }] }),
    'invalid value: pipeline task nope is not defined in the pipeline: spec.finally[0].params[0].value',
  ],
  [
    'a final task with an order',
    finalTask({ runAfter: ['work'] }),
    'invalid value: no runAfter allowed under spec.finally, final task conclude has runAfter specified: spec.finally[0]',
  ],
  [
    'a final task that uses a result of one',
    finalTask({ params: [{ name: 'a', value: '$(tasks.conclude.results.r)' }] }),
    'invalid value: invalid task result reference, final task has task result reference from a final task conclude: spec.finally[0].params[0].value',
  ],
  [
    'a result that is no result',
    pipeline({ results: [{ name: 'r', value: 'promoted' }] }),
    'invalid value: expected pipeline results to be task result expressions but no expressions were found: spec.results[0].value',
  ],
  [
    'a result of nobody',
    pipeline({ results: [{ name: 'r', value: '$(tasks.nope.results.r)' }] }),
    'invalid value: referencing a nonexistent task: spec.results[0].value',
  ],
];

describe('refused is', () => {
  test.each(refused)('%s', (_what, object, ...why) => {
    expect(refusals(object)).toEqual(why);
  });
});
