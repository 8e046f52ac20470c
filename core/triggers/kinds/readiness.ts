/** Candidate pods that are not ready, checked now and then. */
import { durationMs } from '../../base/duration.ts';
import type { WrittenKeys } from '../../base/from-schema.ts';
import { DURATION, SHARE } from '../../base/schema-types.ts';
import { parseShare } from '../../base/share.ts';
import type { Instant } from '../../base/vocabulary.ts';
import { type Facts, type Finding, finding } from '../facts.ts';
import type { Looked, TriggerBase, TriggerKind } from './kind.ts';
import { HEALTH, WHOLE } from './shared-keys.ts';

const KEYS = {
  health: HEALTH,
  maxUnready: { ...SHARE, description: 'readiness: of the pods there should be. Default 0.' },
  failureThreshold: { ...WHOLE, description: 'readiness: so often in a row. Default 3.' },
  interval: { ...DURATION, description: 'readiness: how far apart. Default 5s.' },
} as const;

interface ReadinessTrigger extends TriggerBase {
  readonly kind: 'readiness';
  /** A larger share of the expected pods than this not ready is a failure. */
  readonly maxUnready: number;
  readonly failureThreshold: number;
  readonly intervalMs: number;
}

/** The last check and how many failed in a row. */
interface ReadinessState {
  readonly checkedAt?: Instant;
  readonly failures?: number;
}

export const readiness = {
  kind: 'readiness',
  key: 'health',
  value: 'readiness',
  title: 'readiness',
  keys: KEYS,
  common: ['cooldown', 'severity'],
  resolve: (written, terms) => {
    const maxUnready = parseShare(written.maxUnready ?? 0) ?? 0;
    return {
      ...terms,
      kind: 'readiness',
      id: `readiness ${maxUnready}`,
      // Failures in a row are its duration.
      durationMs: 0,
      maxUnready,
      failureThreshold: written.failureThreshold ?? 3,
      intervalMs: durationMs(written.interval, '5s'),
    };
  },
  evaluate: (trigger, before, facts): Looked<ReadinessState> => {
    const { checkedAt, failures = 0 } = before;
    const due = checkedAt === undefined || facts.at - checkedAt >= trigger.intervalMs;
    const found = unready(trigger, facts);
    const failed = found.kind === 'exceeded';
    const row = due ? (failed ? failures + 1 : 0) : failures;
    const state = { failures: row, checkedAt: due ? facts.at : (checkedAt ?? facts.at) };
    const times = trigger.failureThreshold === 1 ? '' : `, ${row} checks in a row`;
    return row >= trigger.failureThreshold && failed
      ? { state, found: finding('exceeded', `${found.why}${times}`) }
      : { state, found: finding('calm', found.why) };
  },
} as const satisfies TriggerKind<WrittenKeys<typeof KEYS>, ReadinessTrigger, ReadinessState>;

function unready({ maxUnready }: ReadinessTrigger, { health }: Facts): Finding {
  const { ready, expected } = health;
  const missing = Math.max(0, expected - ready);
  const why = `${missing} of ${expected} candidate pods not ready`;
  return finding(expected > 0 && missing / expected > maxUnready ? 'exceeded' : 'calm', why);
}
