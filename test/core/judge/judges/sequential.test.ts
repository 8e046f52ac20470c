import { describe, expect, test } from '@jest/globals';
import { random } from '../../../../benchmarks/world/random.ts';
import { SCENARIOS } from '../../../../benchmarks/world/scenarios.ts';
import { hourOf } from '../../../../benchmarks/world/world.ts';
import { instant } from '../../../../core/base/vocabulary.ts';
import type { SequentialEvidence } from '../../../../core/judge/evidence.ts';
import type { Judgement } from '../../../../core/judge/judge.ts';
import { sequential } from '../../../../core/judge/judges/sequential.ts';
import { SEQUENTIAL_DEFAULTS, type SequentialPolicy } from '../../../../core/judge/policy.ts';
import type { ArmSample, MeasuredWindow, Window } from '../../../../core/judge/sample.ts';

const judge = sequential({ ...SEQUENTIAL_DEFAULTS, toleratedLatencyMs: 0 });
const WINDOW_MS = 10_000;

type Arm = readonly [errors: number, requests: number] | ArmSample;

const armOf = (arm: Arm): ArmSample =>
  'requests' in arm ? arm : { errors: arm[0], requests: arm[1] };

function windowAt(index: number, candidate: Arm, stable: Arm, weight = 0.5): MeasuredWindow {
  const at = instant((index + 1) * WINDOW_MS);
  const sides = { candidate: armOf(candidate), stable: armOf(stable) };
  return { kind: 'measured', at, forMs: WINDOW_MS, candidateWeight: weight, ...sides };
}

const silence = (index: number): Window => ({
  kind: 'unmeasured',
  at: instant((index + 1) * WINDOW_MS),
  forMs: WINDOW_MS,
  why: 'GET http://prometheus: connection refused',
});

const many = (count: number, candidate: Arm, stable: Arm, weight?: number): readonly Window[] =>
  Array.from({ length: count }, (_, index) => windowAt(index, candidate, stable, weight));

const evidenceOf = (windows: readonly Window[], policy = judge): SequentialEvidence =>
  windows.reduce((evidence, window) => policy.take(evidence, window), policy.begin());

const judged = (windows: readonly Window[]): Judgement => judge.verdict(evidenceOf(windows));

describe('a bad candidate', () => {
  test('is found by its errors, and the line says so with its numbers', () => {
    const { verdict, rule, why } = judged(many(4, [10, 100], [1, 100]));
    expect({ verdict, rule }).toEqual({ verdict: 'bad', rule: 'errors' });
    expect(why).toMatch(/^10% \(\d+ of \d+\) against 1% \(\d+ of \d+\); evidence \S+ of 200$/);
  });

  test('is found by its latency, without an error', () => {
    const usual = { upperBoundsMs: [50, 100, 250], counts: [500, 400, 92, 8] };
    const slow = { upperBoundsMs: [50, 100, 250], counts: [300, 400, 240, 60] };
    const arm = (latency: typeof usual): ArmSample => ({ requests: 1000, errors: 0, latency });
    const { verdict, rule, why } = judged(many(6, arm(slow), arm(usual)));
    expect({ verdict, rule }).toEqual({ verdict: 'bad', rule: 'latency' });
    expect(why).toContain("requests above 100ms, the stable's p90: 30% (300 of 1000) against 10%");
  });

  test('stays bad: what was proven is not forgotten when the errors stop', () => {
    const bad = many(4, [10, 100], [1, 100]);
    const calm = many(500, [0, 100], [1, 100]);
    expect(judged([...bad, ...calm])).toEqual(judged(bad));
  });

  test('is not excused by a stable that is down in the same moments', () => {
    expect(judged(many(60, [60, 100], [10, 100])).verdict).toBe('bad');
  });
});

describe('noise of the pods', () => {
  const pods = (...errors: readonly number[]): ArmSample => ({
    requests: 100 * errors.length,
    errors: errors.reduce((sum, each) => sum + each, 0),
    pods: Object.fromEntries(errors.map((each, at) => [`p${at}`, { requests: 100, errors: each }])),
  });
  const quiet = windowAt(0, [20, 400], pods(10, 10, 10, 10));
  const noisy = windowAt(0, [20, 400], pods(40, 0, 0, 0));

  test('does not temper the window in which it shows: a window never helps to weigh itself', () => {
    expect(evidenceOf([noisy]).errors).toEqual(evidenceOf([quiet]).errors);
  });

  test('tempers those that come after', () => {
    const after = windowAt(1, [40, 400], pods(10, 10, 10, 10));
    expect(evidenceOf([noisy]).dispersion).not.toEqual(evidenceOf([quiet]).dispersion);
    expect(evidenceOf([noisy, after]).errors).not.toEqual(evidenceOf([quiet, after]).errors);
  });
});

describe('a good candidate', () => {
  test('is good once a step has had its requests and its time, and the proof is there', () => {
    expect(judged(many(5, [0, 300], [1, 300]))).toMatchObject({ rule: 'duration' });
    expect(judged(many(12, [0, 300], [1, 300])).verdict).toBe('good');
  });

  test('is told with the proof and how much was needed: 20 to 1 at least', () => {
    const { why } = judged(many(12, [0, 300], [1, 300]));
    expect(why).toMatch(/; evidence \S+ of 20 that it is fine$/);
  });

  test('of a service without any errors is good too, and not for want of evidence held', () => {
    expect(judged(many(12, [0, 200], [0, 200])).verdict).toBe('good');
  });

  test('is not good by silence: few requests say nothing', () => {
    const few = judged(many(60, [0, 1], [0, 1]));
    expect(few).toMatchObject({ verdict: 'not-enough-data', rule: 'requests' });
    expect(few.why).toContain('60 of the 100');
  });

  test('needs proof, not only requests', () => {
    const few = judged(many(30, [0, 5], [0, 5]));
    expect(few).toMatchObject({ verdict: 'not-enough-data', rule: 'evidence' });
  });

  test('must have the next step its own requests and its own time', () => {
    const done = evidenceOf(many(12, [0, 300], [1, 300]));
    expect(judge.verdict(judge.step(done))).toMatchObject({
      verdict: 'not-enough-data',
      rule: 'requests',
    });
  });

  test('is no worse for an incident that hits both sides', () => {
    expect(judged(many(60, [30, 100], [30, 100])).verdict).not.toBe('bad');
  });

  test('is no worse for a weight that changes', () => {
    const steps = [0.05, 0.1, 0.25, 0.5].flatMap((weight) =>
      many(60, [20 * weight, 1000 * weight], [20 * (1 - weight), 1000 * (1 - weight)], weight),
    );
    expect(judged(steps).verdict).toBe('good');
  });
});

describe('what cannot be seen', () => {
  test('a source that does not answer is unmeasurable from then on, and only until it answers', () => {
    const good = many(12, [0, 300], [1, 300]);
    const blind = evidenceOf([...good, silence(12), silence(13)]);
    expect(judge.verdict(blind)).toMatchObject({
      verdict: 'unmeasurable',
      why: 'GET http://prometheus: connection refused',
      unmeasurableSince: 120_000,
    });
    expect(judge.verdict(judge.take(blind, windowAt(14, [0, 300], [1, 300]))).verdict).toBe('good');
  });

  test('a candidate that must have had requests and reports none is not good but unmeasurable', () => {
    const silent = judged(many(12, [0, 0], [1, 270], 0.1));
    expect(silent).toMatchObject({ verdict: 'unmeasurable', unmeasurableSince: 0 });
    expect(silent.why).toContain('about 360 requests and reports none');
  });

  test('a candidate that gets no traffic yet is waited for', () => {
    expect(judged(many(12, [0, 0], [1, 270], 0)).verdict).toBe('not-enough-data');
  });

  test.each([Number.NaN, -1, Infinity])('%d requests are no count', (requests) => {
    const broken = judged([windowAt(0, { requests, errors: 0 }, [0, 100])]);
    expect(broken.verdict).toBe('unmeasurable');
    expect(broken.why).toContain("the candidate's numbers cannot be counts");
  });

  test('errors that were read a moment after requests are no reason to stop', () => {
    expect(judged(many(12, [2, 1], [0, 100])).verdict).toBe('bad');
  });
});

describe('the evidence', () => {
  const [plain] = SCENARIOS;
  if (!plain) throw new Error('there is no scenario');
  const hour = [...hourOf(plain, random(42))].map(({ window }) => window);

  test('goes on in another process just as if there had been one', () => {
    const whole = evidenceOf(hour);
    const half = evidenceOf(hour.slice(0, 200));
    const journal = JSON.parse(JSON.stringify(half)) as SequentialEvidence; // it is plain JSON
    const resumed = hour
      .slice(200)
      .reduce((evidence, window) => judge.take(evidence, window), journal);
    expect(judge.verdict(resumed)).toEqual(judge.verdict(whole));
    expect(JSON.stringify(resumed)).toBe(JSON.stringify(whole));
  });

  test('does not grow with the windows, nor with pods that come and go', () => {
    const size = (windows: number): number => {
      const seen = Array.from({ length: windows }, (_, index) => {
        const pods = { [`pod-${index}`]: { requests: 100, errors: 1 } };
        return windowAt(index, [1, 100], { requests: 100, errors: 1, pods });
      });
      return JSON.stringify(evidenceOf(seen)).length;
    };
    expect(size(2000)).toBeLessThan(size(100) * 1.2);
    expect(size(2000)).toBeLessThan(10_000);
  });

  test('has finite numbers for the record, whatever was counted', () => {
    for (const counts of [
      [1e9, 1e9],
      [0, 1e9],
      [0, 1],
    ] as const) {
      const { numbers } = judged(many(3, counts, [1e9, 1e9]));
      expect(Object.values(numbers).every(Number.isFinite)).toBe(true);
    }
  });
});

describe('its bounds, by simulation (seeds 1 to 300)', () => {
  const RELEASES = 300;

  /** An hour in minutes: 600 requests on each side, of which this share fails. */
  const played = (
    rate: number,
    policy: Partial<SequentialPolicy>,
  ): Record<'bad' | 'good', number> => {
    const one = sequential({ ...SEQUENTIAL_DEFAULTS, minRequests: 1, ...policy });
    const ended = { bad: 0, good: 0 };
    for (let seed = 1; seed <= RELEASES; seed++) {
      const source = random(seed);
      let evidence = one.begin();
      let good = false;
      for (let minute = 0; minute < 60 && !evidence.convicted; minute++) {
        const candidate = [source.binomial(600, rate), 600] as const;
        const stable = [source.binomial(600, 0.005), 600] as const;
        evidence = one.take(evidence, windowAt(minute, candidate, stable));
        good ||= one.verdict(evidence).verdict === 'good';
      }
      if (evidence.convicted) ended.bad++;
      if (good) ended.good++;
    }
    return ended;
  };

  test('good releases, looked at every minute, are rolled back at most as often as alpha says', () => {
    expect(played(0.005, { alpha: 0.1 }).bad).toBeLessThanOrEqual(0.1 * RELEASES);
  });

  test('a candidate at the limit is called good at most as often as its own alpha says', () => {
    const limit = { alpha: 1e-300, promotionAlpha: 0.1, harmlessErrorRate: 0.001 };
    expect(played(0.01, limit).good).toBeLessThanOrEqual(0.1 * RELEASES);
  });

  test('bad releases are found, every one', () => {
    expect(played(0.02, {}).bad).toBe(RELEASES);
  });
});
