/** Lays what somebody applies over what is there. */
import { isObject } from '../../definitions/json.ts';
import type { Shape } from '../../definitions/schema/shape.ts';
import { fieldShape, itemStep, partsOf } from './steps.ts';

export function mergeApplied(live: unknown, applied: unknown, shape: Shape): unknown {
  if (live === undefined || !partsOf(applied, shape) || !partsOf(live, shape)) return applied;
  if (isObject(applied) && isObject(live)) {
    const merged = { ...live };
    for (const [name, value] of Object.entries(applied)) {
      merged[name] = mergeApplied(live[name], value, fieldShape(shape, name));
    }
    return merged;
  }
  if (Array.isArray(applied) && Array.isArray(live) && shape.type === 'list') {
    const { identity, items } = shape;
    const stepOf = (item: unknown): string => itemStep(identity, item);
    const before = new Map(live.map((item) => [stepOf(item), item]));
    const mine = new Map(
      applied.map((item) => [stepOf(item), mergeApplied(before.get(stepOf(item)), item, items)]),
    );
    // The applied order holds for the applied items; others stay where they are.
    const kept = live.filter((item) => !mine.has(stepOf(item)));
    return kept.length === 0 ? [...mine.values()] : interleaved(live, mine, stepOf);
  }
  return applied;
}

function interleaved(
  live: readonly unknown[],
  mine: ReadonlyMap<string, unknown>,
  stepOf: (item: unknown) => string,
): unknown[] {
  const waiting = [...mine.values()];
  const placed = live.map((item) => (mine.has(stepOf(item)) ? waiting.shift() : item));
  return [...placed, ...waiting];
}
