// What tasks leave behind for each other and for the run.
import { describe, expect, test } from '@jest/globals';
import { embedded, given, message, play, verdict } from '../support/plays.ts';

describe('results', () => {
  const typed = embedded({
    results: [
      { name: 'text' },
      { name: 'list', type: 'array' },
      { name: 'object', properties: { key: {} } },
    ],
  });
  const written = { text: '["not a list"]', list: '["a","b c"]', object: '{"key":"k"}' };

  test('of every type reach other tasks and the run', async () => {
    const run = play(
      {
        tasks: [
          { name: 'a', ...typed },
          {
            name: 'b',
            ...embedded({
              params: [{ name: 't' }, { name: 'l', type: 'array' }, { name: 'i' }, { name: 'k' }],
            }),
            params: [
              { name: 't', value: '$(tasks.a.results.text)' },
              { name: 'l', value: '$(tasks.a.results.list[*])' },
              { name: 'i', value: '$(tasks.a.results.list[1])' },
              { name: 'k', value: '$(tasks.a.results.object.key)' },
            ],
          },
        ],
        results: [
          { name: 'both', value: '$(tasks.a.results.object.key)-$(tasks.a.results.text)' },
          { name: 'list', value: '$(tasks.a.results.list[*])' },
        ],
      },
      { a: { results: written } },
    );
    await run.finish();
    expect(given(run.taskRun('b'))).toEqual({
      t: '["not a list"]',
      l: ['a', 'b c'],
      i: 'b c',
      k: 'k',
    });
    expect(run.pipelineRun().status?.results).toEqual([
      { name: 'both', value: 'k-["not a list"]' },
      { name: 'list', value: ['a', 'b c'] },
    ]);
  });

  test('of another type than declared fail the TaskRun', async () => {
    const run = play(
      { tasks: [{ name: 'a', ...typed }] },
      { a: { results: { ...written, list: 'not json' } } },
    );
    await run.finish();
    expect(verdict(run.taskRun('a'))).toBe('False TaskRunValidationFailed');
    expect(message(run.taskRun('a'))).toContain(
      '"list": task result is expected to be "array" type but was initialized to a different type "string"',
    );
  });

  test('of the run that a successful task has not written fail the run', async () => {
    const run = play({
      tasks: [{ name: 'a', ...typed }],
      results: [{ name: 'r', value: '$(tasks.a.results.text)' }],
    });
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe('False CouldntGetPipelineResult');
  });

  test('of the run whose task failed are left out', async () => {
    const run = play(
      {
        tasks: [{ name: 'a', ...typed }],
        finally: [{ name: 'b', ...typed }],
        results: [
          { name: 'a', value: '$(tasks.a.results.text)' },
          { name: 'b', value: '$(finally.b.results.text)' },
        ],
      },
      { a: { exit: 1, results: written }, b: { results: { text: 'concluded' } } },
    );
    await run.finish();
    expect(run.pipelineRun().status?.results).toEqual([{ name: 'b', value: 'concluded' }]);
  });

  test.each([
    [
      {
        tasks: [
          { name: 'a', ...typed },
          {
            name: 'b',
            ...embedded({ params: [{ name: 'x' }] }),
            params: [{ name: 'x', value: '$(tasks.a.results.no)' }],
          },
        ],
      },
      'False InvalidTaskResultReference',
    ],
    [
      {
        tasks: [{ name: 'a', ...typed }],
        results: [{ name: 'r', value: '$(tasks.a.results.no)' }],
      },
      'False InvalidPipelineResultReference',
    ],
  ])('that no Task declares keep the run from starting', async (pipeline, expected) => {
    const run = play(pipeline);
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe(expected);
    expect(message(run.pipelineRun())).toContain(
      '"no" is not a named result returned by pipeline task "a"',
    );
  });
});
