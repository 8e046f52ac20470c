// The pod that a TaskRun becomes.
import { describe, expect, test } from '@jest/globals';
import { message, type PlayedTask, playTask, STEP, verdict } from '../support/plays.ts';

type Container = Record<string, unknown> & { readonly args: readonly string[] };

async function containersOf(spec: object): Promise<readonly Container[]> {
  const run = await started(spec);
  return JSON.parse(JSON.stringify(run.pod().spec.containers));
}

async function started(spec: object, others: readonly unknown[] = []): Promise<PlayedTask> {
  const run = playTask(spec, () => ({ seconds: 5 }), others);
  await run.run(1);
  return run;
}

function account(name: string): object {
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } };
}

function steps(...fields: object[]): object {
  return { taskSpec: { steps: fields.map((field) => ({ ...STEP, name: undefined, ...field })) } };
}

describe('a container', () => {
  test('is named after its step, or after its place', async () => {
    const containers = await containersOf(steps({ name: 'build' }, {}));
    expect(containers.map(({ name }) => name)).toEqual(['step-build', 'step-unnamed-1']);
  });

  test('starts the entrypoint, which is told of the program after two dashes', async () => {
    const [first, second] = await containersOf(
      steps(
        { name: 'one', command: ['node', '-e'], args: ['--', '$(not.a.variable)'] },
        { name: 'two', timeout: '5s', onError: 'continue' },
      ),
    );
    expect(first).toMatchObject({ command: ['/tekton/bin/node', '/tekton/bin/entrypoint.mjs'] });
    expect(first?.args).toEqual([
      ...['-post_file', '/tekton/steps/step-one/out'],
      ...['-termination_path', '/tekton/termination'],
      ...['-step_metadata_dir', '/tekton/steps/step-one'],
      ...['-entrypoint', 'node', '--', '-e', '--', '$(not.a.variable)'],
    ]);
    expect(second?.args).toEqual([
      ...['-wait_file', '/tekton/steps/step-one/out'],
      ...['-post_file', '/tekton/steps/step-two/out'],
      ...['-termination_path', '/tekton/termination'],
      ...['-step_metadata_dir', '/tekton/steps/step-two'],
      ...['-timeout', '5s', '-on_error', 'continue'],
      ...['-entrypoint', 'node', '--'],
    ]);
  });

  test('gets of its step what Kubernetes knows as well', async () => {
    const given = {
      imagePullPolicy: 'Never',
      workingDir: '/workspace',
      env: [{ name: 'A', value: '1' }],
      envFrom: [{ configMapRef: { name: 'c' } }],
      securityContext: { runAsNonRoot: true },
    };
    const requests = { cpu: '1' };
    const [container] = await containersOf(steps({ ...given, computeResources: { requests } }));
    expect(container).toMatchObject({ ...given, resources: { requests } });
  });

  test('is filled up from the template of steps, by name where things have names', async () => {
    const [container] = await containersOf({
      taskSpec: {
        stepTemplate: {
          image: 'images.example/other:1',
          workingDir: '/template',
          env: [
            { name: 'A', value: 'template' },
            { name: 'B', value: 'template' },
          ],
          securityContext: { runAsUser: 1, runAsNonRoot: true },
        },
        steps: [
          {
            name: 'one',
            command: ['node'],
            workingDir: '/own',
            env: [
              { name: 'B', value: 'own' },
              { name: 'C', value: 'own' },
            ],
            securityContext: { runAsUser: 2 },
          },
        ],
      },
    });
    expect(container).toMatchObject({
      image: 'images.example/other:1',
      workingDir: '/own',
      env: [
        { name: 'A', value: 'template' },
        { name: 'B', value: 'own' },
        { name: 'C', value: 'own' },
      ],
      securityContext: { runAsUser: 2, runAsNonRoot: true },
    });
  });

  test('gets the variables of the run before those of its step', async () => {
    const env = [{ name: 'A', value: 'run' }];
    const [container] = await containersOf({
      ...steps({ env: [{ name: 'A', value: 'step' }] }),
      podTemplate: { env },
    });
    expect(container?.env).toEqual(env);
  });
});

describe('the pod', () => {
  test('is of the account and of the pod template of the run', async () => {
    const volumes = [{ name: 'scratch', emptyDir: {} }];
    const mount = { name: 'scratch', mountPath: '/scratch' };
    const asked = {
      ...steps({ volumeMounts: [mount] }),
      serviceAccountName: 'deployer',
      podTemplate: { nodeSelector: { disk: 'ssd' }, volumes },
    };
    const run = await started(asked, [account('deployer')]);
    const { spec } = run.pod();
    expect(spec).toMatchObject({
      serviceAccountName: 'deployer',
      nodeSelector: { disk: 'ssd' },
      restartPolicy: 'Never',
    });
    expect(spec.volumes).toContainEqual(volumes[0]);
    expect(spec.containers[0]?.volumeMounts).toContainEqual(mount);
  });

  test('of an account that does not exist is refused, which fails the run', async () => {
    const run = playTask({ ...steps({}), serviceAccountName: 'nobody' });
    await run.finish();
    expect(verdict(run.taskRun())).toBe('False PodCreationFailed');
    expect(message(run.taskRun())).toContain('serviceaccount "nobody" not found');
  });

  test('inherits the labels and annotations of the run, and of its Task', async () => {
    const task = {
      apiVersion: 'tekton.dev/v1',
      kind: 'Task',
      metadata: { name: 'work', labels: { team: 'payments' }, annotations: { note: 'n' } },
      spec: { steps: [STEP] },
    };
    const run = await started({ taskRef: { name: 'work' } }, [task]);
    for (const { metadata } of [run.taskRun(), run.pod()]) {
      expect(metadata.labels).toMatchObject({ team: 'payments', 'tekton.dev/task': 'work' });
      expect(metadata.annotations).toMatchObject({ note: 'n' });
    }
    expect(run.pod().metadata.labels?.['tekton.dev/taskRun']).toBe('run');
  });

  test.each([
    ['1h', 5400],
    ['10s', 15],
    ['0', 2_147_483_647],
  ])('may live half as long again as a run of %s', async (timeout, seconds) => {
    const run = await started({ ...steps({}), timeout });
    expect(run.pod().spec.activeDeadlineSeconds).toBe(seconds);
  });

  test('that the API refuses fails the run', async () => {
    const mount = { name: 'nowhere', mountPath: '/x' };
    const run = playTask(steps({ volumeMounts: [mount] }));
    await run.finish();
    expect(verdict(run.taskRun())).toBe('False PodCreationFailed');
    expect(message(run.taskRun())).toMatch(
      /^failed to create task run pod "run": Pod "run-pod" is invalid: .*Not found: "nowhere".*\. Maybe invalid TaskSpec$/,
    );
  });
});
