/** What must hold between the fields of a Task. */
import { posix } from 'node:path';
import type { FailureCause } from '../../kubernetes/definitions/failure.ts';
import type { ParamSpec, Step, TaskSpec } from '../model/task.ts';
import { declaredType, typeOfValue } from '../params.ts';
import { mergedSteps } from '../task/steps.ts';
import { workspacePath } from '../workspaces/mounts.ts';
import { fault } from './shape.ts';
import { contextFaults, paramReferenceFaults, TASK_CONTEXT } from './variable-rules.ts';

export const DNS_LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** `inherited` are the params that an embedded Task sees without declaring them. */
export function taskFaults(
  spec: TaskSpec,
  path: string,
  inherited: readonly ParamSpec[] = [],
): FailureCause[] {
  const params = [...(spec.params ?? []), ...inherited];
  return [
    ...paramSpecFaults(spec.params, path),
    ...resultFaults(spec, path),
    ...(spec.steps.length === 0 ? [fault('missing field(s)', `${path}.steps`)] : []),
    ...mergedSteps(spec).flatMap((step, index) => stepFaults(step, `${path}.steps[${index}]`)),
    ...duplicates(
      spec.steps.map(({ name }) => name),
      (name, index) => fault(`invalid value: ${name}`, `${path}.steps[${index}].name`),
    ),
    ...duplicates(
      spec.volumes?.map(({ name }) => name),
      (name, index) =>
        fault(`multiple volumes with same name "${name}"`, `${path}.volumes[${index}].name`),
    ),
    ...workspaceFaults(spec, path),
    ...['steps', 'stepTemplate', 'volumes'].flatMap((part) =>
      paramReferenceFaults(spec[part as keyof TaskSpec], `${path}.${part}`, params),
    ),
    ...contextFaults(spec.steps, `${path}.steps`, TASK_CONTEXT),
  ];
}

/** Faults for the second and further of the same name. */
export function duplicates(
  names: readonly (string | undefined)[] = [],
  told: (name: string, index: number) => FailureCause,
): FailureCause[] {
  return names.flatMap((name, index) =>
    name !== undefined && names.indexOf(name) < index ? [told(name, index)] : [],
  );
}

export function paramSpecFaults(params: readonly ParamSpec[] = [], path: string): FailureCause[] {
  return [
    ...duplicates(
      params.map(({ name }) => name),
      (name) => fault('parameter appears more than once', `${path}.params[${name}]`),
    ),
    ...params.flatMap((spec) => paramSpecFault(spec, `${path}.params.${spec.name}`) ?? []),
  ];
}

function paramSpecFault(spec: ParamSpec, path: string): FailureCause | undefined {
  const type = declaredType(spec);
  const format = type === 'object' ? /^[_a-zA-Z][_a-zA-Z0-9-]*$/ : /^[_a-zA-Z][_a-zA-Z0-9.-]*$/;
  if (!format.test(spec.name)) {
    return fault(`The format of following variable names is invalid: [${spec.name}]`, path);
  }
  if (spec.default !== undefined && typeOfValue(spec.default) !== type) {
    const told = `"${type}" type does not match default value's type: "${typeOfValue(spec.default)}"`;
    return fault(told, `${path}.type`);
  }
  return type === 'object' && !spec.properties
    ? fault('missing field(s)', `${path}.properties`)
    : undefined;
}

function resultFaults({ results = [] }: TaskSpec, path: string): FailureCause[] {
  return results.flatMap(({ name, type, properties }, index) => {
    const at = `${path}.results[${index}]`;
    if (!/^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/.test(name)) {
      return [fault(`invalid key name "${name}"`, `${at}.name`)];
    }
    const lacks = type === 'object' && !properties;
    return lacks ? [fault('missing field(s)', `${at}.properties`)] : [];
  });
}

function stepFaults(step: Step, path: string): FailureCause[] {
  const faults: FailureCause[] = [];
  if (!step.image) faults.push(fault('missing field(s)', `${path}.image`));
  if (!step.command?.length) {
    const why = 'missing field(s): the embedded cluster does not look up entrypoints of images';
    faults.push(fault(why, `${path}.command`));
  }
  if (step.name && !DNS_LABEL.test(step.name)) {
    faults.push(fault(`invalid value "${step.name}": must be a valid DNS label`, `${path}.name`));
  }
  if (step.onError && !/^(continue|stopAndFail|\$\(params.*)$/.test(step.onError)) {
    const why = `invalid value: "${step.onError}": must be either "continue" or "stopAndFail"`;
    faults.push(fault(why, `${path}.onError`));
  }
  step.volumeMounts?.forEach(({ name, mountPath }, index) => {
    const at = `${path}.volumeMounts[${index}]`;
    if (/^\/tekton\/(?!home)/.test(mountPath)) {
      const why = `volumeMount cannot be mounted under /tekton/ (volumeMount "${name}" mounted at "${mountPath}")`;
      faults.push(fault(why, `${at}.mountPath`));
    }
    if (name.startsWith('tekton-internal-')) {
      const why = `volumeMount name "${name}" cannot start with "tekton-internal-"`;
      faults.push(fault(why, `${at}.name`));
    }
  });
  return faults;
}

function workspaceFaults(spec: TaskSpec, path: string): FailureCause[] {
  const { workspaces = [] } = spec;
  const mounts = [spec.stepTemplate, ...spec.steps].flatMap((step) => step?.volumeMounts ?? []);
  const mounted = mounts.map(({ mountPath }) => posix.normalize(mountPath));
  const paths = workspaces.map((workspace) => posix.normalize(workspacePath(workspace)));
  const taken = (at: string, index: number): boolean =>
    mounted.includes(at) || paths.indexOf(at) < index;
  return [
    ...duplicates(
      workspaces.map(({ name }) => name),
      (name, index) =>
        fault(`workspace name "${name}" must be unique`, `${path}.workspaces[${index}].name`),
    ),
    ...paths.flatMap((at, index) =>
      taken(at, index)
        ? [
            fault(
              `workspace mount path "${at}" must be unique`,
              `${path}.workspaces[${index}].mountpath`,
            ),
          ]
        : [],
    ),
  ];
}
