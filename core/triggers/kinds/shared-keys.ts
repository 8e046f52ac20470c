/** Keys of a trigger that several kinds have. */
import { DURATION, SEVERITY } from '../../base/schema-types.ts';

export const WHOLE = { type: 'integer', minimum: 1 } as const;

/** Its value is one of the kinds that it names. */
export const HEALTH = { enum: ['readiness', 'restarts'] } as const;

export const WINDOW = {
  ...DURATION,
  description: 'Over which it is counted. Default 30s.',
} as const;

/** Of every trigger, though not every kind can do something with each of them. */
export const COMMON = {
  duration: { ...DURATION, description: 'For how long it must hold. Default 3s.' },
  cooldown: { ...DURATION, description: 'Before it warns again. Default 60s.' },
  severity: SEVERITY,
} as const;
