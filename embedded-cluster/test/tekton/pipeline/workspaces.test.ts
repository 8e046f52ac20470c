// Where tasks keep files: what is mounted where, and who may leave it out.
import { describe, expect, test } from '@jest/globals';
import { persistentVolumeClaims } from '../../../kubernetes/collection.ts';
import { embedded, message, play, podOf, said, says, verdict } from '../support/plays.ts';
import { NAMESPACE } from '../support/simulation.ts';

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
