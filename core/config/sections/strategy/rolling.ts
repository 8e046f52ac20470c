/** The counts of a rolling update: as Kubernetes wants them written, and what it refuses. */
import type { StrategyName } from '../../../base/vocabulary.ts';
import type { ConfigIssue } from '../../issue.ts';

interface Rolling {
  readonly strategy: StrategyName;
  readonly rolling: {
    readonly maxSurge: number | string;
    readonly maxUnavailable: number | string;
  };
}

/** A number that was written as a text is a number: the API takes only percentages as texts. */
export function resolveCount(written: number | string): number | string {
  return typeof written === 'string' && /^\d+$/.test(written) ? Number(written) : written;
}

/** Nothing can be replaced where no pod may be added and none may be missing. */
export function rollingIssues({ strategy, rolling }: Rolling): ConfigIssue[] {
  const { maxSurge, maxUnavailable } = rolling;
  if (strategy !== 'rolling' || !isNone(maxSurge) || !isNone(maxUnavailable)) return [];
  const message = `${maxSurge} and maxUnavailable ${maxUnavailable} cannot both be 0: no pod could ever be replaced. Let one more pod run (maxSurge: 1)`;
  return [{ path: '/strategy/rolling/maxSurge', message }];
}

function isNone(count: number | string): boolean {
  return Number.parseInt(String(count), 10) === 0;
}
