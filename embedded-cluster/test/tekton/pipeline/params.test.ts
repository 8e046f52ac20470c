// What a run is given, and how it reaches the programs of its steps.
import { describe, expect, test } from '@jest/globals';
import { embedded, message, play, said, says, verdict } from '../support/plays.ts';

describe('params', () => {
  test('of every type reach the program as single arguments', async () => {
    const run = play(
      {
        params: [
          { name: 'text', default: 'x' },
          { name: 'list', type: 'array' },
          { name: 'object', properties: { key: {} }, default: { key: 'k' } },
        ],
        tasks: [
          {
            name: 'a',
            ...embedded({
              params: [
                { name: 't' },
                { name: 'l', type: 'array' },
                { name: 'o', properties: { key: {} } },
              ],
              ...says('$(params.t)', '$(params.l[*])', '$(params.o.key)', '$(params.l[1])'),
            }),
            params: [
              { name: 't', value: 'pre-$(params.text)' },
              { name: 'l', value: ['first', '$(params.list[*])'] },
              { name: 'o', value: '$(params.object[*])' },
            ],
          },
        ],
      },
      {},
      { params: [{ name: 'list', value: ['a b', "'$(params.text)"] }] },
    );
    await run.finish();
    expect(said(run, 'a')).toEqual(['pre-x', 'first', 'a b', "'$(params.text)", 'k', 'a b']);
  });

  test('of a run reach what is embedded in it without being declared', async () => {
    const run = play(
      { tasks: [{ name: 'a', ...embedded(says('$(params.undeclared)')) }] },
      {},
      { params: [{ name: 'undeclared', value: 'v' }] },
    );
    await run.finish();
    expect(said(run, 'a')).toEqual(['v']);
  });

  test('that an embedded Task declares itself are its own', async () => {
    const run = play(
      {
        tasks: [
          {
            name: 'a',
            ...embedded({ params: [{ name: 'p', default: 'own' }], ...says('$(params.p)') }),
          },
        ],
      },
      {},
      { params: [{ name: 'p', value: 'outer' }] },
    );
    await run.finish();
    expect(said(run, 'a')).toEqual(['own']);
  });

  test.each([
    [
      'of another type',
      { params: [{ name: 'p', type: 'array' }] },
      'False ParameterTypeMismatch',
      "[User error] PipelineRun rec/run parameters have mismatching types with Pipeline rec/run's parameters: parameters have different types : [p]",
    ],
    [
      'with too few keys',
      { params: [{ name: 'o', properties: { a: {}, b: {} } }] },
      'False ObjectParameterMissKeys',
      "[User error] PipelineRun rec/run parameters is missing object keys required by Pipeline rec/run's parameters: pipelineRun missing object keys for parameters: map[o:[b]]",
    ],
    [
      'indexed out of range',
      {
        params: [{ name: 'l', type: 'array' }],
        tasks: [
          {
            name: 'a',
            ...embedded({ params: [{ name: 'x' }] }),
            params: [{ name: 'x', value: '$(params.l[2])' }],
          },
        ],
      },
      'False ParamArrayIndexingInvalid',
      "[User error] PipelineRun rec/run failed validation: failed to validate Pipeline rec/run's parameter which has an invalid index while referring to an array: non-existent param references:[$(params.l[2])]",
    ],
    [
      'that a Task needs',
      { tasks: [{ name: 'a', ...embedded({ params: [{ name: 'needed' }] }) }] },
      'False PipelineValidationFailed',
      '[User error] Validation failed for pipelinerun run with error invalid input params for task : missing values for these params which have no default values: [needed]',
    ],
  ])('%s keep the run from starting', async (_what, pipeline, expected, why) => {
    const params = [
      { name: 'p', value: 'text' },
      { name: 'o', value: { a: '1' } },
      { name: 'l', value: ['one'] },
    ];
    const run = play({ tasks: [{ name: 'a', ...embedded() }], ...pipeline }, {}, { params });
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe(expected);
    expect(message(run.pipelineRun())).toBe(why);
  });
});

test('the context of the run and of the task is known where it applies', async () => {
  const run = play({
    tasks: [
      {
        name: 'a',
        retries: 2,
        ...embedded({
          params: [{ name: 'p' }],
          ...says(
            '$(params.p)',
            '$(context.taskRun.name)',
            '$(context.task.retry-count)',
            '$(context.taskRun.namespace)',
          ),
        }),
        params: [
          {
            name: 'p',
            value:
              '$(context.pipelineRun.name)/$(context.pipeline.name)/$(context.pipelineTask.retries)',
          },
        ],
      },
    ],
  });
  await run.finish();
  expect(said(run, 'a')).toEqual(['run/run/2', 'run-a', '0', 'rec']);
});
