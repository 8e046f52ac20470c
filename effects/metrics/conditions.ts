/** Conditions of metrics: CEL (https://cel.dev), which cannot do more than compare and compute. */
import { Environment } from '@marcbachmann/cel-js';
import type { Metric } from '../../core/config/analysis.ts';
import type { Met } from '../../core/metrics/metric.ts';
import { messageOf } from '../failure.ts';

const environment = new Environment()
  .registerVariable('result', 'double')
  .registerVariable('stable', 'double');

/** What keeps a text from being a condition; undefined where it is one. */
export function conditionFault(text: string): string | undefined {
  try {
    const { valid, type, error } = environment.parse(text).check();
    if (!valid) return firstLine(error);
    return String(type) === 'bool' ? undefined : `answers a ${type}, not true or false`;
  } catch (thrown) {
    return firstLine(thrown);
  }
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

/** False as well where the numbers cannot be compared, such as with a stable that has none. */
function holds(text: string, numbers: Record<string, number>): boolean {
  return environment.evaluate(text, numbers) === true;
}

function firstLine(thrown: unknown): string {
  return messageOf(thrown).split('\n')[0] ?? '';
}
