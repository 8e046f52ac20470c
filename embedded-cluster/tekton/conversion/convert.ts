/** Tekton's objects from v1beta1 to v1 and back, as its conversion webhook does it. */
import type { DraftObject } from '../../kubernetes/store/object.ts';
import { convertedIn, type Fields, inTurn, isFields, renamed, type Version } from './fields.ts';

export function convertTask(object: DraftObject, toVersion: string): DraftObject {
  return converted(object, toVersion, (to) => ({ spec: (spec) => taskSpec(spec, to) }));
}

export function convertPipeline(object: DraftObject, toVersion: string): DraftObject {
  return converted(object, toVersion, (to) => ({ spec: (spec) => pipelineSpec(spec, to) }));
}

export function convertTaskRun(object: DraftObject, toVersion: string): DraftObject {
  return converted(object, toVersion, (to) => ({
    spec: (spec) => taskRunSpec(spec, to),
    status: (status) => taskRunStatus(status, to),
  }));
}

export function convertPipelineRun(object: DraftObject, toVersion: string): DraftObject {
  return converted(object, toVersion, (to) => ({
    spec: (spec) => (to === 'v1' ? stableRunSpec(spec) : betaRunSpec(spec)),
    status: (status) => pipelineRunStatus(status, to),
  }));
}

type Conversion = Readonly<Record<string, (fields: Fields) => Fields>>;

function converted(
  object: DraftObject,
  toVersion: string,
  conversionTo: (to: Version) => Conversion,
): DraftObject {
  const to: Version = toVersion === 'v1' ? 'v1' : 'v1beta1';
  const result: DraftObject = { ...object, apiVersion: `tekton.dev/${to}` };
  for (const [part, convert] of Object.entries(conversionTo(to))) {
    const fields = object[part];
    if (isFields(fields)) result[part] = convert(fields);
  }
  return result;
}

function taskSpec(spec: Fields, to: Version): Fields {
  const container = (fields: Fields): Fields =>
    renamed(fields, [['resources', 'computeResources']], to);
  return inTurn(
    spec,
    (fields) => convertedIn(fields, 'steps', container),
    (fields) => convertedIn(fields, 'stepTemplate', container),
    (fields) => convertedIn(fields, 'sidecars', container),
  );
}

function pipelineSpec(spec: Fields, to: Version): Fields {
  const task = (fields: Fields): Fields =>
    convertedIn(fields, 'taskSpec', (inner) => taskSpec(inner, to));
  return inTurn(
    spec,
    (fields) => convertedIn(fields, 'tasks', task),
    (fields) => convertedIn(fields, 'finally', task),
  );
}

function taskRunSpec(spec: Fields, to: Version): Fields {
  return inTurn(
    spec,
    (fields) => overrides(fields, to),
    (fields) => convertedIn(fields, 'taskSpec', (inner) => taskSpec(inner, to)),
  );
}

/** Resources for single steps and sidecars of a run. */
function overrides(fields: Fields, to: Version): Fields {
  const names = [
    ['stepOverrides', 'stepSpecs'],
    ['sidecarOverrides', 'sidecarSpecs'],
  ] as const;
  const resources = (inner: Fields): Fields =>
    renamed(inner, [['resources', 'computeResources']], to);
  return names.reduce(
    (done, [beta, stable]) => convertedIn(done, to === 'v1' ? stable : beta, resources),
    renamed(fields, names, to),
  );
}

function taskRunStatus(status: Fields, to: Version): Fields {
  return inTurn(
    renamed(status, [['taskResults', 'results']], to),
    (fields) => convertedIn(fields, 'taskSpec', (inner) => taskSpec(inner, to)),
    (fields) => convertedIn(fields, 'retriesStatus', (inner) => taskRunStatus(inner, to)),
  );
}

function pipelineRunStatus(status: Fields, to: Version): Fields {
  return convertedIn(
    renamed(status, [['pipelineResults', 'results']], to),
    'pipelineSpec',
    (spec) => pipelineSpec(spec, to),
  );
}

/** What holds for all TaskRuns of the run moved into a template; a single timeout into the three. */
function stableRunSpec({ serviceAccountName, podTemplate, timeout, ...spec }: Fields): Fields {
  const template = { ...defined({ serviceAccountName, podTemplate }) };
  // With both there is no saying which is meant: left for admission to refuse.
  const timeouts = spec.timeouts === undefined ? { timeouts: { pipeline: timeout } } : { timeout };
  return inTurn(
    {
      ...spec,
      ...(timeout === undefined ? {} : timeouts),
      ...(Object.keys(template).length > 0 && { taskRunTemplate: template }),
    },
    (fields) => convertedIn(fields, 'taskRunSpecs', (inner) => runOfTask(inner, 'v1')),
    (fields) => convertedIn(fields, 'pipelineSpec', (inner) => pipelineSpec(inner, 'v1')),
  );
}

function betaRunSpec({ taskRunTemplate, ...spec }: Fields): Fields {
  return inTurn(
    { ...spec, ...(isFields(taskRunTemplate) && taskRunTemplate) },
    (fields) => convertedIn(fields, 'taskRunSpecs', (inner) => runOfTask(inner, 'v1beta1')),
    (fields) => convertedIn(fields, 'pipelineSpec', (inner) => pipelineSpec(inner, 'v1beta1')),
  );
}

function runOfTask(fields: Fields, to: Version): Fields {
  const names = [
    ['taskServiceAccountName', 'serviceAccountName'],
    ['taskPodTemplate', 'podTemplate'],
  ] as const;
  return overrides(renamed(fields, names, to), to);
}

function defined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
