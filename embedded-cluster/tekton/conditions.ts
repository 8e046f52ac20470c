/** The one condition that a run has: whether it succeeded, or why that is not yet known. */
import { timestamp } from '../base/clock.ts';
import type { Condition } from './model/runs.ts';

/** A condition before it is known since when it holds. */
export type Verdict = Omit<Condition, 'type' | 'lastTransitionTime'>;

interface Conditioned {
  readonly conditions?: readonly Condition[];
}

export function succeededCondition(status: Conditioned | undefined): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Succeeded');
}

export function isDone(status: Conditioned | undefined): boolean {
  const condition = succeededCondition(status);
  return condition !== undefined && condition.status !== 'Unknown';
}

/** The conditions after `verdict`; the time moves on only when the verdict says something new. */
export function withVerdict(
  status: Conditioned | undefined,
  verdict: Verdict,
  nowMs: number,
): readonly [Condition] {
  const before = succeededCondition(status);
  const unchanged =
    before?.status === verdict.status &&
    before.reason === verdict.reason &&
    before.message === verdict.message;
  return [
    unchanged ? before : { type: 'Succeeded', ...verdict, lastTransitionTime: timestamp(nowMs) },
  ];
}
