/** Steps filled up from their template: what a step says itself wins. */
import type { Step, StepTemplate, TaskSpec } from '../model/task.ts';

/** Lists whose elements have a name are merged by it; other lists are replaced as a whole. */
const MERGE_KEYS: Readonly<Record<string, string>> = { env: 'name', volumeMounts: 'mountPath' };

export function mergedSteps({ steps, stepTemplate }: TaskSpec): readonly Step[] {
  return stepTemplate ? steps.map((step) => mergedStep(stepTemplate, step)) : steps;
}

function mergedStep(template: StepTemplate, step: Step): Step {
  // Merging two of them makes one again: every field is of one or of the other.
  return merged(template, step) as Step;
}

function merged(template: unknown, own: unknown, mergeKey?: string): unknown {
  if (own === undefined) return template;
  if (Array.isArray(template) && Array.isArray(own)) {
    return mergeKey === undefined ? own : mergedByKey(template, own, mergeKey);
  }
  if (!isObject(template) || !isObject(own)) return own;
  const result: Record<string, unknown> = { ...template };
  for (const [field, value] of Object.entries(own)) {
    result[field] = merged(template[field], value, MERGE_KEYS[field]);
  }
  return result;
}

function mergedByKey(
  template: readonly unknown[],
  own: readonly unknown[],
  key: string,
): unknown[] {
  const keyOf = (element: unknown): unknown => (isObject(element) ? element[key] : undefined);
  const overridden = new Map(own.map((element) => [keyOf(element), element]));
  const known = new Set(template.map(keyOf));
  return [
    ...template.map((element) => overridden.get(keyOf(element)) ?? element),
    ...own.filter((element) => !known.has(keyOf(element))),
  ];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
