/** What a Job waits for that only time brings. */
import type { Job, Pod } from '../../shapes.ts';

/** When a pod has failed the next one waits, the longer the more have failed. */
const FIRST_BACK_OFF_MS = 10_000;
const LAST_BACK_OFF_MS = 600_000;

export function backOffMs(owned: readonly Pod[], nowMs: number): number {
  const failed = owned.filter((pod) => pod.status?.phase === 'Failed');
  if (failed.length === 0) return 0;
  const delayMs = Math.min(FIRST_BACK_OFF_MS * 2 ** (failed.length - 1), LAST_BACK_OFF_MS);
  return Math.max(0, Math.max(...failed.map(finishedAtMs)) + delayMs - nowMs);
}

function finishedAtMs({ metadata, status }: Pod): number {
  const ends = (status?.containerStatuses ?? []).map(({ state }) => state?.terminated?.finishedAt);
  return Math.max(
    Date.parse(metadata.creationTimestamp),
    ...ends.map((time) => (time === undefined ? 0 : Date.parse(time))),
  );
}

export function msUntilDeadline(
  { spec }: Job,
  startTime: string | undefined,
  nowMs: number,
): number | undefined {
  const { activeDeadlineSeconds } = spec;
  if (activeDeadlineSeconds === undefined || startTime === undefined) return undefined;
  return Math.max(0, Date.parse(startTime) + activeDeadlineSeconds * 1000 - nowMs);
}

/** Undefined where a finished Job stays for good. */
export function msUntilExpiry({ spec, status }: Job, nowMs: number): number | undefined {
  const { ttlSecondsAfterFinished } = spec;
  if (ttlSecondsAfterFinished === undefined) return undefined;
  const ends = (status?.conditions ?? []).map(({ lastTransitionTime }) => lastTransitionTime);
  const finishedAtMs = Math.max(...ends.map((time) => (time ? Date.parse(time) : 0)));
  return finishedAtMs + ttlSecondsAfterFinished * 1000 - nowMs;
}
