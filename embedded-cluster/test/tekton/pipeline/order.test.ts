// What runs when, what is skipped and why, and what the finally tasks get to know.
import { describe, expect, test } from '@jest/globals';
import { children, embedded, given, message, play, skipped, verdict } from '../support/plays.ts';

const producer = { name: 'build', ...embedded({ results: [{ name: 'digest' }] }) };
const digest = [{ name: 'digest', value: '$(tasks.build.results.digest)' }];
const never = [{ input: 'a', operator: 'in', values: ['b'] }];
const always = [{ input: 'a', operator: 'notin', values: ['b'] }];
const asks = {
  ...embedded({ params: [{ name: 'a' }, { name: 'b' }, { name: 'all' }] }),
  params: [
    { name: 'a', value: '$(tasks.a.status) $(tasks.a.reason)' },
    { name: 'b', value: '$(tasks.b.status) $(tasks.b.reason)' },
    { name: 'all', value: '$(tasks.status)' },
  ],
};

describe('the order of tasks', () => {
  test('follows runAfter and the use of results; what is independent runs at once', async () => {
    const run = play(
      {
        tasks: [
          { name: 'last', ...embedded({ params: [{ name: 'digest' }] }), params: digest },
          producer,
          { name: 'beside', ...embedded() },
          { name: 'after', ...embedded(), runAfter: ['beside'] },
        ],
      },
      { build: { seconds: 5, results: { digest: 'sha256:1' } } },
    );
    await run.run(1);
    expect(children(run.pipelineRun())).toEqual(['build', 'beside']);
    await run.run(3);
    expect(children(run.pipelineRun())).toEqual(['build', 'beside', 'after']);
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe('True Succeeded');
    expect(given(run.taskRun('last'))).toEqual({ digest: 'sha256:1' });
  });

  test('ends with finally tasks, which run at once', async () => {
    const run = play(
      {
        tasks: [{ name: 'a', ...embedded() }],
        finally: [
          { name: 'x', ...embedded() },
          { name: 'y', ...embedded() },
        ],
      },
      { a: { seconds: 3 }, x: { seconds: 5 }, y: { seconds: 5 } },
    );
    await run.run(3);
    expect(children(run.pipelineRun())).toEqual(['a']);
    await run.run(2);
    expect(children(run.pipelineRun())).toEqual(['a', 'x', 'y']);
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe('True Succeeded');
  });
});

describe('a task with a guard', () => {
  test('that does not hold is skipped, and what runs after it is not', async () => {
    const run = play({
      tasks: [
        { name: 'guarded', ...embedded(), when: never },
        { name: 'after', ...embedded(), runAfter: ['guarded'] },
      ],
    });
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe('True Completed');
    expect(skipped(run.pipelineRun())).toEqual(['guarded: When Expressions evaluated to false']);
    expect(children(run.pipelineRun())).toEqual(['after']);
  });

  test('that does not hold takes with it who uses its results, and who uses theirs', async () => {
    const run = play({
      tasks: [
        { ...producer, when: never },
        { name: 'user', ...embedded({ params: [{ name: 'digest' }] }), params: digest },
        { name: 'after-user', ...embedded(), runAfter: ['user'] },
      ],
    });
    await run.finish();
    expect(skipped(run.pipelineRun())).toEqual([
      'build: When Expressions evaluated to false',
      'user: Results were missing',
      'after-user: Parent Tasks were skipped',
    ]);
  });

  test('that holds runs, and its child reference says so', async () => {
    const run = play({ tasks: [{ name: 'guarded', ...embedded(), when: always }] });
    await run.finish();
    expect(run.pipelineRun().status?.childReferences?.[0]?.whenExpressions).toEqual(always);
  });

  test('may ask for a result', async () => {
    const guard = (value: string) => [
      { input: '$(tasks.build.results.digest)', operator: 'in', values: [value] },
    ];
    const run = play(
      {
        tasks: [
          producer,
          { name: 'yes', ...embedded(), when: guard('sha256:1') },
          { name: 'no', ...embedded(), when: guard('sha256:2') },
        ],
      },
      { build: { results: { digest: 'sha256:1' } } },
    );
    await run.finish();
    expect(children(run.pipelineRun())).toEqual(['build', 'yes']);
    expect(run.pipelineRun().status?.skippedTasks?.[0]?.whenExpressions).toEqual([
      { input: 'sha256:1', operator: 'in', values: ['sha256:2'] },
    ]);
  });
});

describe('a task that fails', () => {
  test('keeps others from starting, but not from ending', async () => {
    const run = play(
      {
        tasks: [
          { name: 'a', ...embedded() },
          { name: 'b', ...embedded() },
          { name: 'c', ...embedded(), runAfter: ['b'] },
        ],
        finally: [{ name: 'conclude', ...asks }],
      },
      { a: { exit: 3 }, b: { seconds: 9 } },
    );
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe('False Failed');
    expect(message(run.pipelineRun())).toBe(
      'Tasks Completed: 3 (Failed: 1, Cancelled 0), Skipped: 1',
    );
    expect(skipped(run.pipelineRun())).toEqual(['c: PipelineRun was stopping']);
    expect(given(run.taskRun('conclude'))).toEqual({
      a: 'Failed StepFailed',
      b: 'Succeeded Succeeded',
      all: 'Failed',
    });
  });

  test('and may fail stops nothing', async () => {
    const run = play(
      {
        tasks: [
          { name: 'a', ...embedded({ results: [{ name: 'r' }] }), onError: 'continue' },
          {
            name: 'b',
            ...embedded({ params: [{ name: 'r' }] }),
            params: [{ name: 'r', value: '$(tasks.a.results.r)' }],
          },
        ],
        finally: [{ name: 'conclude', ...asks }],
      },
      { a: { exit: 3, results: { r: 'written' } } },
    );
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe('True Succeeded');
    expect(message(run.pipelineRun())).toBe(
      'Tasks Completed: 3 (Failed: 1 (Ignored: 1), Cancelled 0), Skipped: 0',
    );
    expect(verdict(run.taskRun('a'))).toBe('False FailureIgnored');
    expect(given(run.taskRun('b'))).toEqual({ r: 'written' });
  });

  test('without the result that another needs fails the whole run', async () => {
    const run = play(
      {
        tasks: [
          { ...producer, onError: 'continue' },
          { name: 'user', ...embedded({ params: [{ name: 'digest' }] }), params: digest },
        ],
        finally: [{ name: 'conclude', ...embedded() }],
      },
      { build: { exit: 1 } },
    );
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe('False InvalidTaskResultReference');
    expect(message(run.pipelineRun())).toBe(
      'Invalid task result reference: Could not find result with name digest for task build',
    );
  });
});

describe('a finally task', () => {
  test('knows of tasks that were skipped, too', async () => {
    const run = play({
      tasks: [
        { name: 'a', ...embedded() },
        { name: 'b', ...embedded(), when: never },
      ],
      finally: [{ name: 'conclude', ...asks }],
    });
    await run.finish();
    expect(given(run.taskRun('conclude'))).toEqual({
      a: 'Succeeded Succeeded',
      b: 'None ',
      all: 'Completed',
    });
  });

  test('that asks for a result which was not written is skipped whole', async () => {
    const run = play(
      {
        tasks: [producer],
        finally: [
          { name: 'user', ...embedded({ params: [{ name: 'digest' }] }), params: digest },
          { name: 'other', ...embedded() },
        ],
      },
      { build: { exit: 1 } },
    );
    await run.finish();
    expect(skipped(run.pipelineRun())).toEqual(['user: Results were missing']);
    expect(children(run.pipelineRun())).toEqual(['build', 'other']);
    expect(verdict(run.pipelineRun())).toBe('False Failed');
  });

  test('gets the result of a task that failed after writing it', async () => {
    const run = play(
      {
        tasks: [producer],
        finally: [{ name: 'user', ...embedded({ params: [{ name: 'digest' }] }), params: digest }],
      },
      { build: { exit: 1, results: { digest: 'sha256:1' } } },
    );
    await run.finish();
    expect(given(run.taskRun('user'))).toEqual({ digest: 'sha256:1' });
  });

  test('may be guarded by how the tasks ended', async () => {
    const when = [{ input: '$(tasks.status)', operator: 'in', values: ['Failed'] }];
    const run = play({
      tasks: [{ name: 'a', ...embedded() }],
      finally: [{ name: 'on-failure', ...embedded(), when }],
    });
    await run.finish();
    expect(skipped(run.pipelineRun())).toEqual(['on-failure: When Expressions evaluated to false']);
    expect(verdict(run.pipelineRun())).toBe('True Completed');
  });

  test('that fails fails the run', async () => {
    const run = play(
      { tasks: [{ name: 'a', ...embedded() }], finally: [{ name: 'x', ...embedded() }] },
      { x: { exit: 1 } },
    );
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe('False Failed');
  });
});
