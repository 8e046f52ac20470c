/** An error rate that is suddenly higher than before, or than that of the stable. */
import { durationMs } from '../../base/duration.ts';
import type { WrittenKeys } from '../../base/from-schema.ts';
import { DURATION, SHARE } from '../../base/schema-types.ts';
import { formatShare, parseShare } from '../../base/share.ts';
import { type Facts, type Finding, finding } from '../facts.ts';
import type { TriggerBase, TriggerKind } from './kind.ts';
import { WHOLE } from './shared-keys.ts';

const KEYS = {
  errorSpike: {
    type: 'object',
    additionalProperties: false,
    properties: {
      baseline: { ...SHARE, description: "Default: the stable's error rate in the same window." },
      increasePercent: { type: 'number', minimum: 0, description: 'Default 50.' },
      window: { ...DURATION, description: 'Default 60s.' },
      minErrors: { ...WHOLE, description: 'Default 10.' },
    },
  },
} as const;

interface ErrorSpikeTrigger extends TriggerBase {
  readonly kind: 'error-spike';
  /** Undefined: the stable's error rate in the same window. */
  readonly baseline: number | undefined;
  readonly increasePercent: number;
  readonly windowMs: number;
  readonly minErrors: number;
}

export const errorSpike = {
  kind: 'error-spike',
  key: 'errorSpike',
  title: 'an error spike',
  keys: KEYS,
  common: ['duration', 'cooldown', 'severity'],
  resolve: ({ errorSpike: spike = {} }, terms) => ({
    ...terms,
    kind: 'error-spike',
    id: 'error-spike',
    baseline: spike.baseline === undefined ? undefined : parseShare(spike.baseline),
    increasePercent: spike.increasePercent ?? 50,
    windowMs: durationMs(spike.window, '60s'),
    minErrors: spike.minErrors ?? 10,
  }),
  evaluate: (trigger, state, facts) => ({ state, found: spikeIn(trigger, facts) }),
} as const satisfies TriggerKind<WrittenKeys<typeof KEYS>, ErrorSpikeTrigger, object>;

function spikeIn(trigger: ErrorSpikeTrigger, facts: Facts): Finding {
  const window = facts.over(trigger.windowMs);
  if (!window || window.candidate.requests === 0) return finding('no-data', 'no requests yet');
  const { candidate, stable } = window;
  const rate = candidate.errors / candidate.requests;
  const counted = `${candidate.errors} errors in ${candidate.requests} requests`;
  if (candidate.errors < trigger.minErrors) return finding('calm', counted);
  const known = stable.requests > 0 ? stable.errors / stable.requests : undefined;
  const baseline = trigger.baseline ?? known;
  if (baseline === undefined)
    return finding('no-data', 'the stable has no requests to compare with');
  const most = baseline * (1 + trigger.increasePercent / 100);
  if (rate <= most) return finding('calm', counted);
  const above = `more than ${trigger.increasePercent}% above ${formatShare(baseline)}`;
  return finding('exceeded', `error spike: ${formatShare(rate)}, ${above} (${counted})`);
}
