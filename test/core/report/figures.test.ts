// Figures of delivery are what the releases were, and nothing is counted twice, or of a time that was not asked for.
import { describe, expect, test } from '@jest/globals';
import { type Instant, instant } from '../../../core/base/vocabulary.ts';
import { timestampOf } from '../../../core/kubernetes/time.ts';
import type { AuditEntry } from '../../../core/report/audit/entry.ts';
import { DAY_MS, doraOf } from '../../../core/report/figures/dora.ts';
import { exposition } from '../../../core/report/figures/exposition.ts';
import { familiesOf } from '../../../core/report/figures/families.ts';
import { releasedIn } from '../../../core/report/figures/released.ts';
import { createRandom } from '../../../embedded-cluster/base/random.ts';
import { auditEntry } from '../support/audit-entry.ts';
import { AT } from '../support/releases.ts';

const HOUR_MS = 3_600_000;
const at = (ms: number): Instant => instant(AT + ms);
const entry = (release: string, endMs: number, more: Partial<AuditEntry> = {}): AuditEntry =>
  auditEntry(release, at(endMs), more);
const bad = (atMs: number) => ({ decision: { verdict: 'bad', at: at(atMs) } });
const TEN_DAYS = { from: at(0), to: at(10 * DAY_MS) };
const dora = (entries: readonly AuditEntry[]) => doraOf(releasedIn(entries).released, TEN_DAYS);

describe('the figures of a service', () => {
  test('that was never released are none, and no division by nothing', () => {
    expect(dora([])).toEqual({ perDay: 0, changeFailureRatio: undefined, restoreMs: undefined });
  });

  test('count what ended in the time that was asked for, and nothing before or after', () => {
    const ends = [-1_000, 0, DAY_MS, 10 * DAY_MS - 1_000, 10 * DAY_MS];
    expect(dora(ends.map((end, nth) => entry(`run-${nth}`, end))).perDay).toBe(0.3);
  });

  test('count a release once whose record got more', () => {
    const again = { stages: { deploy: 'Succeeded' } };
    const twice = [entry('run-1', HOUR_MS), entry('run-1', HOUR_MS, again)];
    expect(dora(twice)).toMatchObject({ perDay: 0.1, changeFailureRatio: 0 });
  });

  test('say how long the service was not well: until the way back was over, or the next that was promoted', () => {
    const outcome = 'rolled-back';
    const back = entry('run-1', HOUR_MS, { outcome, evidence: bad(HOUR_MS - 20_000) });
    expect(dora([back]).restoreMs).toBe(20_000);
    expect(dora([entry('run-1', HOUR_MS, { outcome })]).restoreMs).toBe(60_000);
    const broken = entry('run-2', 2 * HOUR_MS, {
      outcome: 'failed',
      evidence: bad(2 * HOUR_MS - 5_000),
    });
    expect(dora([broken]).restoreMs).toBeUndefined();
    expect(dora([broken, entry('run-3', 5 * HOUR_MS)]).restoreMs).toBe(3 * HOUR_MS + 5_000);
    // Seen in the second in which it ended, which a log has without its fraction.
    const atOnce = entry('run-4', HOUR_MS, { outcome, evidence: bad(HOUR_MS + 700) });
    expect(dora([atOnce]).restoreMs).toBe(0);
  });

  test('do not take a run that has changed nothing for one that went out', () => {
    const none = entry('run-1', HOUR_MS, { outcome: 'unchanged' });
    expect(dora([none])).toMatchObject({ changeFailureRatio: undefined, perDay: 0 });
  });

  test.each([1, 2, 3])(
    'are what is known of 200 releases that chance has made: seed %i',
    (seed) => {
      const random = createRandom(seed);
      const truth = { promoted: 0, failed: 0, restore: [] as number[] };
      const entries = Array.from({ length: 200 }, (_, nth) => {
        const endMs = nth * HOUR_MS + HOUR_MS / 2;
        const tookMs = (1 + Math.floor(random() * 600)) * 1_000;
        const began = timestampOf(at(endMs - tookMs));
        if (random() < 0.7) {
          truth.promoted += 1;
          return entry(`run-${nth}`, endMs, { began });
        }
        const healMs = Math.floor(random() * tookMs);
        truth.failed += 1;
        truth.restore.push(healMs);
        const more = {
          began,
          outcome: 'rolled-back',
          code: 'errors',
          evidence: bad(endMs - healMs),
        };
        return entry(`run-${nth}`, endMs, more);
      });
      const sorted = truth.restore.sort((one, other) => one - other);
      const half = sorted.length / 2;
      expect(dora(entries)).toEqual({
        perDay: truth.promoted / 10,
        changeFailureRatio: truth.failed / 200,
        restoreMs: ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2,
      });
    },
  );
});

describe('what is in a log', () => {
  test.each<[string, object, string]>([
    ['a namespace that ends its quotes', { namespace: 'a"} 1\n' }, 'namespace is no name'],
    ['a service that is longer than a name', { service: 'a'.repeat(64) }, 'service is no name'],
    ['a service that is a list', { service: ['pay'] }, 'service is no name'],
    ['a strategy that nobody knows', { strategy: 'big-bang' }, 'strategy must be one of rolling'],
    ['an outcome that nobody knows', { outcome: 'great' }, 'outcome must be one of promoted'],
    ['no time', { ended: 'yesterday' }, 'began and ended are not both times'],
    ['an end before its beginning', { ended: '1999-01-01T00:00:00Z' }, 'it ended before it began'],
    ['no release', { release: 7 }, 'release is no text'],
  ])('is no release with %s', (_what, more, says) => {
    const { released, faults } = releasedIn([
      entry('run-1', HOUR_MS),
      entry('run-2', HOUR_MS, more),
    ]);
    expect(released).toHaveLength(1);
    expect(faults).toEqual([expect.stringContaining(`entry 2: ${says}`)]);
  });

  test('has a code that a later version knows as one that is not known, and not as a new label', () => {
    const later = entry('run-1', HOUR_MS, { code: 'x'.repeat(900), failedRequests: -1 });
    expect(releasedIn([later]).released).toMatchObject([
      { code: 'unknown', failedRequests: undefined },
    ]);
  });
});

describe('the metrics', () => {
  const entries = [
    entry('run-3', 3 * HOUR_MS, { outcome: 'rolled-back', code: 'errors', failedRequests: null }),
    entry('run-1', HOUR_MS),
    entry('run-2', 2 * HOUR_MS, { outcome: 'rolled-back', code: 'errors', failedRequests: 7 }),
    entry('run-4', 4 * HOUR_MS, { service: 'book' }),
  ];
  const text = exposition(familiesOf(releasedIn(entries).released, TEN_DAYS));

  test('are of one family each, with its type, and the last release is the one that ended last', () => {
    const pay = '{namespace="shop",service="pay"';
    expect(text).toContain(`deployment_rollback_total${pay},reason="errors"} 2\n`);
    expect(text).toContain(`deployment_rollout_duration_seconds${pay},strategy="canary"} 60\n`);
    expect(text).toContain(`deployment_failed_requests_total${pay}} 7\n`);
    expect(text).toContain(`deployment_frequency${pay}} 0.1\n`);
    const ended = (AT + 3 * HOUR_MS) / 1_000;
    expect(text).toContain(
      `deployment_last_end_timestamp_seconds${pay},outcome="rolled-back",reason="errors"} ${ended}\n`,
    );
    const types = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    expect(new Set(types).size).toBe(types.length);
  });

  test('keep a value from ending its quotes or its line', () => {
    const labels = { service: 'book"\n\\' };
    const family = { name: 'a_total', type: 'counter', help: 'A', samples: [[labels, 1]] } as const;
    expect(exposition([family])).toBe(
      '# HELP a_total A\n# TYPE a_total counter\na_total{service="book\\"\\n\\\\"} 1\n',
    );
  });

  test('of nothing are nothing', () => {
    expect(exposition(familiesOf([], TEN_DAYS))).toBe('');
  });
});
