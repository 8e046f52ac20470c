// What the webhook refuses, each with the path to it and the reason; and what it lets through.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import type { DraftObject, KubeObject } from '../../../local/store/object.ts';
import { TEKTON_ADMISSIONS } from '../../../local/tekton/admission/admissions.ts';
import { createTestApi } from '../api/support.ts';
import { documents } from './support/objects.ts';

function draft(kind: string, spec: unknown): DraftObject {
  return { apiVersion: 'tekton.dev/v1', kind, metadata: { name: 'x', namespace: 'rec' }, spec };
}

function refusals(object: DraftObject, previous?: KubeObject): string[] {
  const admission = TEKTON_ADMISSIONS[`${object.kind.toLowerCase()}s.tekton.dev`];
  return (admission?.(object, previous) ?? []).map(({ message, field }) => `${message}: ${field}`);
}

const step = { name: 'run', image: 'images.example/node:20', command: ['node'] };
const work = { name: 'work', taskRef: { name: 'work' } };

function task(fields: object): DraftObject {
  return draft('Task', { steps: [step], ...fields });
}

function taskWithStep(fields: object): DraftObject {
  return task({ steps: [{ ...step, ...fields }] });
}

function pipeline(fields: object): DraftObject {
  return draft('Pipeline', { tasks: [work], ...fields });
}

function pipelineTask(fields: object): DraftObject {
  return pipeline({ tasks: [{ ...work, ...fields }] });
}

function finalTask(fields: object): DraftObject {
  return pipeline({ finally: [{ name: 'conclude', taskRef: { name: 'conclude' }, ...fields }] });
}

function pipelineRun(fields: object): DraftObject {
  return draft('PipelineRun', { pipelineRef: { name: 'p' }, ...fields });
}

function taskRun(fields: object): DraftObject {
  return draft('TaskRun', { taskRef: { name: 't' }, ...fields });
}

const param = { name: 'list', type: 'array' };
const object = { name: 'db', type: 'object', properties: { host: {} } };

const refused: readonly [string, DraftObject, ...string[]][] = [
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

  ['a Task without steps', task({ steps: [] }), 'missing field(s): spec.steps'],
  ['a Task that does not speak of steps', draft('Task', {}), 'missing field(s): spec.steps'],
  [
    'a step without an image',
    task({ steps: [{ command: ['a'] }] }),
    'missing field(s): spec.steps[0].image',
  ],
  [
    'a step without a command',
    task({ steps: [{ image: 'a' }] }),
    'missing field(s): the embedded cluster does not look up entrypoints of images: spec.steps[0].command',
  ],
  [
    'two steps of one name',
    task({ steps: [step, step] }),
    'invalid value: run: spec.steps[1].name',
  ],
  [
    'a step name that is no label',
    taskWithStep({ name: 'A b' }),
    'invalid value "A b": must be a valid DNS label: spec.steps[0].name',
  ],
  [
    'an onError that is none',
    taskWithStep({ onError: 'ignore' }),
    'invalid value: "ignore": must be either "continue" or "stopAndFail": spec.steps[0].onError',
  ],
  [
    'a timeout that is none',
    taskWithStep({ timeout: 'soon' }),
    'invalid value: must be a duration such as 1h30m, is "soon": spec.steps[0].timeout',
  ],
  [
    'a mount over the runner',
    taskWithStep({ volumeMounts: [{ name: 'v', mountPath: '/tekton/bin' }] }),
    'volumeMount cannot be mounted under /tekton/ (volumeMount "v" mounted at "/tekton/bin"): spec.steps[0].volumeMounts[0].mountPath',
  ],
  [
    'two volumes of one name',
    task({
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'v', emptyDir: {} },
      ],
    }),
    'multiple volumes with same name "v": spec.volumes[1].name',
  ],
  [
    'two workspaces of one name',
    task({ workspaces: [{ name: 'w' }, { name: 'w', mountPath: '/w' }] }),
    'workspace name "w" must be unique: spec.workspaces[1].name',
  ],
  [
    'a workspace where something else is',
    task({
      workspaces: [
        { name: 'w', mountPath: '/w/' },
        { name: 'v', mountPath: '/w/' },
      ],
    }),
    'workspace mount path "/w/" must be unique: spec.workspaces[1].mountpath',
  ],
  [
    'two params of one name',
    task({ params: [param, param] }),
    'parameter appears more than once: spec.params[list]',
  ],
  [
    'a default of another type',
    task({ params: [{ name: 'a', type: 'array', default: 'b' }] }),
    '"array" type does not match default value\'s type: "string": spec.params.a.type',
  ],
  [
    'an object without properties',
    task({ params: [{ name: 'a', type: 'object' }] }),
    'missing field(s): spec.params.a.properties',
  ],
  [
    'an unknown param',
    taskWithStep({ args: ['--x=$(params.x)'] }),
    'non-existent variable in "--x=$(params.x)": spec.steps[0].args[0]',
  ],
  [
    'an unknown key of an object',
    task({ params: [object], steps: [{ ...step, args: ['$(params.db.port)'] }] }),
    'non-existent variable in "$(params.db.port)": spec.steps[0].args[0]',
  ],
  [
    'a list within a text',
    task({ params: [param], steps: [{ ...step, args: ['a $(params.list[*])'] }] }),
    'variable is not properly isolated in "a $(params.list[*])": spec.steps[0].args[0]',
  ],
  [
    'a list as an image',
    task({ params: [param], steps: [{ ...step, image: '$(params.list)' }] }),
    'variable type invalid in "$(params.list)": spec.steps[0].image',
  ],
  [
    'an unknown context',
    taskWithStep({ args: ['$(context.taskRun.nmae)'] }),
    'non-existent variable in "$(context.taskRun.nmae)": spec.steps[0].args[0]',
  ],
  [
    'a result with an impossible name',
    task({ results: [{ name: '-a' }] }),
    'invalid key name "-a": spec.results[0].name',
  ],

  [
    'two tasks of one name',
    pipeline({ tasks: [work, work] }),
    'expected exactly one, got both: spec.tasks[1].name',
  ],
  [
    'a final task named like a task',
    pipeline({ finally: [work] }),
    'expected exactly one, got both: spec.finally[0].name',
  ],
  [
    'a task name that is no label',
    pipelineTask({ name: 'My_Task' }),
    'invalid value "My_Task": Pipeline Task name must be a valid DNS Label: spec.tasks[0].name',
  ],
  [
    'a task that is nothing',
    pipeline({ tasks: [{ name: 'a' }] }),
    'expected exactly one, got neither: spec.tasks[0].taskRef, spec.tasks[0].taskSpec',
  ],
  [
    'a task that is two',
    pipelineTask({ taskSpec: { steps: [step] } }),
    'expected exactly one, got multiple: spec.tasks[0].taskRef, spec.tasks[0].taskSpec',
  ],
  [
    'an order that is a circle',
    pipeline({
      tasks: [
        { ...work, name: 'a', runAfter: ['b'] },
        { ...work, name: 'b', runAfter: ['a'] },
      ],
    }),
    'invalid value: cycle detected: a -> b -> a: spec.tasks',
  ],
  [
    'a circle by results',
    pipeline({
      tasks: [
        { ...work, name: 'a', params: [{ name: 'p', value: '$(tasks.b.results.r)' }] },
        { ...work, name: 'b', runAfter: ['a'] },
      ],
    }),
    'invalid value: cycle detected: a -> b -> a: spec.tasks',
  ],
  [
    'a runAfter of nothing',
    pipelineTask({ runAfter: ['nope'] }),
    "invalid value: task work depends on nope but nope wasn't present in Pipeline: spec.tasks",
  ],
  [
    'onError continue with retries',
    pipelineTask({ onError: 'continue', retries: 1 }),
    'PipelineTask OnError cannot be set to "continue" when Retries is greater than 0: spec.tasks[0]',
  ],
  [
    'an operator that is none',
    pipelineTask({ when: [{ input: 'a', operator: 'is', values: ['a'] }] }),
    'invalid value: must be one of in, notin, is "is": spec.tasks[0].when[0].operator',
  ],
  [
    'a guard without values',
    pipelineTask({ when: [{ input: 'a', operator: 'in', values: [] }] }),
    'invalid value: expecting non-empty values field: spec.tasks[0].when[0]',
  ],
  [
    'a param that the Pipeline does not have',
    pipelineTask({ params: [{ name: 'a', value: '$(params.b)' }] }),
    'non-existent variable in "$(params.b)": spec.tasks[0].params[0].value',
  ],
  [
    'a param given twice',
    pipelineTask({
      params: [
        { name: 'a', value: '' },
        { name: 'a', value: '' },
      ],
    }),
    'parameter names must be unique, the parameter "a" is also defined at: spec.tasks[0].params[1].name',
  ],
  [
    'a workspace that the Pipeline does not have',
    pipelineTask({ workspaces: [{ name: 'w' }] }),
    'invalid value: pipeline task "work" expects workspace with name "w" but none exists in pipeline spec: spec.tasks[0].workspaces[0]',
  ],
  [
    'a task that asks how another ended',
    pipelineTask({ params: [{ name: 'a', value: '$(tasks.work.status)' }] }),
    'invalid value: pipeline tasks can not refer to execution status of any other pipeline task or aggregate status of tasks: spec.tasks[0].params[0].value',
  ],
  [
    'a final task that asks about nobody',
    finalTask({ params: [{ name: 'a', value: '$(tasks.nope.status)' }] }),
    'invalid value: pipeline task nope is not defined in the pipeline: spec.finally[0].params[0].value',
  ],
  [
    'a final task with an order',
    finalTask({ runAfter: ['work'] }),
    'invalid value: no runAfter allowed under spec.finally, final task conclude has runAfter specified: spec.finally[0]',
  ],
  [
    'a final task that uses a result of one',
    finalTask({ params: [{ name: 'a', value: '$(tasks.conclude.results.r)' }] }),
    'invalid value: invalid task result reference, final task has task result reference from a final task conclude: spec.finally[0].params[0].value',
  ],
  [
    'a result that is no result',
    pipeline({ results: [{ name: 'r', value: 'promoted' }] }),
    'invalid value: expected pipeline results to be task result expressions but no expressions were found: spec.results[0].value',
  ],
  [
    'a result of nobody',
    pipeline({ results: [{ name: 'r', value: '$(tasks.nope.results.r)' }] }),
    'invalid value: referencing a nonexistent task: spec.results[0].value',
  ],

  [
    'a run of nothing',
    draft('PipelineRun', {}),
    'expected exactly one, got neither: spec.pipelineRef, spec.pipelineSpec',
  ],
  [
    'a run of two',
    pipelineRun({ pipelineSpec: { tasks: [work] } }),
    'expected exactly one, got both: spec.pipelineRef, spec.pipelineSpec',
  ],
  [
    'a run asked for the impossible',
    pipelineRun({ status: 'Stop' }),
    'invalid value: must be one of Cancelled, CancelledRunFinally, StoppedRunFinally, PipelineRunPending, is "Stop": spec.status',
  ],
  [
    'a param of a run given twice',
    pipelineRun({
      params: [
        { name: 'a', value: '' },
        { name: 'a', value: '' },
      ],
    }),
    'expected exactly one, got both: spec.params[a].name',
  ],
  [
    'a result as the param of a run',
    pipelineRun({ params: [{ name: 'a', value: '$(tasks.x.results.y)' }] }),
    'invalid value: cannot use result expressions in "$(tasks.x.results.y)" as PipelineRun parameter values: spec.params[a].value',
  ],
  [
    'tasks that may take longer than the whole',
    pipelineRun({ timeouts: { pipeline: '10m', tasks: '1h' } }),
    'invalid value: 1h0m0s should be <= pipeline duration: spec.timeouts.tasks',
  ],
  [
    'parts that are more than the whole',
    pipelineRun({ timeouts: { pipeline: '1h', tasks: '50m', finally: '20m' } }),
    'invalid value: 50m0s + 20m0s should be <= pipeline duration: spec.timeouts.tasks',
    'invalid value: 50m0s + 20m0s should be <= pipeline duration: spec.timeouts.finally',
  ],
  [
    'a workspace bound to nothing',
    pipelineRun({ workspaces: [{ name: 'w' }] }),
    'expected exactly one, got neither: spec.workspaces[0].persistentvolumeclaim, spec.workspaces[0].volumeclaimtemplate, spec.workspaces[0].emptydir, spec.workspaces[0].configmap, spec.workspaces[0].secret, spec.workspaces[0].projected',
  ],
  [
    'a workspace bound twice',
    pipelineRun({
      workspaces: [
        { name: 'w', emptyDir: {} },
        { name: 'w', emptyDir: {} },
      ],
    }),
    'workspace "w" provided by pipelinerun more than once: spec.workspaces[1].name',
  ],
  [
    'a message without a cancellation',
    taskRun({ statusMessage: 'why' }),
    'invalid value: statusMessage should not be set if status is not set, but it is currently set to why: spec.statusMessage',
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

const everything = task({
  displayName: 'Work',
  description: 'Works',
  params: [param, object, { name: 'a.b', default: 'c' }],
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
  params: [param],
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

const started = { startTime: '2026-11-21T05:50:00Z' };

function stored(object: DraftObject, status: object): KubeObject {
  const metadata = { name: 'x', uid: '1', resourceVersion: '1', creationTimestamp: '' };
  const spec = object.spec as object; // one of those above
  const defaults = {
    timeouts: { pipeline: '1h0m0s' },
    taskRunTemplate: { serviceAccountName: 'default' },
  };
  return { ...object, metadata, spec: { ...defaults, ...spec }, status };
}

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

  const root = resolve(import.meta.dirname, '../../..');
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

describe('a run that is there already', () => {
  const asked = pipelineRun({ status: 'Cancelled' });

  test('may be asked to stop', () => {
    expect(refusals(asked, stored(pipelineRun({}), started))).toEqual([]);
  });

  test('may be written again as it was, with the defaults left out', () => {
    expect(refusals(pipelineRun({}), stored(pipelineRun({}), started))).toEqual([]);
  });

  test('may not be given other params', () => {
    const changed = pipelineRun({ params: [{ name: 'a', value: 'b' }] });
    expect(refusals(changed, stored(pipelineRun({}), started))).toEqual([
      'invalid value: Once the PipelineRun has started, only status updates are allowed: spec',
    ]);
  });

  test('may not be held once it has started', () => {
    const held = pipelineRun({ status: 'PipelineRunPending' });
    expect(refusals(held, stored(pipelineRun({}), started))).toEqual([
      'invalid value: PipelineRun cannot be Pending after it is started: spec.status',
    ]);
  });

  test('may not be changed at all once it is done', () => {
    const done = { conditions: [{ type: 'Succeeded', status: 'True' }] };
    expect(refusals(asked, stored(pipelineRun({}), done))).toEqual([
      'invalid value: Once the PipelineRun is complete, no updates are allowed: spec',
    ]);
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
