// Drafts of Tekton's objects, and what the webhook says of them.
import type { DraftObject, KubeObject } from '../../../kubernetes/store/object.ts';
import { TEKTON_ADMISSIONS } from '../../../tekton/admission/admissions.ts';

export function draft(kind: string, spec: unknown): DraftObject {
  return { apiVersion: 'tekton.dev/v1', kind, metadata: { name: 'x', namespace: 'rec' }, spec };
}

export function refusals(object: DraftObject, previous?: KubeObject): string[] {
  const admission = TEKTON_ADMISSIONS[`${object.kind.toLowerCase()}s.tekton.dev`];
  return (admission?.(object, previous) ?? []).map(({ message, field }) => `${message}: ${field}`);
}

export const step = { name: 'run', image: 'images.example/node:20', command: ['node'] };
export const work = { name: 'work', taskRef: { name: 'work' } };

export function task(fields: object): DraftObject {
  return draft('Task', { steps: [step], ...fields });
}

export function taskWithStep(fields: object): DraftObject {
  return task({ steps: [{ ...step, ...fields }] });
}

export function pipeline(fields: object): DraftObject {
  return draft('Pipeline', { tasks: [work], ...fields });
}

export function pipelineTask(fields: object): DraftObject {
  return pipeline({ tasks: [{ ...work, ...fields }] });
}

export function finalTask(fields: object): DraftObject {
  return pipeline({ finally: [{ name: 'conclude', taskRef: { name: 'conclude' }, ...fields }] });
}

export function pipelineRun(fields: object): DraftObject {
  return draft('PipelineRun', { pipelineRef: { name: 'p' }, ...fields });
}

export function taskRun(fields: object): DraftObject {
  return draft('TaskRun', { taskRef: { name: 't' }, ...fields });
}

export const listParam = { name: 'list', type: 'array' };
export const objectParam = { name: 'db', type: 'object', properties: { host: {} } };

/** What is written, and what is said against it. */
export type Refusal = readonly [string, DraftObject, ...string[]];
