// What is asked of a run while it runs, what runs out meanwhile, and what keeps it from starting.
import { describe, expect, test } from '@jest/globals';
import { pods } from '../../../kubernetes/collection.ts';
import { taskRuns } from '../../../tekton/collections.ts';
import {
  children,
  embedded,
  message,
  type PlayedRun,
  play,
  playing,
  skipped,
  verdict,
} from '../support/plays.ts';
import { NAMESPACE, simulate } from '../support/simulation.ts';

const a = { name: 'a', ...embedded() };
const b = { name: 'b', ...embedded() };
const afterA = { name: 'after-a', ...embedded(), runAfter: ['a'] };
const concluding = { finally: [{ name: 'conclude', ...embedded() }] };

describe('a run that is pending', () => {
  test('does nothing until it is let go', async () => {
    const run = play({ tasks: [a] }, {}, { status: 'PipelineRunPending' });
    await run.run(600);
    expect(verdict(run.pipelineRun())).toBe('Unknown PipelineRunPending');
    expect(message(run.pipelineRun())).toBe('PipelineRun "run" is pending');
    expect(run.pipelineRun().status?.startTime).toBeUndefined();
    expect(taskRuns(run.world).list(NAMESPACE)).toEqual([]);
    run.ask({ status: undefined });
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe('True Succeeded');
    expect(run.pipelineRun().status?.startTime).toBe('2026-11-21T06:00:00Z');
  });
});

describe('a run that is cancelled', () => {
  test('before it has begun starts nothing', async () => {
    const run = play({ tasks: [a], ...concluding }, {}, { status: 'Cancelled' });
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe('False Cancelled');
    expect(taskRuns(run.world).list(NAMESPACE)).toEqual([]);
  });

  test('ends at once, with all that runs, finally or not', async () => {
    const run = play({ tasks: [a], ...concluding }, { conclude: { seconds: 600 } });
    await run.run(10);
    run.ask({ status: 'Cancelled' });
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe('False Cancelled');
    expect(verdict(run.taskRun('a'))).toBe('True Succeeded');
    expect(verdict(run.taskRun('conclude'))).toBe('False TaskRunCancelled');
  });

  test('gracefully lets what runs finally end', async () => {
    const run = play({ tasks: [a], ...concluding }, { conclude: { seconds: 60 } });
    await run.run(10);
    run.ask({ status: 'CancelledRunFinally' });
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe('False Cancelled');
    expect(verdict(run.taskRun('conclude'))).toBe('True Succeeded');
  });

  test('gracefully before it has begun still runs what runs finally', async () => {
    const run = play({ tasks: [a], ...concluding }, {}, { status: 'CancelledRunFinally' });
    await run.finish();
    expect(children(run.pipelineRun())).toEqual(['conclude']);
    expect(skipped(run.pipelineRun())).toEqual(['a: PipelineRun was gracefully cancelled']);
  });
});

test('a run that is stopped lets all that runs end, and starts only what runs finally', async () => {
  const run = play({ tasks: [a, b, afterA], ...concluding }, { a: { seconds: 20 } });
  await run.run(5);
  run.ask({ status: 'StoppedRunFinally' });
  await run.finish();
  expect(children(run.pipelineRun())).toEqual(['a', 'b', 'conclude']);
  expect(verdict(run.taskRun('a'))).toBe('True Succeeded');
  expect(skipped(run.pipelineRun())).toEqual(['after-a: PipelineRun was gracefully stopped']);
  expect(verdict(run.pipelineRun())).toBe('False Cancelled');
});

describe('a task with retries', () => {
  const retrying = { ...a, retries: 1 };

  test('has failed only when they are used up', async () => {
    const run = play({ tasks: [retrying, b, afterA] }, { a: [{ exit: 1 }, { exit: 0 }] });
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe('True Succeeded');
    expect(run.taskRun('a').status?.retriesStatus).toHaveLength(1);
    expect(children(run.pipelineRun())).toEqual(['a', 'b', 'after-a']);
  });

  test('starts again even where another one has failed meanwhile', async () => {
    const acts = { a: [{ exit: 1, seconds: 5 }, { exit: 0 }], b: { exit: 1 } };
    const run = play({ tasks: [retrying, b] }, acts);
    await run.finish();
    expect(verdict(run.taskRun('a'))).toBe('True Succeeded');
    expect(message(run.pipelineRun())).toBe(
      'Tasks Completed: 2 (Failed: 1, Cancelled 0), Skipped: 0',
    );
  });
});

describe('a timeout', () => {
  test.each([
    ['its own', { tasks: [{ ...a, timeout: '10s' }] }, 'False Failed'],
    ['its own, of what runs finally', finallySlow({ timeout: '10s' }), 'False Failed'],
  ])('of a task is %s, and fails the run', async (_whose, pipeline, expected) => {
    const run = play(pipeline, { a: { seconds: 60 } });
    await run.finish();
    expect(verdict(run.taskRun('a'))).toBe('False TaskRunTimeout');
    expect(verdict(run.pipelineRun())).toBe(expected);
  });

  function finallySlow(fields: object = {}): object {
    return { tasks: [b], finally: [{ ...a, ...fields }] };
  }

  test('of what runs finally counts from when that starts', async () => {
    const timeouts = { finally: '10s', pipeline: '2m' };
    const run = play(finallySlow(), { b: { seconds: 30 }, a: { seconds: 60 } }, { timeouts });
    await run.finish();
    expect(verdict(run.taskRun('b'))).toBe('True Succeeded');
    expect(verdict(run.taskRun('a'))).toBe('False TaskRunCancelled');
    expect(message(run.taskRun('a'))).toContain('has timed out');
    expect(verdict(run.pipelineRun())).toBe('False Failed');
    // Thirty seconds, to the second on which the finally tasks started, and ten.
    expect(secondsTaken(run)).toBe(40);
  });

  test('of the tasks is what the others leave of the whole', async () => {
    const timeouts = { finally: '30s', pipeline: '1m' };
    const run = play({ tasks: [a], ...concluding }, { a: { seconds: 600 } }, { timeouts });
    await run.finish();
    expect(message(run.taskRun('a'))).toContain('has timed out');
    expect(children(run.pipelineRun())).toEqual(['a', 'conclude']);
    expect(message(run.pipelineRun())).toBe(
      'PipelineRun "run" failed due to tasks failed to finish within "30s"',
    );
  });

  test('of the tasks goes on counting while others run finally, as it does in Tekton', async () => {
    const timeouts = { tasks: '20s', finally: '40s', pipeline: '1m' };
    const run = play({ tasks: [a], ...concluding }, { conclude: { seconds: 30 } }, { timeouts });
    await run.finish();
    expect(verdict(run.taskRun('a'))).toBe('True Succeeded');
    expect(verdict(run.taskRun('conclude'))).toBe('True Succeeded');
    expect(verdict(run.pipelineRun())).toBe('False PipelineRunTimeout');
  });

  test('of the whole leaves nothing to run finally', async () => {
    const timeouts = { pipeline: '1m' };
    const run = play({ tasks: [a, afterA], ...concluding }, { a: { seconds: 600 } }, { timeouts });
    await run.finish();
    expect(message(run.pipelineRun())).toBe('PipelineRun "run" failed to finish within "1m0s"');
    expect(verdict(run.taskRun('a'))).toBe('False TaskRunCancelled');
    expect(children(run.pipelineRun())).toEqual(['a']);
    expect(pods(run.world).list(NAMESPACE)).toEqual([]);
  });

  test('of the whole is an hour where nobody says otherwise', async () => {
    const run = play({ tasks: [{ ...a, timeout: '0' }] }, { a: { seconds: 7200 } });
    await run.run(3599);
    expect(verdict(run.pipelineRun())).toBe('Unknown Running');
    await run.run(2);
    expect(verdict(run.pipelineRun())).toBe('False PipelineRunTimeout');
  });

  test('of zero is none', async () => {
    const timeouts = { pipeline: '0' };
    const run = play({ tasks: [{ ...a, timeout: '0' }] }, { a: { seconds: 7200 } }, { timeouts });
    await run.run(7100);
    expect(verdict(run.pipelineRun())).toBe('Unknown Running');
  });
});

function secondsTaken(run: PlayedRun): number {
  const { startTime = '', completionTime = '' } = run.pipelineRun().status ?? {};
  return (Date.parse(completionTime) - Date.parse(startTime)) / 1000;
}

describe('a run that cannot start', () => {
  test.each([
    [
      'because a Task is missing',
      { tasks: [{ name: 'x', taskRef: { name: 'nope' } }] },
      {},
      'False CouldntGetTask',
      'Pipeline rec/run can\'t be Run; it contains Tasks that don\'t exist: Couldn\'t retrieve Task "nope": tasks.tekton.dev "nope" not found',
    ],
    [
      'because its tasks wait for each other',
      {
        tasks: [
          { ...a, runAfter: ['b'] },
          { ...b, runAfter: ['a'] },
        ],
      },
      {},
      'False PipelineInvalidGraph',
      "[User error] PipelineRun rec/run's Pipeline DAG is invalid: cycle detected: a -> b -> a",
    ],
    [
      'because it says something of a task that is not there',
      { tasks: [a] },
      { taskRunSpecs: [{ pipelineTaskName: 'nope' }] },
      'False InvalidTaskRunSpecs',
      '[User error] PipelineRun rec/run doesn\'t define taskRunSpecs correctly: PipelineRun\'s taskrunSpecs defined wrong taskName: "nope", does not exist in Pipeline',
    ],
  ])('%s says so', async (_why, pipeline, spec, expected, told) => {
    const run = play(pipeline, {}, spec);
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe(expected);
    expect(message(run.pipelineRun())).toBe(told);
    expect(taskRuns(run.world).list(NAMESPACE)).toEqual([]);
  });
});

describe('what a run says of its TaskRuns', () => {
  test('is for all of them, and for each', async () => {
    const run = play(
      { tasks: [a, b] },
      {},
      {
        taskRunTemplate: { podTemplate: { nodeSelector: { disk: 'ssd' } } },
        taskRunSpecs: [
          {
            pipelineTaskName: 'b',
            serviceAccountName: 'deployer',
            timeout: '5m',
            podTemplate: { env: [{ name: 'A', value: '1' }] },
            metadata: { labels: { team: 'payments' }, annotations: { note: 'n' } },
          },
        ],
      },
    );
    await run.run(1);
    const podTemplate = { nodeSelector: { disk: 'ssd' } };
    expect(run.taskRun('a').spec).toMatchObject({
      serviceAccountName: 'default',
      timeout: '1h0m0s',
      podTemplate,
    });
    const other = run.taskRun('b');
    expect(other.spec).toMatchObject({
      serviceAccountName: 'deployer',
      timeout: '5m0s',
      podTemplate: { ...podTemplate, env: [{ name: 'A', value: '1' }] },
    });
    expect(other.metadata).toMatchObject({
      labels: { team: 'payments', 'tekton.dev/pipelineTask': 'b' },
      annotations: { note: 'n' },
    });
  });

  test('are names of at most 63 letters', async () => {
    const simulation = simulate(playing({}));
    const name = 'a-run-with-a-name-that-leaves-no-room-for-that-of-its-task';
    const spec = { pipelineSpec: { tasks: [{ ...a, name: 'the-task-of-it' }] } };
    simulation.create({
      apiVersion: 'tekton.dev/v1',
      kind: 'PipelineRun',
      metadata: { name },
      spec,
    });
    await simulation.run(60);
    const [child] = taskRuns(simulation.world).list(NAMESPACE);
    expect(child?.metadata.name).toMatch(/^a-run-with-a-nam[0-9a-f]{32}-the-task-of-it$/);
    expect(child?.metadata.name).toHaveLength(63);
    expect(child && verdict(child)).toBe('True Succeeded');
  });
});
