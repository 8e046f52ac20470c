/** Has the release the time that it takes even where nothing goes wrong? */
import { formatDuration } from '../base/duration.ts';
import type { Forecast } from '../forecast/forecast.ts';
import type { Plan } from '../plan/plan.ts';
import type { Finding } from './finding.ts';

/** As good as none: a forecast is to say how long it takes, not to turn back on the way. */
const NO_LIMIT_MS = 1_000 * 3_600_000;

export function withoutLimit<P extends Plan>(plan: P): P {
  const { settings } = plan;
  return { ...plan, settings: { ...settings, limits: { ...settings.limits, maxMs: NO_LIMIT_MS } } };
}

/** `forecast`: of the plan without its limit. */
export function checkTime({ settings }: Plan, { durationMs, startMs }: Forecast): Finding[] {
  const { maxMs } = settings.limits;
  if (durationMs <= maxMs) return [];
  return [
    {
      check: 'too-long',
      severity: 'refuse',
      message: `the release takes ${formatDuration(durationMs)} where nothing goes wrong (pods that are ready after ${formatDuration(startMs)}, steps, monitoring, drain), and limits.maxDuration is ${formatDuration(maxMs)}`,
      advice:
        'take time from the steps or from monitoring, or give it more: limits.maxDuration, and the timeout of the Task with the param deploy-timeout',
    },
  ];
}
