// A candidate beside which no stable runs: bounds that hold at any moment, and how soon a bad one is found.
import { describe, expect, test } from '@jest/globals';
import { random } from '../../../../benchmarks/world/random.ts';
import { instant } from '../../../../core/base/vocabulary.ts';
import type { SequentialEvidence } from '../../../../core/judge/evidence.ts';
import { sequential } from '../../../../core/judge/judges/sequential.ts';
import { type Beside, SEQUENTIAL_DEFAULTS } from '../../../../core/judge/policy.ts';
import type { MeasuredWindow } from '../../../../core/judge/sample.ts';
import { isExplained } from '../../../../core/judge/unpaired/explained.ts';

interface Told {
  readonly candidate?: readonly [requests: number, errors: number];
  readonly stable?: readonly [requests: number, errors: number];
  readonly forMs?: number;
}

function windows(told: readonly Told[]): MeasuredWindow[] {
  let at = 0;
  return told.map(({ candidate = [0, 0], stable = [0, 0], forMs = 1_000 }) => {
    at += forMs;
    return {
      kind: 'measured',
      at: instant(at),
      forMs,
      candidate: { requests: candidate[0], errors: candidate[1] },
      stable: { requests: stable[0], errors: stable[1] },
    };
  });
}

function judged(told: readonly Told[], beside: Beside = 'never', drift = 2): SequentialEvidence {
  const judge = sequential({ ...SEQUENTIAL_DEFAULTS, beside, drift });
  return windows(told).reduce((before, window) => judge.take(before, window), judge.begin());
}

/** Seconds of requests at a rate, after a baseline at another. */
function played(
  seed: number,
  before: readonly [requests: number, rate: number],
  seconds: number,
  aSecond: number,
  rate: (second: number) => number,
): Told[] {
  const rng = random(seed);
  const stable = [before[0], rng.binomial(...before)] as const;
  const alone = Array.from({ length: seconds }, (_, second): Told => {
    const requests = rng.poisson(aSecond);
    return { candidate: [requests, rng.binomial(requests, rate(second))] };
  });
  return [{ stable, forMs: 60_000 }, ...alone];
}

const convicted = (told: readonly Told[], beside?: Beside): boolean =>
  judged(told, beside).convicted !== undefined;

describe('a good candidate', () => {
  const share = (reps: number, play: (seed: number) => Told[]): number =>
    Array.from({ length: reps }, (_, seed) => convicted(play(seed + 1))).filter(Boolean).length /
    reps;

  test.each([
    ['no baseline', [0, 0.005], () => 0.005],
    ['a short baseline', [100, 0.005], () => 0.005],
    [
      'a baseline of twice the errors allowed, at the limit of its drift',
      [4_000, 0.01],
      () => 0.02,
    ],
    ['a rate that moves within the drift', [8_000, 0.01], (s: number) => (s > 60 ? 0.02 : 0.002)],
    ['as many errors as are tolerated', [0, 0], () => 0.05],
  ] as const)('is hardly ever called bad: %s', (_, before, rate) => {
    // How often it is, among thousands, is for `npm run bench:judge` to say.
    expect(share(20, (seed) => played(seed, before, 100, 24, rate))).toBe(0);
  });

  test('of a stable that fails more often than is tolerated is held to the stable', () => {
    expect(share(10, (seed) => played(seed, [2_000, 0.15], 100, 16, () => 0.15))).toBe(0);
  });
});

describe('a bad candidate', () => {
  test.each([
    ['without any baseline', [0, 0]],
    ['after a stable with a few requests', [20, 0]],
    ['after a stable with many', [5_000, 0.002]],
  ] as const)('that fails every request is bad after four, %s', (_, before) => {
    const needed = Array.from({ length: 8 }, (__, nth) => nth + 1).find((requests) =>
      convicted([
        { stable: [before[0], before[0] * before[1]], forMs: 60_000 },
        ...Array.from({ length: requests }, (): Told => ({ candidate: [1, 1], forMs: 30_000 })),
      ]),
    );
    expect(needed).toBeLessThanOrEqual(4);
  });

  test('is found by what was before, below what is tolerated', () => {
    const told = played(3, [8_000, 0.002], 600, 10, () => 0.03);
    const { rule, why } = judged(told).convicted ?? {};
    expect(rule).toBe('errors against before');
    expect(why).toMatch(
      /^\d\S*% \(\d+ of \d+\) against 0\.\d+% \(\d+ of 8000\) before the release; /,
    );
  });

  test('that turns bad late is found as soon as one that was bad at once', () => {
    const late = played(5, [5_000, 0.002], 700, 10, (s) => (s < 600 ? 0.002 : 0.2));
    expect(convicted(late.slice(0, 610))).toBe(true);
  });

  test('beside hardly any stable is judged as if there were none', () => {
    const nearlyGone: Told = { candidate: [50, 5], stable: [1, 0] };
    const calm: Told = { ...nearlyGone, candidate: [50, 0] };
    expect(judged(Array(6).fill(calm), 'at first').alone?.counted.requests).toBe(300);
    const told = [{ stable: [3_000, 6], forMs: 60_000 } as const, ...Array(6).fill(nearlyGone)];
    expect(convicted(told, 'at first')).toBe(true);
  });
});

describe('with little traffic', () => {
  const turns = (count: number, failing: boolean): Told[] =>
    Array.from({ length: count * 10 }, (_, second): Told => {
      if (second % 10 === 0) return { candidate: [1, failing ? 1 : 0] };
      return second % 10 === 5 ? { stable: [1, 0] } : {};
    });

  test('requests of both sides that never share a second are compared all the same', () => {
    const { counted, alone } = judged(turns(20, false), 'always');
    expect(counted).toMatchObject({ candidateRequests: 20, stableRequests: 20 });
    expect(alone).toBeUndefined();
  });

  test('a candidate that fails every request beside a stable that fails none is bad after seven', () => {
    expect(convicted(turns(7, true), 'always')).toBe(true);
    expect(convicted(turns(30, false), 'always')).toBe(false);
  });

  test('what is remembered stays small, and survives a journal', () => {
    const policy = { ...SEQUENTIAL_DEFAULTS, beside: 'never' } as const;
    const judge = sequential(policy);
    const all = windows(played(1, [1_000, 0.01], 200, 0.3, () => 0.01));
    const through = all.reduce(
      (before, window) => JSON.parse(JSON.stringify(judge.take(before, window))),
      judge.begin(),
    );
    expect(judge.verdict(through)).toEqual(
      judge.verdict(judged(played(1, [1_000, 0.01], 200, 0.3, () => 0.01))),
    );
    expect(JSON.stringify(through).length).toBeLessThan(12_000);
  });
});

describe('good enough to go on', () => {
  test('without a stable beside it, by what was before', () => {
    const judge = sequential({ ...SEQUENTIAL_DEFAULTS, beside: 'never', minDurationMs: 0 });
    const told = played(2, [10_000, 0.02], 600, 20, () => 0.02);
    expect(judge.verdict(judged(told)).verdict).toBe('good');
    const twice = played(2, [10_000, 0.02], 600, 20, () => 0.04);
    expect(judge.verdict(judged(twice)).verdict).not.toBe('good');
  });
});

describe('errors that the stable’s rate explains', () => {
  test.each([
    [[100, 0], [0, 0], true],
    [[1, 1], [0, 0], true],
    [[2, 2], [0, 0], false],
    [[1, 1], [500, 0], false],
    [[20, 1], [1_000, 0], true],
    [[20, 2], [1_000, 0], false],
    [[100, 3], [1_000, 10], true],
    [[100, 12], [1_000, 10], false],
    [[100_000, 1_050], [100_000, 1_000], true],
    [[100_000, 3_000], [100_000, 1_000], false],
  ] as const)('%j of a candidate, %j of the stable: %s', (own, known, explained) => {
    const counted = ([requests, errors]: readonly [number, number]) => ({ requests, errors });
    expect(isExplained(counted(own), counted(known), 2)).toBe(explained);
  });
});
