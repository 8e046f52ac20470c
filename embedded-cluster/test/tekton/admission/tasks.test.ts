// What a Task may not say.
import { describe, expect, test } from '@jest/globals';
import {
  draft,
  listParam,
  objectParam,
  type Refusal,
  refusals,
  step,
  task,
  taskWithStep,
} from '../support/drafts.ts';

const refused: readonly Refusal[] = [
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
    task({ params: [listParam, listParam] }),
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
    task({ params: [objectParam], steps: [{ ...step, args: ['$(params.db.port)'] }] }),
    'non-existent variable in "$(params.db.port)": spec.steps[0].args[0]',
  ],
  [
    'a list within a text',
    task({ params: [listParam], steps: [{ ...step, args: ['a $(params.list[*])'] }] }),
    'variable is not properly isolated in "a $(params.list[*])": spec.steps[0].args[0]',
  ],
  [
    'a list as an image',
    task({ params: [listParam], steps: [{ ...step, image: '$(params.list)' }] }),
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
];

describe('refused is', () => {
  test.each(refused)('%s', (_what, object, ...why) => {
    expect(refusals(object)).toEqual(why);
  });
});
