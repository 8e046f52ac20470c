/** Conditions in a status: one of each type, and their times move only when they do. */
import { timestamp } from '../../base/clock.ts';

export interface StatusCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export function conditionOf<C extends { type: string }>(
  conditions: readonly C[] | undefined,
  type: string,
): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** The conditions with `condition` last, unless it stands there already for the same reason. */
export function withCondition<C extends StatusCondition>(
  conditions: readonly C[],
  condition: C,
): C[] {
  const current = conditionOf(conditions, condition.type);
  if (current?.status === condition.status && current.reason === condition.reason) {
    return [...conditions];
  }
  const lastTransitionTime =
    current?.status === condition.status
      ? current.lastTransitionTime
      : condition.lastTransitionTime;
  return [
    ...withoutCondition(conditions, condition.type),
    { ...condition, ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }) },
  ];
}

export function withoutCondition<C extends { type: string }>(
  conditions: readonly C[],
  type: string,
): C[] {
  return conditions.filter((condition) => condition.type !== type);
}

/** The times of a condition that came about just now. */
export function since(nowMs: number): { lastUpdateTime: string; lastTransitionTime: string } {
  return { lastUpdateTime: timestamp(nowMs), lastTransitionTime: timestamp(nowMs) };
}
