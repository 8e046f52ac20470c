// The ways in which a TaskRun ends, and what is then said of it.
import { describe, expect, test } from '@jest/globals';
import { pods } from '../../../kubernetes/collection.ts';
import type { ContainerState, PodStatus } from '../../../kubernetes/shapes.ts';
import { taskRuns } from '../../../tekton/collections.ts';
import type { StepState } from '../../../tekton/model/runs.ts';
import { message, type PlayedTask, playTask, STEP, verdict } from '../support/plays.ts';
import { NAMESPACE } from '../support/simulation.ts';

const ONE = { taskSpec: { steps: [STEP] } };
const TWO = {
  taskSpec: {
    steps: [
      { ...STEP, name: 'one' },
      { ...STEP, name: 'two' },
    ],
  },
};

function stepsOf(run: PlayedTask): [string, number | undefined, string | undefined][] {
  return (run.taskRun().status?.steps ?? []).map((step: StepState) => [
    step.name,
    step.terminated?.exitCode,
    step.terminationReason,
  ]);
}

/** As a kubelet would say it of a pod that it has not started, or not ended by itself. */
function tell(run: PlayedTask, status: PodStatus): void {
  pods(run.world).updateStatus({ ...run.pod(), status });
}

function inState(state: ContainerState, image = ''): NonNullable<PodStatus['containerStatuses']> {
  return [{ name: 'step-run', image, imageID: image, ready: false, restartCount: 0, state }];
}

describe('steps', () => {
  test('run one after the other, and after one that fails the others do not', async () => {
    const run = playTask(TWO, (step) => ({ exit: step === 'one' ? 3 : 0 }));
    await run.finish();
    expect(verdict(run.taskRun())).toBe('False StepFailed');
    expect(message(run.taskRun())).toBe('"step-one" exited with code 3: Error');
    expect(stepsOf(run)).toEqual([
      ['one', 3, 'Error'],
      ['two', 1, 'Skipped'],
    ]);
  });

  test('of which one is running are told of as they are', async () => {
    const run = playTask(TWO, () => ({ seconds: 5 }));
    await run.run(7);
    const [one, two] = run.taskRun().status?.steps ?? [];
    expect(one).toMatchObject({ name: 'one', container: 'step-one', terminated: { exitCode: 0 } });
    expect(two).toMatchObject({ name: 'two', container: 'step-two', running: {} });
    expect(verdict(run.taskRun())).toBe('Unknown Running');
  });

  test('that may fail leave their own exit code, and the run succeeds', async () => {
    const run = playTask(ONE, () => ({ internal: { ExitCode: '7' } }));
    await run.finish();
    expect(verdict(run.taskRun())).toBe('True Succeeded');
    expect(stepsOf(run)).toEqual([['run', 7, 'Continued']]);
  });

  test('that took too long are told apart from those that failed', async () => {
    const run = playTask(ONE, () => ({ exit: 1, internal: { Reason: 'TimeoutExceeded' } }));
    await run.finish();
    expect(message(run.taskRun())).toBe(
      '"step-run" exited because the step exceeded the specified timeout limit',
    );
    expect(stepsOf(run)).toEqual([['run', 1, 'TimeoutExceeded']]);
  });
});

describe('retries', () => {
  const twice = { ...ONE, retries: 2 };

  test('give every attempt a pod of its own, and keep what came of the earlier ones', async () => {
    const run = playTask(twice, (_step, attempt) => ({ exit: attempt < 2 ? 4 + attempt : 0 }));
    await run.finish();
    const { status } = run.taskRun();
    expect(verdict(run.taskRun())).toBe('True Succeeded');
    expect(status?.podName).toBe('run-pod-retry2');
    expect(status?.retriesStatus?.map(({ podName, conditions }) => [podName, conditions])).toEqual([
      ['run-pod', [expect.objectContaining({ status: 'False', reason: 'StepFailed' })]],
      ['run-pod-retry1', [expect.objectContaining({ status: 'False', reason: 'StepFailed' })]],
    ]);
    expect(pods(run.world).list(NAMESPACE)).toHaveLength(3);
  });

  test('are used up in the end', async () => {
    const run = playTask(twice, (_step, attempt) => ({ exit: 4 + attempt }));
    await run.finish();
    expect(verdict(run.taskRun())).toBe('False StepFailed');
    expect(message(run.taskRun())).toBe('"step-run" exited with code 6: Error');
    expect(run.taskRun().status?.retriesStatus).toHaveLength(2);
  });

  test('tell the program which of them it is in', async () => {
    const args = ['$(context.task.retry-count)'];
    const run = playTask({ retries: 1, taskSpec: { steps: [{ ...STEP, args }] } }, () => ({
      exit: 1,
    }));
    await run.finish();
    expect(run.pod('run-pod').spec.containers[0]?.args?.at(-1)).toBe('0');
    expect(run.pod('run-pod-retry1').spec.containers[0]?.args?.at(-1)).toBe('1');
  });

  test('have the whole timeout each', async () => {
    const run = playTask({ ...ONE, retries: 1, timeout: '10s' }, () => ({ seconds: 60 }));
    const startedMs = run.clock.now();
    await run.until(() => verdict(run.taskRun()) === 'False TaskRunTimeout');
    expect(run.clock.now() - startedMs).toBeGreaterThanOrEqual(20_000);
    expect(run.taskRun().status?.retriesStatus).toHaveLength(1);
  });

  test('do not bring back a run that was cancelled', async () => {
    const run = playTask(twice, () => ({ seconds: 60 }));
    await run.run(5);
    taskRuns(run.world).update({
      ...run.taskRun(),
      spec: { ...twice, status: 'TaskRunCancelled' },
    });
    await run.finish();
    expect(verdict(run.taskRun())).toBe('False TaskRunCancelled');
    expect(run.taskRun().status?.retriesStatus).toBeUndefined();
  });
});

describe('a run that is stopped', () => {
  test('by its timeout loses its pod and what it has written', async () => {
    const run = playTask({ ...ONE, timeout: '1m' }, () => ({ seconds: 600, results: { r: 'x' } }));
    await run.finish();
    expect(verdict(run.taskRun())).toBe('False TaskRunTimeout');
    expect(message(run.taskRun())).toBe('TaskRun "run" failed to finish within "1m0s"');
    expect(stepsOf(run)).toEqual([['run', 1, 'TaskRunTimeout']]);
    expect(run.taskRun().status?.results).toBeUndefined();
    expect(pods(run.world).list(NAMESPACE)).toEqual([]);
  });

  test('never is where its timeout is zero', async () => {
    const run = playTask({ ...ONE, timeout: '0' }, () => ({ seconds: 7200 }));
    await run.run(7000);
    expect(verdict(run.taskRun())).toBe('Unknown Running');
  });

  test('before it has begun has no pod', async () => {
    const run = playTask({ ...ONE, status: 'TaskRunCancelled', statusMessage: 'Not wanted.' });
    await run.finish();
    expect(verdict(run.taskRun())).toBe('False TaskRunCancelled');
    expect(message(run.taskRun())).toBe('TaskRun "run" was cancelled. Not wanted.');
    expect(run.taskRun().status?.podName).toBeUndefined();
    expect(pods(run.world).list(NAMESPACE)).toEqual([]);
  });
});

describe('a pod', () => {
  const evicted = 'The node was low on resource: memory.';
  const pullMessage = 'Back-off pulling image "images.example/node:20"';

  test.each<[string, PodStatus, string, string]>([
    [
      'that was evicted',
      {
        phase: 'Failed',
        reason: 'Evicted',
        message: evicted,
        containerStatuses: inState({ terminated: { exitCode: 137, reason: 'Error' } }),
      },
      'False PodEvicted',
      evicted,
    ],
    [
      'that ran out of memory',
      {
        phase: 'Failed',
        containerStatuses: inState({ terminated: { exitCode: 137, reason: 'OOMKilled' } }),
      },
      'False StepOOM',
      '"step-run" exited with code 137: OOMKilled',
    ],
    [
      'that failed before its containers did',
      { phase: 'Failed', message: 'Pod was active on the node longer than the deadline' },
      'False Failed',
      'Pod was active on the node longer than the deadline',
    ],
    [
      'whose image cannot be pulled',
      {
        phase: 'Pending',
        containerStatuses: inState(
          { waiting: { reason: 'ImagePullBackOff', message: pullMessage } },
          'images.example/node:20',
        ),
      },
      'False TaskRunImagePullFailed',
      `The step "run" in TaskRun "run" failed to pull the image "images.example/node:20". The pod errored with the message: "${pullMessage}."`,
    ],
    [
      'whose image is being tried',
      {
        phase: 'Pending',
        containerStatuses: inState({ waiting: { reason: 'ErrImagePull', message: 'not found' } }),
      },
      'Unknown PullImageFailed',
      'build step "step-run" is pending with reason "not found"',
    ],
    [
      'that needs a ConfigMap which is not there',
      {
        phase: 'Pending',
        containerStatuses: inState({
          waiting: { reason: 'CreateContainerConfigError', message: 'configmap "c" not found' },
        }),
      },
      'False CreateContainerConfigError',
      'Failed to create pod due to config error',
    ],
    [
      'that fits on no node',
      {
        phase: 'Pending',
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/1 nodes are available: 1 Insufficient cpu.',
          },
        ],
      },
      'Unknown ExceededNodeResources',
      'TaskRun Pod exceeded available resources',
    ],
    [
      'that no node takes',
      {
        phase: 'Pending',
        conditions: [
          { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no nodes' },
        ],
      },
      'Unknown Pending',
      'pod status "PodScheduled":"False"; message: "no nodes"',
    ],
  ])('%s', async (_what, status, expected, why) => {
    const run = playTask(ONE, () => ({ seconds: 600 }));
    await run.until(() => pods(run.world).get(NAMESPACE, 'run-pod') !== undefined);
    tell(run, status);
    // Before the player gets to start it.
    await run.run(0.5);
    expect(verdict(run.taskRun())).toBe(expected);
    expect(message(run.taskRun())).toBe(why);
  });

  test('that has vanished is made again, and nothing is said', async () => {
    const run = playTask(ONE, () => ({ seconds: 5 }));
    await run.run(3);
    const first = run.pod();
    pods(run.world).delete(NAMESPACE, 'run-pod', { gracePeriodSeconds: 0 });
    await run.finish();
    expect(verdict(run.taskRun())).toBe('True Succeeded');
    expect(run.pod().metadata.uid).not.toBe(first.metadata.uid);
  });
});

describe('a run that cannot begin', () => {
  test.each([
    [
      'for want of its Task',
      { taskRef: { name: 'nope' } },
      'False TaskRunResolutionFailed',
      'error when listing tasks for taskRun run: tasks.tekton.dev "nope" not found',
    ],
    [
      'for want of a param',
      { taskSpec: { params: [{ name: 'p' }], steps: [STEP] } },
      'False TaskRunValidationFailed',
      '[User error] invalid input params for task : missing values for these params which have no default values: [p]',
    ],
    [
      'for want of a workspace',
      { taskSpec: { workspaces: [{ name: 'source' }], steps: [STEP] } },
      'False TaskRunValidationFailed',
      '[User error] declared workspace "source" is required but has not been bound',
    ],
  ])('%s says so and has no pod', async (_what, spec, expected, why) => {
    const run = playTask(spec);
    await run.finish();
    expect(verdict(run.taskRun())).toBe(expected);
    expect(message(run.taskRun())).toBe(why);
    expect(pods(run.world).list(NAMESPACE)).toEqual([]);
  });
});
