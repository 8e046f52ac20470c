/** Tekton's validating webhook, for the API to ask before it stores one of Tekton's objects. */
import type { Admission, Admissions } from '../../kubernetes/api/admission/admission.ts';
import type { FailureCause } from '../../kubernetes/definitions/failure.ts';
import type { DraftObject, KubeObject } from '../../kubernetes/store/object.ts';
import {
  pipelineDefaults,
  pipelineRunDefaults,
  taskDefaults,
  taskRunDefaults,
} from '../defaults.ts';
import type { PipelineSpec } from '../model/pipeline.ts';
import type { PipelineRun, PipelineRunSpec, TaskRun, TaskRunSpec } from '../model/runs.ts';
import type { TaskSpec } from '../model/task.ts';
import { pipelineFaults } from './pipeline-rules.ts';
import { pipelineSpec } from './pipeline-shape.ts';
import { pipelineRunFaults, taskRunFaults } from './run-rules.ts';
import { pipelineRunSpec, taskRunSpec } from './run-shapes.ts';
import { anything, type Check, fault, fields } from './shape.ts';
import { taskFaults } from './task-rules.ts';
import { taskSpec } from './task-shape.ts';

/** By collection, as the API asks for them. */
export const TEKTON_ADMISSIONS: Admissions = {
  'tasks.tekton.dev': admission<TaskSpec>(taskSpec, taskDefaults, (spec) =>
    taskFaults(spec, 'spec'),
  ),
  'pipelines.tekton.dev': admission<PipelineSpec>(pipelineSpec, pipelineDefaults, (spec) =>
    pipelineFaults(spec, 'spec'),
  ),
  'pipelineruns.tekton.dev': admission<PipelineRunSpec>(
    pipelineRunSpec,
    pipelineRunDefaults,
    (spec, previous) => pipelineRunFaults(spec, previous as PipelineRun | undefined), // of this kind
  ),
  'taskruns.tekton.dev': admission<TaskRunSpec>(
    taskRunSpec,
    taskRunDefaults,
    (spec, previous) => taskRunFaults(spec, previous as TaskRun | undefined), // of this kind
  ),
};

/** The rules are asked only about what has the right shape, and is filled in. */
function admission<Spec>(
  shape: Check,
  defaults: (draft: DraftObject) => DraftObject,
  rules: (spec: Spec, previous: KubeObject | undefined) => readonly FailureCause[],
): Admission {
  const object = fields({
    'apiVersion!': anything,
    'kind!': anything,
    'metadata!': anything,
    'spec!': shape,
    status: anything,
  });
  return (draft, previous) => {
    const faults = [...object(draft, ''), ...nameFaults(draft)];
    if (faults.length > 0) return faults;
    return rules(defaults(draft).spec as Spec, previous); // the shape was found right
  };
}

function nameFaults({ metadata }: DraftObject): FailureCause[] {
  const tooLong = (metadata.name ?? '').length > 63;
  const told = 'Invalid resource name: length must be no more than 63 characters';
  return tooLong ? [fault(told, 'metadata.name')] : [];
}
