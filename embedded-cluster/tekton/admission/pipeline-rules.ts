/** What must hold between the fields of a Pipeline. */
import type { FailureCause } from '../../kubernetes/definitions/failure.ts';
import type { PipelineSpec, PipelineTask } from '../model/pipeline.ts';
import type { ParamSpec } from '../model/task.ts';
import { graphFault, graphOf } from '../pipeline/graph.ts';
import { resultReferencesIn } from '../pipeline/results/result-references.ts';
import { referencesIn } from '../substitution/substitute.ts';
import { fault } from './shape.ts';
import { DNS_LABEL, duplicates, paramSpecFaults, taskFaults } from './task-rules.ts';
import {
  contextFaults,
  PIPELINE_CONTEXT,
  paramReferenceFaults,
  textsAt,
} from './variable-rules.ts';

/** What a Pipeline that stands in its run sees beside what it declares. */
export interface Inherited {
  readonly params: readonly ParamSpec[];
  readonly workspaces: readonly string[];
}

export function pipelineFaults(
  spec: PipelineSpec,
  path: string,
  inherited: Inherited = { params: [], workspaces: [] },
): FailureCause[] {
  const { tasks = [], finally: finals = [] } = spec;
  const params = [...(spec.params ?? []), ...inherited.params];
  const workspaces = [...(spec.workspaces?.map(({ name }) => name) ?? []), ...inherited.workspaces];
  const names = tasks.map(({ name }) => name);
  const placed = [
    ...tasks.map((task, index) => ({ task, at: `${path}.tasks[${index}]` })),
    ...finals.map((task, index) => ({ task, at: `${path}.finally[${index}]` })),
  ];
  const cyclic = graphFault(graphOf(tasks));
  return [
    ...paramSpecFaults(spec.params, path),
    ...duplicates(
      spec.workspaces?.map(({ name }) => name),
      (name, index) =>
        fault(
          `invalid value: workspace with name "${name}" appears more than once`,
          `${path}.workspaces[${index}]`,
        ),
    ),
    ...duplicates(
      placed.map(({ task }) => task.name),
      (_name, index) => fault('expected exactly one, got both', `${placed[index]?.at}.name`),
    ),
    ...(cyclic ? [fault(`invalid value: ${cyclic}`, `${path}.tasks`)] : []),
    ...(finals.length > 0 && tasks.length === 0
      ? [
          fault(
            `invalid value: spec.tasks is empty but spec.finally has ${finals.length} tasks`,
            `${path}.finally`,
          ),
        ]
      : []),
    ...placed.flatMap(({ task, at }) => [
      ...pipelineTaskFaults(task, at, params),
      ...workspaceFaults(task, at, workspaces),
    ]),
    ...tasks.flatMap((task, index) => statusFaults(task, `${path}.tasks[${index}]`)),
    ...finals.flatMap((task, index) =>
      finalFaults(task, `${path}.finally[${index}]`, names, finals),
    ),
    ...resultFaults(spec, path),
  ];
}

function pipelineTaskFaults(
  task: PipelineTask,
  path: string,
  params: readonly ParamSpec[],
): FailureCause[] {
  const faults: FailureCause[] = [];
  const { name, taskRef, taskSpec, onError, retries = 0, when = [] } = task;
  if (!DNS_LABEL.test(name)) {
    const why = `invalid value "${name}": Pipeline Task name must be a valid DNS Label`;
    faults.push(fault(why, `${path}.name`));
  }
  const both = `${path}.taskRef, ${path}.taskSpec`;
  if (!taskRef && !taskSpec) faults.push(fault('expected exactly one, got neither', both));
  if (taskRef && taskSpec) faults.push(fault('expected exactly one, got multiple', both));
  if (onError && !/^(continue|stopAndFail|\$\(params.*)$/.test(onError)) {
    const why = `invalid value: ${onError}: PipelineTask OnError must be either "continue" or "stopAndFail"`;
    faults.push(fault(why, `${path}.onError`));
  }
  if (onError === 'continue' && retries > 0) {
    const why = 'PipelineTask OnError cannot be set to "continue" when Retries is greater than 0';
    faults.push(fault(why, path));
  }
  when.forEach(({ values }, index) => {
    if (values.length > 0) return;
    faults.push(fault('invalid value: expecting non-empty values field', `${path}.when[${index}]`));
  });
  const own = duplicates(
    task.params?.map((param) => param.name),
    (param, index) =>
      fault(
        `parameter names must be unique, the parameter "${param}" is also defined at`,
        `${path}.params[${index}].name`,
      ),
  );
  const { taskSpec: _embedded, ...outer } = task;
  return [
    ...faults,
    ...own,
    ...paramReferenceFaults(outer, path, params),
    ...contextFaults(outer, path, PIPELINE_CONTEXT),
    ...textsAt(outer, path).flatMap(({ text, path: at }) => artifactFault(text, at)),
    ...(taskSpec ? taskFaults(taskSpec, `${path}.taskSpec`, params) : []),
  ];
}

function artifactFault(text: string, path: string): FailureCause[] {
  const uses = referencesIn(text).some((reference) =>
    /^tasks\.[^.]+\.(in|out)puts\b/.test(reference),
  );
  const why = 'feature flag enable-artifacts should be set to true to use artifacts feature.';
  return uses ? [fault(why, path)] : [];
}

function workspaceFaults(
  { name, workspaces = [] }: PipelineTask,
  path: string,
  declared: readonly string[],
): FailureCause[] {
  return workspaces.flatMap((use, index) => {
    const wanted = use.workspace || use.name;
    if (declared.includes(wanted)) return [];
    const why = `invalid value: pipeline task "${name}" expects workspace with name "${wanted}" but none exists in pipeline spec`;
    return [fault(why, `${path}.workspaces[${index}]`)];
  });
}

const STATUS = /^tasks\.(?:([^.]+)\.)?(?:status|reason)$/;

/** Only what runs finally may ask how the tasks have ended. */
function statusFaults({ params, when }: PipelineTask, path: string): FailureCause[] {
  const why =
    'invalid value: pipeline tasks can not refer to execution status of any other pipeline task or aggregate status of tasks';
  return textsAt({ params, when }, path).flatMap(({ text, path: at }) =>
    referencesIn(text).some((reference) => STATUS.test(reference)) ? [fault(why, at)] : [],
  );
}

function finalFaults(
  task: PipelineTask,
  path: string,
  names: readonly string[],
  finals: readonly PipelineTask[],
): FailureCause[] {
  const { name, runAfter = [], params, when } = task;
  const faults = textsAt({ params, when }, path).flatMap(({ text, path: at }) => [
    ...referencesIn(text).flatMap((reference) => {
      const asked = STATUS.exec(reference)?.[1];
      if (asked === undefined || names.includes(asked)) return [];
      return [fault(`invalid value: pipeline task ${asked} is not defined in the pipeline`, at)];
    }),
    ...resultReferencesIn(text).flatMap(({ task: producer }) => {
      if (names.includes(producer)) return [];
      const where = finals.some((final) => final.name === producer)
        ? `a final task ${producer}`
        : `a task ${producer} which is not defined in the pipeline`;
      const why = `invalid value: invalid task result reference, final task has task result reference from ${where}`;
      return [fault(why, at)];
    }),
  ]);
  if (runAfter.length > 0) {
    const why = `invalid value: no runAfter allowed under spec.finally, final task ${name} has runAfter specified`;
    faults.push(fault(why, path));
  }
  return faults;
}

function resultFaults(spec: PipelineSpec, path: string): FailureCause[] {
  const { results = [], tasks = [], finally: finals = [] } = spec;
  const names = { tasks: tasks.map(({ name }) => name), finally: finals.map(({ name }) => name) };
  return results.flatMap(({ value }, index) => {
    const at = `${path}.results[${index}].value`;
    const expected = 'invalid value: expected pipeline results to be task result expressions but';
    const references = resultReferencesIn(value);
    if (referencesIn(value).length === 0)
      return [fault(`${expected} no expressions were found`, at)];
    if (references.length < referencesIn(value).length) {
      return [fault(`${expected} an invalid expressions was found`, at)];
    }
    const exists = references.every(({ section, task }) => names[section].includes(task));
    return exists ? [] : [fault('invalid value: referencing a nonexistent task', at)];
  });
}
