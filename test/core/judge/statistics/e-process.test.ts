// The evidence against values computed in another way: exactly, in fractions of whole numbers.
import { describe, expect, test } from '@jest/globals';
import { random } from '../../../../benchmarks/world/random.ts';
import {
  beginProcess,
  boundOfEvidence,
  type EProcess,
  grow,
  logAverage,
  logEvidence,
} from '../../../../core/judge/statistics/e-process.ts';
import { type Contest, rateLogs, ratioLogs } from '../../../../core/judge/statistics/likelihood.ts';

/** An exact fraction. */
type Fraction = readonly [above: bigint, below: bigint];

const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];
const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d];
const power = ([a, b]: Fraction, n: number): Fraction => [a ** BigInt(n), b ** BigInt(n)];

/** ln of a fraction of numbers with any number of digits. */
function ln([above, below]: Fraction): number {
  const one = (value: bigint): number => {
    const digits = value.toString();
    return Math.log(Number(`0.${digits.slice(0, 18)}`)) + digits.length * Math.LN10;
  };
  return one(above) - one(below);
}

/** [x, n_c, y, n_b]: errors and requests of the candidate, then of the stable. */
type Counts = readonly [number, number, number, number];

const contestOf = ([candidate, candidateRequests, stable, stableRequests]: Counts): Contest => ({
  candidate,
  candidateRequests,
  stable,
  stableRequests,
});

/** (theta(r)/theta(1))^x ((1-theta(r))/(1-theta(1)))^y, with r = ratio/4. */
function exactRatio([x, n, y, m]: Counts, quarters: number): Fraction {
  const theta: Fraction = [BigInt(quarters * n), BigInt(quarters * n + 4 * m)];
  const rest: Fraction = [BigInt(4 * m), BigInt(quarters * n + 4 * m)];
  const all = BigInt(n + m);
  return times(power(times(theta, [all, BigInt(n)]), x), power(times(rest, [all, BigInt(m)]), y));
}

const WINDOWS: readonly Counts[] = [
  [3, 100, 1, 100],
  [0, 80, 2, 720],
  [7, 410, 0, 395],
  [0, 55, 0, 60],
  [19, 600, 4, 600],
];
const QUARTERS = [5, 8, 12, 40] as const;
const RATIOS = QUARTERS.map((quarters) => quarters / 4);
const WEIGHTS = [0.1, 0.4, 0.3, 0.2];
const WINDOW_MS = 10_000;

const played = (windows: readonly Counts[]): EProcess =>
  windows.reduce(
    (process, counts) => grow(process, ratioLogs(contestOf(counts), 1, RATIOS), WINDOW_MS),
    beginProcess(RATIOS.length),
  );

describe('the likelihood ratio of a window', () => {
  test.each(WINDOWS)('is exact: %d of %d against %d of %d', (...counts) => {
    const logs = ratioLogs(contestOf(counts), 1, RATIOS);
    QUARTERS.forEach((quarters, k) => {
      expect(logs[k]).toBeCloseTo(ln(exactRatio(counts, quarters)), 10);
    });
  });

  test.each([
    [1, 1, 0.05, 1],
    [6, 4, 0.3, 0.5],
    [3, 9, 0.5, 1],
    [8, 8, 0.9, 1],
    [8, 2, 0.9, 0],
  ])('has expectation at most 1 under its null: %d, %d requests, rate %d, %dx', (n, m, rate, r) => {
    // Every outcome of two binomials, each with its probability: nothing is sampled.
    const chance = (k: number, of: number, p: number): number => {
      let ways = 1;
      for (let i = 0; i < k; i++) ways = (ways * (of - i)) / (i + 1);
      return ways * p ** k * (1 - p) ** (of - k);
    };
    const expectations = RATIOS.map((_, k) => {
      let sum = 0;
      for (let x = 0; x <= n; x++) {
        for (let y = 0; y <= m; y++) {
          const log = ratioLogs(contestOf([x, n, y, m]), 1, RATIOS)[k] ?? 0;
          sum += chance(x, n, r * rate) * chance(y, m, rate) * Math.exp(log);
        }
      }
      return sum;
    });
    for (const expectation of expectations) expect(expectation).toBeLessThanOrEqual(1 + 1e-12);
  });

  test('of one side by itself has expectation 1 at its null rate', () => {
    const [n, nullRate, rate] = [12, 0.2, 0.05];
    let [sum, ways] = [0, 1];
    for (let x = 0; x <= n; x++) {
      const [log = 0] = rateLogs(contestOf([x, n, 0, 0]), nullRate, [rate]);
      sum += ways * nullRate ** x * (1 - nullRate) ** (n - x) * Math.exp(log);
      ways = (ways * (n - x)) / (x + 1);
    }
    expect(sum).toBeCloseTo(1, 12);
  });

  test.each([
    [[1e9, 1e9, 0, 1e9]],
    [[0, 1e9, 1e9, 1e9]],
    [[0, 0, 0, 0]],
    [[5, 10, 0, 0]],
    [[0, 0, 5, 10]],
    [[1e9, 1e9, 1e9, 1]],
    [[0.25, 99.7, 1e-9, 0.3]],
  ] as const)('is a number, whatever the counts: %j', (counts) => {
    const process = grow(beginProcess(3), ratioLogs(contestOf(counts), 1, [1.1, 30, 1e6]), 10_000);
    const evidence = logEvidence(process, [0.2, 0.5, 0.3]);
    expect(Number.isFinite(evidence)).toBe(true);
    expect(process.logs.every(Number.isFinite)).toBe(true);
  });

  test('a side without requests tells nothing', () => {
    expect(ratioLogs(contestOf([5, 10, 0, 0]), 1, [2, 30])).toEqual([
      expect.closeTo(0, 12),
      expect.closeTo(0, 12),
    ]);
  });
});

describe('the evidence of many windows', () => {
  test('is the exact mixture over alternatives and over the moment of the onset', () => {
    // What the weights are, said anew: nine tenths on the first window; of the rest, what begins
    // between t and t + d has the part F(t + d) - F(t), F(t) = t / (t + 600 s).
    const F = (windows: number): Fraction => [BigInt(10 * windows), BigInt(10 * windows + 600)];
    const minus = (a: Fraction, [c, d]: Fraction): Fraction => plus(a, [-c, d]);
    const tail = (start: number, quarters: number): Fraction =>
      WINDOWS.slice(start).reduce<Fraction>(
        (product, counts) => times(product, exactRatio(counts, quarters)),
        [1n, 1n],
      );
    let exact: Fraction = times([1n, 10n], minus([1n, 1n], F(WINDOWS.length)));
    QUARTERS.forEach((quarters, k) => {
      const weight: Fraction = [BigInt(Math.round((WEIGHTS[k] ?? 0) * 10)), 10n];
      let sum = times([9n, 10n], tail(0, quarters));
      for (let start = 0; start < WINDOWS.length; start++) {
        const prior = times([1n, 10n], minus(F(start + 1), F(start)));
        sum = plus(sum, times(prior, tail(start, quarters)));
      }
      exact = plus(exact, times(weight, sum));
    });
    expect(logEvidence(played(WINDOWS), WEIGHTS)).toBeCloseTo(ln(exact), 9);
  });

  test('begins at 1', () => {
    expect(logEvidence(beginProcess(RATIOS.length), WEIGHTS)).toBeCloseTo(0, 12);
  });

  test('a late onset need not make up for the good behaviour before', () => {
    const good = Array.from({ length: 180 }, (): Counts => [1, 100, 1, 100]);
    const bad = Array.from({ length: 20 }, (): Counts => [5, 100, 1, 100]);
    const late = logEvidence(played([...good, ...bad]), WEIGHTS);
    const never = played(good).logs;
    // Without a prior on the onset, the evidence for 10x would still be where good behaviour took it.
    expect(late).toBeGreaterThan(Math.log(1e4));
    expect(never[3]).toBeLessThan(-5);
  });

  test('is never above its bound', () => {
    const source = random(7);
    for (let run = 0; run < 200; run++) {
      const windows = Array.from({ length: 20 }, (): Counts => {
        const [n, m] = [source.poisson(50), source.poisson(200)];
        return [source.binomial(n, 0.05), n, source.binomial(m, 0.03), m];
      });
      const process = played(windows);
      expect(logEvidence(process, WEIGHTS)).toBeLessThanOrEqual(boundOfEvidence(process) + 1e-12);
    }
  });

  test('averages do not overflow where e-values do', () => {
    expect(logAverage([2000, 1990], [0.5, 0.5])).toBeCloseTo(
      2000 + Math.log(0.5 * (1 + Math.exp(-10))),
      12,
    );
    expect(logAverage([-2000, -3000], [0.5, 0.5])).toBeCloseTo(-2000 + Math.log(0.5), 12);
  });
});
