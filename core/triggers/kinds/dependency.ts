/** A service that the candidate depends on: its circuit breaker, or whether it answers at all. */
import type { ConfigIssue } from '../../base/config-issue.ts';
import type { WrittenKeys } from '../../base/from-schema.ts';
import { SHARE } from '../../base/schema-types.ts';
import { formatShare, parseShare } from '../../base/share.ts';
import type { Instant, Side } from '../../base/vocabulary.ts';
import { OPEN } from '../../metrics/access.ts';
import { type Measured, type MetricResponse, unmeasurable } from '../../metrics/metric.ts';
import { BREAKER_GAUGES, breakerKey } from '../../metrics/page/gauges.ts';
import { dependencyKey, type Facts, type Finding, finding } from '../facts.ts';
import type { TriggerBase, TriggerKind } from './kind.ts';

const KEYS = {
  dependency: {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: {
      name: { type: 'string', minLength: 1, maxLength: 63 },
      circuitBreaker: {
        type: 'string',
        minLength: 1,
        description: 'Its name in resilience4j_circuitbreaker_state: open is bad.',
      },
      failureRate: { ...SHARE, description: 'A higher failure rate of its breaker is bad.' },
      slowCallRate: { ...SHARE, description: 'A higher rate of slow calls is bad.' },
      url: {
        type: 'string',
        pattern: '^https?://',
        description: 'Asked every 5s: no answer, or one of 500 and above, is bad.',
      },
    },
  },
} as const;

type DependencyConfig = WrittenKeys<typeof KEYS>;

interface DependencyTrigger extends TriggerBase {
  readonly kind: 'dependency';
  readonly name: string;
  readonly circuitBreaker: string | undefined;
  readonly failureRate: number | undefined;
  readonly slowCallRate: number | undefined;
  readonly url: string | undefined;
}

const INTERVAL_MS = 5_000;

export const dependency = {
  kind: 'dependency',
  key: 'dependency',
  title: 'a dependency',
  keys: KEYS,
  common: ['duration', 'cooldown', 'severity'],
  resolve: ({ dependency: written = { name: '' } }, terms) => ({
    ...terms,
    kind: 'dependency',
    id: `dependency ${written.name}`,
    name: written.name,
    circuitBreaker: written.circuitBreaker,
    url: written.url,
    failureRate: optionalShare(written.failureRate),
    slowCallRate: optionalShare(written.slowCallRate),
  }),
  evaluate: (trigger, state, facts) => ({ state, found: stateOf(trigger, facts) }),
  issues: (written, { path }) => issuesOf(written, `${path}/dependency`),
  /** It is asked only whether it answers; that is the same for both sides. */
  questions: ({ name, url }) =>
    url === undefined
      ? []
      : [
          {
            name: dependencyKey(name),
            intervalMs: INTERVAL_MS,
            access: OPEN,
            query: () => ({ to: 'http', url }),
            read: (response, _sides, at) => ({ candidate: checked(response, at) }),
          },
        ],
  gauges: ({ circuitBreaker }) =>
    circuitBreaker === undefined
      ? []
      : BREAKER_GAUGES.map((gauge) => breakerKey(circuitBreaker, gauge)),
  url: ({ name, url }) => (url === undefined ? undefined : { title: `dependency ${name}`, url }),
} as const satisfies TriggerKind<DependencyConfig, DependencyTrigger, object>;

function issuesOf({ dependency: written }: DependencyConfig, path: string): ConfigIssue[] {
  if (!written) return [];
  const { circuitBreaker, url, failureRate, slowCallRate } = written;
  const issues: ConfigIssue[] = [];
  if (circuitBreaker === undefined && url === undefined) {
    issues.push({ path, message: 'watches nothing: give a circuitBreaker or a url' });
  }
  if (circuitBreaker === undefined && (failureRate ?? slowCallRate) !== undefined) {
    issues.push({ path, message: 'its rates are those of a circuitBreaker, and none is named' });
  }
  return issues;
}

function optionalShare(written: string | number | undefined): number | undefined {
  return written === undefined ? undefined : parseShare(written);
}

function checked(response: MetricResponse, at: Instant): Measured {
  if (response.kind === 'failed') return unmeasurable(at, 'no-answer', response.why);
  return response.status < 500
    ? { kind: 'value', at, value: 1 }
    : unmeasurable(at, 'no-answer', `answered ${response.status}`);
}

function stateOf(trigger: DependencyTrigger, facts: Facts): Finding {
  const { name, circuitBreaker, url, failureRate, slowCallRate } = trigger;
  const missing: string[] = [];
  const read = (key: string, side: Side): number | undefined => {
    const measured = facts.values[side][key];
    if (measured?.kind === 'value') return measured.value;
    missing.push(measured?.kind === 'unmeasurable' ? measured.why : `${key} is not told`);
    return undefined;
  };
  if (url !== undefined) {
    const measured = facts.values.candidate[dependencyKey(name)];
    // Here no answer is the finding itself.
    if (measured?.kind === 'unmeasurable') {
      return finding('exceeded', `dependency ${name} fails: ${measured.why}`);
    }
    if (!measured) missing.push('it was not checked yet');
  }
  if (circuitBreaker !== undefined) {
    const open = read(breakerKey(circuitBreaker, 'open'), 'candidate');
    if (open !== undefined && open > 0) {
      return finding(
        'exceeded',
        `circuit breaker ${circuitBreaker} is open: dependency ${name} fails`,
      );
    }
    for (const [gauge, limit] of [
      ['failure_rate', failureRate],
      ['slow_call_rate', slowCallRate],
    ] as const) {
      if (limit === undefined) continue;
      const measured = facts.values.candidate[breakerKey(circuitBreaker, gauge)];
      if (measured?.kind !== 'value' || measured.value <= limit) continue;
      const what = `${gauge.replaceAll('_', ' ')} ${formatShare(measured.value)}`;
      return finding('exceeded', `dependency ${name}: ${what} above ${formatShare(limit)}`);
    }
  }
  return missing.length === 0
    ? finding('calm', `dependency ${name} works`)
    : finding('unmeasurable', `dependency ${name}: ${missing.join(', ')}`);
}
