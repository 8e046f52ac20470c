// What a run may not say, and what may not be changed about it.
import { describe, expect, test } from '@jest/globals';
import type { DraftObject, KubeObject } from '../../../kubernetes/store/object.ts';
import { draft, pipelineRun, type Refusal, refusals, taskRun, work } from '../support/drafts.ts';

const refused: readonly Refusal[] = [
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
