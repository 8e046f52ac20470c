// Fields that there are not, that are behind a gate, and that the embedded cluster does without.
import { describe, expect, test } from '@jest/globals';
import {
  pipeline,
  pipelineRun,
  pipelineTask,
  type Refusal,
  refusals,
  step,
  task,
  taskRun,
  taskWithStep,
} from '../support/drafts.ts';

const refused: readonly Refusal[] = [
  ['an unknown field', task({ stepps: [] }), 'unknown field: spec.stepps'],
  [
    'an unknown field of a step',
    taskWithStep({ comand: [] }),
    'unknown field: spec.steps[0].comand',
  ],
  [
    'an unknown field of a variable',
    taskWithStep({ env: [{ name: 'A', vlaue: '' }] }),
    'unknown field: spec.steps[0].env[0].vlaue',
  ],
  [
    'an unknown field of a pipeline task',
    pipelineTask({ runafter: [] }),
    'unknown field: spec.tasks[0].runafter',
  ],
  [
    'an unknown field of an embedded Task',
    pipeline({ tasks: [{ name: 'a', taskSpec: { steps: [{ ...step, foo: 1 }] } }] }),
    'unknown field: spec.tasks[0].taskSpec.steps[0].foo',
  ],
  ['an unknown field beside spec', { ...task({}), data: {} }, 'unknown field: data'],
  [
    'a value of the wrong type',
    taskWithStep({ args: [1] }),
    'invalid value: must be a string, is 1: spec.steps[0].args[0]',
  ],
  [
    'a name that is too long',
    { ...task({}), metadata: { name: 'x'.repeat(64) } },
    'Invalid resource name: length must be no more than 63 characters: metadata.name',
  ],

  [
    'a param enum',
    task({ params: [{ name: 'a', enum: ['b'] }] }),
    'feature flag enable-param-enum should be set to true to use Enum: spec.params[0].enum',
  ],
  [
    'a cel guard',
    pipelineTask({ when: [{ cel: 'true', input: '', operator: 'in', values: ['a'] }] }),
    'feature flag enable-cel-in-whenexpression should be set to true to use CEL: spec.tasks[0].when[0].cel',
  ],
  [
    'stdoutConfig',
    taskWithStep({ stdoutConfig: { path: '/x' } }),
    'step stdout stream support requires "enable-api-fields" feature gate to be "alpha" but it is "beta": spec.steps[0].stdoutConfig',
  ],
  [
    'a pipeline in a pipeline',
    pipeline({ tasks: [{ name: 'a', pipelineRef: { name: 'b' }, taskRef: { name: 'c' } }] }),
    'pipelineRef requires "enable-api-fields" feature gate to be "alpha" but it is "beta": spec.tasks[0].pipelineRef',
  ],
  [
    'artifacts',
    pipelineTask({ params: [{ name: 'a', value: '$(tasks.work.outputs.image)' }] }),
    'feature flag enable-artifacts should be set to true to use artifacts feature.: spec.tasks[0].params[0].value',
  ],

  [
    'a sidecar',
    task({ sidecars: [{ name: 's', image: 'i' }] }),
    'sidecars are not supported by the embedded cluster: spec.sidecars',
  ],
  [
    'a script',
    taskWithStep({ script: 'echo' }),
    'script (use command) is not supported by the embedded cluster: spec.steps[0].script',
  ],
  [
    'a StepAction',
    taskWithStep({ ref: { name: 'a' } }),
    'StepActions are not supported by the embedded cluster: spec.steps[0].ref',
  ],
  [
    'a matrix',
    pipelineTask({ matrix: {} }),
    'matrix is not supported by the embedded cluster: spec.tasks[0].matrix',
  ],
  [
    'a resolver',
    pipelineTask({ taskRef: { name: 'a', resolver: 'git' } }),
    'resolvers are not supported by the embedded cluster: spec.tasks[0].taskRef.resolver',
  ],
  [
    'a custom task',
    pipelineTask({ taskRef: { name: 'a', apiVersion: 'x.dev/v1' } }),
    'custom tasks are not supported by the embedded cluster: spec.tasks[0].taskRef.apiVersion',
  ],
  [
    'a csi workspace',
    pipelineRun({ workspaces: [{ name: 'a', emptyDir: {}, csi: {} }] }),
    'csi volumes are not supported by the embedded cluster: spec.workspaces[0].csi',
  ],
  [
    'resources for the steps of one run',
    taskRun({ stepSpecs: [] }),
    'resources for the steps of single runs are not supported by the embedded cluster: spec.stepSpecs',
  ],
  [
    'timeout beside timeouts',
    pipelineRun({ timeout: '1h', timeouts: {} }),
    'timeout beside timeouts is not supported by the embedded cluster: spec.timeout',
  ],
];

describe('refused is', () => {
  test.each(refused)('%s', (_what, object, ...why) => {
    expect(refusals(object)).toEqual(why);
  });

  test('everything that is wrong, at once', () => {
    const wrong = task({ params: [{ nmae: 'a' }], steps: [{ image: 1 }], foo: 1 });
    expect(refusals(wrong)).toHaveLength(4);
  });
});
