/** A candidate pod that is restarted again and again. */
import { durationMs } from '../../base/duration.ts';
import type { WrittenKeys } from '../../base/from-schema.ts';
import type { Instant } from '../../base/vocabulary.ts';
import { finding } from '../facts.ts';
import type { Looked, TriggerBase, TriggerKind } from './kind.ts';
import { HEALTH, WHOLE, WINDOW } from './shared-keys.ts';

const KEYS = {
  health: HEALTH,
  restarts: { ...WHOLE, description: 'restarts: of one pod within the window. Default 3 in 5m.' },
  window: WINDOW,
} as const;

interface RestartsTrigger extends TriggerBase {
  readonly kind: 'restarts';
  readonly restarts: number;
  readonly windowMs: number;
}

/** The last count by pod, and when each of the last ones was seen; only pods bound its size. */
interface RestartsState {
  readonly restarts?: Readonly<Record<string, number>>;
  readonly restartedAt?: Readonly<Record<string, readonly Instant[]>>;
}

export const restarts = {
  kind: 'restarts',
  key: 'health',
  value: 'restarts',
  title: 'restarts',
  keys: KEYS,
  common: ['cooldown', 'severity'],
  resolve: (written, terms) => ({
    ...terms,
    durationMs: 0,
    kind: 'restarts',
    id: 'restarts',
    restarts: written.restarts ?? 3,
    windowMs: durationMs(written.window, '5m'),
  }),
  /** Restarts of one pod within the window; those before the first look have just been seen. */
  evaluate: (trigger, before, { at, health }): Looked<RestartsState> => {
    const restartedAt: Record<string, readonly Instant[]> = {};
    let found = finding('calm', 'no pod is restarted again and again');
    for (const [pod, count] of Object.entries(health.restarts)) {
      const known = before.restartedAt?.[pod] ?? [];
      const more = Math.max(0, count - (before.restarts?.[pod] ?? 0));
      const anew = Array.from({ length: Math.min(more, trigger.restarts) }, () => at);
      const times = [...known, ...anew]
        .filter((time) => at - time < trigger.windowMs)
        .slice(-trigger.restarts);
      restartedAt[pod] = times;
      if (times.length >= trigger.restarts) {
        const within = `within ${trigger.windowMs / 60_000} minutes`;
        found = finding('exceeded', `pod ${pod} was restarted ${times.length} times ${within}`);
      }
    }
    return { state: { restarts: health.restarts, restartedAt }, found };
  },
} as const satisfies TriggerKind<WrittenKeys<typeof KEYS>, RestartsTrigger, RestartsState>;
