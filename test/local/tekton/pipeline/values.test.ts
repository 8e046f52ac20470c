// What goes into a run and comes out of it: params, context, workspaces, results.
import { describe, expect, test } from '@jest/globals';
import { persistentVolumeClaims, pods } from '../../../../local/collection.ts';
import type { Pod } from '../../../../local/shapes.ts';
import { embedded, given, message, type PlayedRun, play, STEP, verdict } from '../support/plays.ts';
import { NAMESPACE } from '../support/simulation.ts';

function says(...args: string[]): object {
  return { steps: [{ ...STEP, args }] };
}

function podOf(run: PlayedRun, task: string): Pod {
  const pod = pods(run.world).get(NAMESPACE, `run-${task}-pod`);
  if (!pod) throw new Error(`${task} has no pod`);
  return pod;
}

/** What follows `--` in the arguments of the first step. */
function said(run: PlayedRun, task: string): string[] {
  const args = podOf(run, task).spec.containers[0]?.args ?? [];
  return args.slice(args.indexOf('--') + 1);
}

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

describe('workspaces', () => {
  const declared = [{ name: 'source' }, { name: 'config', optional: true }];
  const uses = {
    ...embedded({
      workspaces: [
        { name: 'src', mountPath: '/src' },
        { name: 'cfg', optional: true, readOnly: true },
      ],
      ...says(
        '$(workspaces.src.path)',
        '$(workspaces.src.bound)',
        '$(workspaces.cfg.path)',
        '$(workspaces.cfg.bound)',
        '$(workspaces.src.claim)',
        '$(params.p)',
      ),
      params: [{ name: 'p' }],
    }),
    params: [{ name: 'p', value: '$(workspaces.source.bound) $(workspaces.config.bound)' }],
    workspaces: [
      { name: 'src', workspace: 'source', subPath: 'sub' },
      { name: 'cfg', workspace: 'config' },
    ],
  };

  test('are mounted where the Task wants them, and unbound optional ones are not', async () => {
    const claim = { name: 'source', subPath: 'top', persistentVolumeClaim: { claimName: 'data' } };
    const run = play(
      { workspaces: declared, tasks: [{ name: 'a', ...uses }] },
      {},
      { workspaces: [claim] },
    );
    await run.finish();
    expect(said(run, 'a')).toEqual(['/src', 'true', '', 'false', 'data', 'true false']);
    const { containers, volumes } = podOf(run, 'a').spec;
    expect(volumes).toContainEqual({
      name: 'ws-src',
      persistentVolumeClaim: { claimName: 'data' },
    });
    expect(containers[0]?.volumeMounts).toContainEqual({
      name: 'ws-src',
      mountPath: '/src',
      subPath: 'top/sub',
    });
  });

  test.each([
    ['an emptyDir', { emptyDir: {} }],
    ['a ConfigMap', { configMap: { name: 'c', defaultMode: 0o600 } }],
    ['a Secret', { secret: { secretName: 's', defaultMode: 0o600 } }],
    ['projected sources', { projected: { sources: [], defaultMode: 0o600 } }],
  ])('may be %s', async (_what, source) => {
    const bound = [
      { name: 'source', emptyDir: {} },
      { name: 'config', ...source },
    ];
    const run = play(
      { workspaces: declared, tasks: [{ name: 'a', ...uses }] },
      {},
      { workspaces: bound },
    );
    await run.finish();
    const { containers, volumes } = podOf(run, 'a').spec;
    expect(volumes).toContainEqual({ name: 'ws-cfg', ...source });
    expect(containers[0]?.volumeMounts).toContainEqual({
      name: 'ws-cfg',
      mountPath: '/workspace/cfg',
      readOnly: true,
    });
  });

  test('made from a template get a claim that belongs to the run, one for all tasks', async () => {
    const volumeClaimTemplate = {
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    };
    const run = play(
      {
        workspaces: declared,
        tasks: [
          { name: 'a', ...uses },
          { name: 'b', ...uses },
        ],
      },
      {},
      { workspaces: [{ name: 'source', volumeClaimTemplate }] },
    );
    await run.finish();
    const [claim, ...others] = persistentVolumeClaims(run.world).list(NAMESPACE);
    expect(others).toEqual([]);
    expect(claim?.metadata.ownerReferences?.[0]).toMatchObject({
      kind: 'PipelineRun',
      name: 'run',
    });
    for (const task of ['a', 'b']) {
      const claimName = claim?.metadata.name;
      expect(podOf(run, task).spec.volumes).toContainEqual({
        name: 'ws-src',
        persistentVolumeClaim: { claimName },
      });
    }
  });

  test('that are needed and not bound keep the run from starting', async () => {
    const run = play({ workspaces: declared, tasks: [{ name: 'a', ...uses }] });
    await run.finish();
    expect(message(run.pipelineRun())).toBe(
      '[User error] PipelineRun rec/run doesn\'t bind Pipeline rec/run\'s Workspaces correctly: pipeline requires workspace with name "source" be provided by pipelinerun',
    );
  });

  test('that a Task needs may not be optional in the Pipeline', async () => {
    const workspaces = [{ name: 'src', workspace: 'config' }];
    const run = play({
      workspaces: [{ name: 'config', optional: true }],
      tasks: [{ name: 'a', ...uses, workspaces, params: [{ name: 'p', value: '' }] }],
    });
    await run.finish();
    expect(verdict(run.pipelineRun())).toBe('False RequiredWorkspaceMarkedOptional');
  });
});
