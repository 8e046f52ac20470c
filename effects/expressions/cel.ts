/**
 * Conditions of metrics: CEL (https://cel.dev), of which there is as much as compares and computes
 * numbers. The author of a config writes these: no regular expressions, no lists to walk through, so
 * that a condition takes no longer than it is long.
 */
import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import type { Metric } from '../../core/metrics/custom-metric.ts';
import type { Met } from '../../core/metrics/metric.ts';
import { wrongAt } from './wrong-at.ts';

const environment = new Environment()
  .registerVariable('result', 'double')
  .registerVariable('stable', 'double');

/** Longer than this is no condition on two numbers. */
const MOST_CHARACTERS = 500;
const OPERATORS: ReadonlySet<string> = new Set([
  ...['value', 'id', '?:', '||', '&&', '!_', '-_'],
  ...['==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%'],
]);

/** What keeps a text from being a condition; undefined where it is one. */
export function conditionIssue(text: string): string | undefined {
  if (text.length > MOST_CHARACTERS) return `is longer than ${MOST_CHARACTERS} characters`;
  try {
    const parsed = environment.parse(text);
    const unknown = foreignOperator(parsed.ast);
    if (unknown !== undefined) {
      return `compares and computes numbers, and cannot use ${unknown}: only result, stable, numbers and operators`;
    }
    const { valid, type, error } = parsed.check();
    if (!valid) return faultIn(text, error);
    if (String(type) !== 'bool') return `answers a ${type}, not true or false`;
    return computed(text, ORDINARY) === undefined ? CANNOT_BE_COMPUTED : undefined;
  } catch (thrown) {
    return faultIn(text, thrown);
  }
}

/** What the condition uses beside arithmetic, comparison and choice; undefined where nothing. */
function foreignOperator(root: ASTNode): string | undefined {
  const nodes: unknown[] = [root];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (Array.isArray(node)) nodes.push(...node);
    if (!isNode(node)) continue;
    if (!OPERATORS.has(node.op)) return NAMES[node.op] ?? `the operator ${node.op}`;
    if (node.op === 'value' && typeof node.args === 'string') return 'texts';
    nodes.push(node.args);
  }
  return undefined;
}

const NAMES: Readonly<Record<string, string>> = {
  call: 'functions',
  rcall: 'functions',
  list: 'lists',
  map: 'maps',
  in: 'lists',
};

function isNode(value: unknown): value is { readonly op: string; readonly args: unknown } {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/**
 * What a measurement is by the metric's conditions, as Argo Rollouts has it: with one condition it
 * meets it or it does not; with both, what meets neither is inconclusive. Undefined without any.
 */
export function metBy(
  { success, failure }: Metric,
  result: number,
  stable: number,
): Met | undefined {
  if (success === undefined && failure === undefined) return undefined;
  const numbers = { result, stable };
  if (failure !== undefined && holds(failure, numbers)) return 'failure';
  if (success === undefined) return 'success';
  if (holds(success, numbers)) return 'success';
  return failure === undefined ? 'failure' : 'inconclusive';
}

/** Of a release: a condition is looked at once, wherever it comes from. */
const taken = new Map<string, boolean>();
const MOST_TAKEN = 1_000;

function isTaken(text: string): boolean {
  const known = taken.get(text) ?? conditionIssue(text) === undefined;
  if (taken.size < MOST_TAKEN) taken.set(text, known);
  return known;
}

/** False as well where the numbers cannot be compared, such as with a stable that has none. */
function holds(text: string, numbers: Record<string, number>): boolean {
  // A journal brings conditions, too, and no one has looked at these.
  return isTaken(text) && computed(text, numbers) === true;
}

const ORDINARY = { result: 1, stable: 1 };
const CANNOT_BE_COMPUTED =
  'cannot be computed: a number in it is too large, or is divided by zero; write numbers as 1.0';

/** Undefined where it cannot be computed: one branch of a choice may divide by zero, and the other not. */
function computed(text: string, numbers: Record<string, number>): unknown {
  try {
    return environment.evaluate(text, numbers);
  } catch {
    return undefined;
  }
}

/** Where it is wrong and by which kind of fault: the package's own words repeat what was written. */
function faultIn(text: string, thrown: unknown): string {
  const { code, range } = Object(thrown);
  const where = wrongAt(text, Number(range?.start ?? 0));
  return `is not a condition: ${where}${REASONS[String(code)] ?? ''}`;
}

const REASONS: Readonly<Record<string, string>> = {
  unknown_variable: ', a variable that is none: there are result and stable',
  no_such_overload: ', an operator between things that it is not for: numbers are written as 1.0',
};
