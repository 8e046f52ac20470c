/** What must hold between the fields of a run, and between a run and what it was before. */
import { isDeepStrictEqual } from 'node:util';
import { durationMs, formatDuration } from '../../base/duration.ts';
import type { FailureCause } from '../../kubernetes/definitions/failure.ts';
import { isDone } from '../conditions.ts';
import type {
  PipelineRun,
  PipelineRunSpec,
  TaskRun,
  TaskRunSpec,
  Timeouts,
  WorkspaceBinding,
} from '../model/runs.ts';
import type { Param, ParamSpec } from '../model/task.ts';
import { typeOfValue } from '../params.ts';
import { resultReferencesIn } from '../pipeline/results/result-references.ts';
import { isObjectValue } from '../substitution/variables.ts';
import { pipelineFaults } from './pipeline-rules.ts';
import { fault } from './shape.ts';
import { duplicates, taskFaults } from './task-rules.ts';

const SOURCES = [
  'persistentVolumeClaim',
  'volumeClaimTemplate',
  'emptyDir',
  'configMap',
  'secret',
  'projected',
] as const;

export function pipelineRunFaults(
  spec: PipelineRunSpec,
  previous: PipelineRun | undefined,
): FailureCause[] {
  const { pipelineRef, pipelineSpec, params = [], workspaces = [], timeouts = {} } = spec;
  const inherited = {
    params: params.map(asDeclared),
    workspaces: workspaces.map(({ name }) => name),
  };
  return [
    ...oneOfTwo(pipelineRef, pipelineSpec, 'pipelineRef', 'pipelineSpec'),
    ...(pipelineSpec ? pipelineFaults(pipelineSpec, 'spec.pipelineSpec', inherited) : []),
    ...paramFaults(params),
    ...params.flatMap(({ name, value }) => {
      const told = `invalid value: cannot use result expressions in ${JSON.stringify(value)} as PipelineRun parameter values`;
      return resultReferencesIn(value).length > 0
        ? [fault(told, `spec.params[${name}].value`)]
        : [];
    }),
    ...timeoutFaults(timeouts),
    ...workspaceFaults(workspaces),
    ...(previous ? changeFaults(spec, previous) : []),
  ];
}

export function taskRunFaults(spec: TaskRunSpec, previous: TaskRun | undefined): FailureCause[] {
  const { taskRef, taskSpec, params = [], workspaces = [], status, statusMessage } = spec;
  const told = `invalid value: statusMessage should not be set if status is not set, but it is currently set to ${statusMessage}`;
  return [
    ...oneOfTwo(taskRef, taskSpec, 'taskRef', 'taskSpec'),
    ...(taskSpec ? taskFaults(taskSpec, 'spec.taskSpec', params.map(asDeclared)) : []),
    ...paramFaults(params),
    ...workspaceFaults(workspaces),
    ...(statusMessage && !status ? [fault(told, 'spec.statusMessage')] : []),
    ...(previous ? changeFaults(spec, previous) : []),
  ];
}

function oneOfTwo(ref: unknown, spec: unknown, refName: string, specName: string): FailureCause[] {
  const both = `spec.${refName}, spec.${specName}`;
  if (!ref && !spec) return [fault('expected exactly one, got neither', both)];
  return ref && spec ? [fault('expected exactly one, got both', both)] : [];
}

/** What a run gives is known to what is embedded in it, as if it had been declared. */
function asDeclared({ name, value }: Param): ParamSpec {
  const keys = isObjectValue(value) ? Object.keys(value) : [];
  const properties = Object.fromEntries(keys.map((key) => [key, {}]));
  return { name, type: typeOfValue(value), ...(keys.length > 0 && { properties }) };
}

function paramFaults(params: readonly Param[]): FailureCause[] {
  return duplicates(
    params.map(({ name }) => name),
    (name) => fault('expected exactly one, got both', `spec.params[${name}].name`),
  );
}

function workspaceFaults(workspaces: readonly WorkspaceBinding[]): FailureCause[] {
  return [
    ...duplicates(
      workspaces.map(({ name }) => name),
      (name, index) =>
        fault(
          `workspace "${name}" provided by pipelinerun more than once`,
          `spec.workspaces[${index}].name`,
        ),
    ),
    ...workspaces.flatMap((binding, index) => {
      const at = `spec.workspaces[${index}]`;
      const sources = SOURCES.filter((source) => binding[source] !== undefined);
      if (sources.length === 1) return [];
      const got = sources.length === 0 ? 'neither' : 'both';
      return [
        fault(
          `expected exactly one, got ${got}`,
          SOURCES.map((one) => `${at}.${one.toLowerCase()}`).join(', '),
        ),
      ];
    }),
  ];
}

function timeoutFaults(timeouts: Timeouts): FailureCause[] {
  const wholeMs = durationMs(timeouts.pipeline) ?? 0;
  const tasksMs = durationMs(timeouts.tasks);
  const finallyMs = durationMs(timeouts.finally);
  const faults: FailureCause[] = [];
  if (wholeMs === 0) return faults;
  const told = (what: string, field: string): void => {
    faults.push(
      fault(`invalid value: ${what} should be <= pipeline duration`, `spec.timeouts.${field}`),
    );
  };
  const parts = [['tasks', tasksMs] as const, ['finally', finallyMs] as const];
  for (const [field, partMs] of parts) {
    if (partMs === 0) told('0s (no timeout)', field);
    else if (partMs !== undefined && partMs > wholeMs) told(formatDuration(partMs), field);
  }
  if (tasksMs && finallyMs && tasksMs + finallyMs > wholeMs) {
    const sum = `${formatDuration(tasksMs)} + ${formatDuration(finallyMs)}`;
    for (const [field] of parts) told(sum, field);
  }
  return faults;
}

/** Once it is there, a run can only be asked to stop; once it is done, nothing can be changed. */
function changeFaults(
  spec: PipelineRunSpec | TaskRunSpec,
  previous: PipelineRun | TaskRun,
): FailureCause[] {
  const { kind, spec: before, status } = previous;
  if (isDone(status)) {
    const told = `invalid value: Once the ${kind} is complete, no updates are allowed`;
    return isDeepStrictEqual(spec, before) ? [] : [fault(told, 'spec')];
  }
  if (
    kind === 'PipelineRun' &&
    spec.status === 'PipelineRunPending' &&
    status &&
    'startTime' in status
  ) {
    return [
      fault('invalid value: PipelineRun cannot be Pending after it is started', 'spec.status'),
    ];
  }
  if (isDeepStrictEqual(fixedPart(spec), fixedPart(before))) return [];
  const open = kind === 'TaskRun' ? 'status and statusMessage' : 'status';
  return [
    fault(`invalid value: Once the ${kind} has started, only ${open} updates are allowed`, 'spec'),
  ];
}

function fixedPart(spec: PipelineRunSpec | TaskRunSpec): unknown {
  const { status: _status, ...fixed } = spec;
  if (!('statusMessage' in fixed)) return fixed;
  const { statusMessage: _statusMessage, ...rest } = fixed;
  return rest;
}
