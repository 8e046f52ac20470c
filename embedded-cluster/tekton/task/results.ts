/** What the entrypoint says in a container's termination message: results, and how the step ended. */
import type { TaskRunResult } from '../model/runs.ts';
import type { ParamValue, TaskResultSpec } from '../model/task.ts';
import { listed, typeOfValue } from '../params.ts';
import { isObjectValue } from '../substitution/variables.ts';

interface Entry {
  readonly key: string;
  readonly value: string;
  readonly type: number;
}

/** Tekton's numbers for what an entry is. */
const TASK_RESULT = 1;
const INTERNAL = 3;

export interface StepReport {
  readonly results: readonly { readonly name: string; readonly text: string }[];
  readonly startedAt: string | undefined;
  /** Of a step that failed and was let go on. */
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
  /** The message without what is meant for the controller. */
  readonly message: string | undefined;
}

/** Undefined for a message that the entrypoint did not write. */
export function stepReport(message: string | undefined): StepReport | undefined {
  const entries = message === undefined ? undefined : parse(message);
  if (!entries) return undefined;
  const internal = new Map(
    entries.flatMap(({ key, value, type }) => (type === INTERNAL ? [[key, value]] : [])),
  );
  const told = entries.filter(({ type }) => type !== INTERNAL);
  const exitCode = internal.get('ExitCode');
  return {
    results: entries
      .filter(({ type }) => type === TASK_RESULT)
      .map(({ key, value }) => ({ name: key, text: value })),
    startedAt: internal.get('StartedAt'),
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
    reason: internal.get('Reason'),
    message: told.length > 0 ? JSON.stringify(told) : undefined,
  };
}

function parse(message: string): Entry[] | undefined {
  try {
    const parsed: unknown = JSON.parse(message);
    return Array.isArray(parsed) && parsed.every(isEntry) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  return 'key' in value && 'value' in value && typeof value.value === 'string' && 'type' in value;
}

/** Of results written more than once the last counts, in the order of the first. */
export function taskResults(
  declared: readonly TaskResultSpec[] = [],
  written: StepReport['results'],
): TaskRunResult[] {
  const results = new Map<string, TaskRunResult>();
  for (const { name, text } of written) {
    const spec = declared.find((other) => other.name === name);
    const value = (spec?.type ?? 'string') === 'string' ? text : structured(text);
    results.set(name, { name, type: typeOfValue(value), value });
  }
  return [...results.values()];
}

/** A list or an object of texts; anything else stays the text that it is. */
function structured(text: string): ParamValue {
  try {
    const value: unknown = JSON.parse(text);
    const isTexts = (texts: unknown[]): boolean => texts.every((one) => typeof one === 'string');
    if (typeof value !== 'object' || value === null || !isTexts(Object.values(value))) return text;
    return value as ParamValue; // a list or an object, and all in it is text
  } catch {
    return text;
  }
}

/** Why the results are not what the Task declares; undefined when they are. */
export function resultsFault(
  declared: readonly TaskResultSpec[] = [],
  results: readonly TaskRunResult[],
): string | undefined {
  const mistyped = declared.flatMap(({ name, type = 'string' }) => {
    const found = results.find((result) => result.name === name);
    if (!found || found.type === type) return [];
    return `"${name}": task result is expected to be "${type}" type but was initialized to a different type "${found.type}"`;
  });
  if (mistyped.length > 0) {
    return `Provided results don't match declared results; may be invalid JSON or missing result declaration:  ${mistyped.join(', ')}`;
  }
  for (const { name, properties = {} } of declared) {
    const value = results.find((result) => result.name === name)?.value;
    const missing = isObjectValue(value)
      ? Object.keys(properties).filter((key) => !(key in value))
      : [];
    if (missing.length > 0) {
      return `missing keys for these results which are required in TaskResult's properties map[${name}:${listed(missing)}]`;
    }
  }
  return undefined;
}
