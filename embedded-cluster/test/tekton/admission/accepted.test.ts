// What the webhook lets through, and how the API tells of what it does not.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { DraftObject } from '../../../kubernetes/store/object.ts';
import { TEKTON_ADMISSIONS } from '../../../tekton/admission/admissions.ts';
import { createTestApi } from '../../api/support.ts';
import {
  listParam,
  objectParam,
  pipeline,
  pipelineRun,
  refusals,
  step,
  task,
  work,
} from '../support/drafts.ts';
import { documents } from '../support/objects.ts';

const everything = task({
  displayName: 'Work',
  description: 'Works',
  params: [listParam, objectParam, { name: 'a.b', default: 'c' }],
  results: [{ name: 'r' }, { name: 'l', type: 'array' }, { name: 'o', properties: { k: {} } }],
  stepTemplate: {
    image: 'images.example/node:20',
    env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
    securityContext: { runAsNonRoot: true, capabilities: { drop: ['ALL'] } },
  },
  steps: [
    {
      name: 'one',
      command: ['node'],
      args: ['$(params.list[*])', '$(params.list[0])', '$(params.db.host)', "$(params['a.b'])"],
      workingDir: '$(workspaces.w.path)',
      computeResources: { requests: { cpu: '50m', memory: '96Mi' }, limits: { cpu: 1 } },
      timeout: '1m30s',
      onError: 'continue',
      volumeMounts: [{ name: 'v', mountPath: '/v', readOnly: true, subPath: 'x' }],
    },
    { command: ['node'], args: ['$(context.task.retry-count)', '$(UNKNOWN)', '$(results.r.path)'] },
  ],
  volumes: [{ name: 'v', secret: { secretName: 's', items: [{ key: 'a', path: 'b' }] } }],
  workspaces: [{ name: 'w', optional: true, readOnly: true }],
});

const whole = pipeline({
  params: [listParam],
  workspaces: [{ name: 'w', optional: true }],
  tasks: [
    { ...work, onError: 'continue', timeout: '5m', workspaces: [{ name: 'x', workspace: 'w' }] },
    {
      name: 'embedded',
      taskSpec: { steps: [{ ...step, args: ['$(params.list[*])'] }], metadata: { labels: {} } },
      runAfter: ['work'],
      when: [
        { input: '$(tasks.work.results.r)', operator: 'notin', values: ['$(params.list[*])'] },
      ],
    },
  ],
  finally: [
    { name: 'conclude', taskRef: { name: 'c' }, params: [{ name: 'a', value: '$(tasks.status)' }] },
  ],
  results: [{ name: 'r', value: '$(tasks.work.results.r)-$(finally.conclude.results.r)' }],
});

describe('accepted is', () => {
  test.each([
    ['a Task with everything in it', everything],
    ['a Pipeline with everything in it', whole],
    [
      'a run that embeds its Pipeline and gives it undeclared params',
      {
        ...pipelineRun({
          params: [{ name: 'x', value: 'y' }],
          workspaces: [{ name: 'w', emptyDir: {} }],
        }),
        spec: {
          pipelineSpec: {
            tasks: [{ name: 'a', taskSpec: { steps: [{ ...step, args: ['$(params.x)'] }] } }],
          },
          params: [{ name: 'x', value: 'y' }],
        },
      },
    ],
    [
      'a run with all its timeouts',
      pipelineRun({ timeouts: { pipeline: '1h', tasks: '40m', finally: '20m' } }),
    ],
  ])('%s', (_what, object) => {
    expect(refusals(object)).toEqual([]);
  });

  test.each(documents('recorded-pipeline.yaml').map((object) => [object as DraftObject]))(
    'what was recorded',
    (object) => expect(refusals(object)).toEqual([]),
  );

  const root = resolve(import.meta.dirname, '../../../..');
  const shipped = ['tasks', 'pipelines'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((file) => join(folder, file)),
  );

  test.each(shipped)('what is shipped as %s', (file) => {
    const text = readFileSync(join(root, file), 'utf8');
    for (const document of parseAllDocuments(text, { version: '1.1' })) {
      expect(refusals(document.toJS())).toEqual([]);
    }
  });
});

describe('through the API', () => {
  const runs = '/apis/tekton.dev/v1/namespaces/default/pipelineruns';

  test('a refusal reads as the webhook says it', () => {
    const api = createTestApi({ admissions: TEKTON_ADMISSIONS });
    const { status, body } = api.post(runs, {
      ...pipelineRun({ foo: 1 }),
      metadata: { name: 'x' },
    });
    expect(status).toBe(400);
    expect(body.message).toBe(
      'admission webhook "validation.webhook.pipeline.tekton.dev" denied the request: validation failed: unknown field: spec.foo',
    );
  });

  test('a run written as v1beta1 is checked as what it becomes', () => {
    const api = createTestApi({ admissions: TEKTON_ADMISSIONS });
    const beta = runs.replace('/v1/', '/v1beta1/');
    const sent = {
      apiVersion: 'tekton.dev/v1beta1',
      kind: 'PipelineRun',
      metadata: { name: 'x' },
      spec: { pipelineRef: { name: 'p', bundle: 'b' }, serviceAccountName: 'deployer' },
    };
    expect(api.post(beta, sent).body.message).toContain(
      'bundles are not supported by the embedded cluster: spec.pipelineRef.bundle',
    );
    expect(
      api.post(beta, { ...sent, spec: { ...sent.spec, pipelineRef: { name: 'p' } } }).status,
    ).toBe(201);
    expect(api.get(`${runs}/x`).body.spec.taskRunTemplate.serviceAccountName).toBe('deployer');
    expect(api.get(`${beta}/x`).body.spec.serviceAccountName).toBe('deployer');
  });
});
