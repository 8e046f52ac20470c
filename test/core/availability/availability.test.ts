// What a release says of requests that failed: errors that the pods counted, and requests that nobody
// answered, of which only the prober knows. Never mixed, and never 0 where somebody got nothing.
import { describe, expect, test } from '@jest/globals';
import {
  type Availability,
  type AvailabilityBaseline,
  account,
  NOTHING_KNOWN,
} from '../../../core/availability/availability.ts';
import {
  errorsText,
  failedAtLeast,
  unanswered,
  unansweredText,
  wilson,
} from '../../../core/availability/figures.ts';
import { instant } from '../../../core/base/vocabulary.ts';
import type { Observation } from '../../../core/cluster/observation.ts';
import type { ProbeCounts, Probes } from '../../../core/cluster/prober.ts';
import type { Pod } from '../../../core/kubernetes/objects.ts';
import { createRandom } from '../../../embedded-cluster/base/random.ts';

/** What came in one second. */
interface Second {
  readonly requests: number;
  readonly errors?: number;
  readonly sent?: number;
  readonly refused?: number;
  /** Over kept-alive connections. */
  readonly cut?: number;
}

const PODS = ['pay-s1', 'pay-s2'].map(
  (name): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, uid: name },
    spec: { containers: [] },
  }),
);
const SIDES = { stable: PODS, candidate: [] };

/** `told`: whether pods count; the prober's requests are among what they count. */
function outcomeOf(seconds: readonly Second[], told = true): Availability {
  let availability = NOTHING_KNOWN;
  let mark: AvailabilityBaseline | undefined;
  const sums = { requests: 0, errors: 0, own: 0, sent: 0, refused: 0, cut: 0 };
  for (const [at, second] of [{ requests: 0 } as Second, ...seconds].entries()) {
    const { requests, errors = 0, sent = at === 0 ? 0 : 10, refused = 0, cut = 0 } = second;
    sums.requests += requests;
    sums.errors += errors;
    sums.own += sent - refused - cut;
    sums.sent += sent;
    sums.refused += refused;
    sums.cut += cut;
    const probes: ProbeCounts = {
      fresh: { sent: sums.sent / 2, lost: sums.refused },
      keptAlive: { sent: sums.sent / 2, lost: sums.cut },
      how: {
        ...(sums.refused > 0 ? { refused: sums.refused } : {}),
        ...(sums.cut > 0 ? { reset: sums.cut } : {}),
      },
      errors: 0,
    };
    const now = instant(at * 1_000);
    const counters = (nth: number) => {
      const half = (count: number): number => Math.floor((count + nth) / 2);
      const shared = { requests: half(sums.own), errors: 0 };
      const all = half(sums.requests) + shared.requests;
      return { requests: all, errors: half(sums.errors), shared };
    };
    const readings = new Map(
      told
        ? PODS.map(({ metadata }, nth) => [
            metadata.name,
            { kind: 'counted' as const, at: now, counters: counters(nth) },
          ])
        : [],
    );
    const seen = { at: now, readings, probes } as unknown as Observation; // all that is looked at
    ({ availability, mark } = account(availability, mark, seen, SIDES));
  }
  return availability;
}

const quiet = (seconds: number, requests = 100): Second[] =>
  Array.from({ length: seconds }, () => ({ requests }));

describe('the two figures of a release', () => {
  test('the prober is no client: an idle service has had no requests', () => {
    const idle = outcomeOf(quiet(30, 0));
    expect(errorsText(idle)).toBe('0 of 0 requests');
    expect(unansweredText(idle)).toBe('0 of 300 probes, some 0 of 0 requests, 0 to 0');
    expect(failedAtLeast(idle)).toBe(0);
  });

  test('all is well', () => {
    const well = outcomeOf(quiet(60));
    expect(errorsText(well)).toBe('0 of 6000 requests');
    expect(unanswered(well)).toMatchObject({ least: 0, estimate: 0 });
    expect(failedAtLeast(well)).toBe(0);
  });

  test('errors that pods answered are one figure, and no probe has to have seen them', () => {
    const bad = outcomeOf([...quiet(20), { requests: 100, errors: 14 }, ...quiet(10)]);
    expect(errorsText(bad)).toBe('14 of 3100 requests');
    expect(failedAtLeast(bad)).toBe(14);
  });

  test('a Service that leads nowhere for two seconds is seen, although no pod counts anything', () => {
    const out = { requests: 0, sent: 10, refused: 10 };
    const seen = outcomeOf([...quiet(20), out, out, ...quiet(20)]);
    expect(unansweredText(seen)).toMatch(
      /^20 of 420 probes \(refused 20\), some 200 of 4200 requests/,
    );
    const { least, most } = unanswered(seen) ?? { least: 0, most: 0 };
    expect(least).toBeGreaterThan(100);
    expect(least).toBeLessThanOrEqual(200);
    expect(most).toBeGreaterThanOrEqual(200);
    expect(failedAtLeast(seen)).toBe(least);
  });

  test('a connection that is cut costs one request, however many its client would have sent', () => {
    const cut = outcomeOf([...quiet(20), { requests: 100, cut: 5 }, ...quiet(20)]);
    expect(unanswered(cut)).toMatchObject({ least: 1 });
    expect(failedAtLeast(cut)).toBe(1);
  });

  test('the upper bound is that of clients that all keep their connections, or that all open one each time', () => {
    const quiet: Probes = { sent: 60, lost: 0 };
    const counted = { stable: { requests: 190, errors: 0 }, candidate: { requests: 0, errors: 0 } };
    const of = (fresh: Probes, keptAlive: Probes): number =>
      unanswered({
        ...NOTHING_KNOWN,
        counted,
        requests: 190,
        lost: (190 * (fresh.lost + keptAlive.lost)) / (fresh.sent + keptAlive.sent),
        probes: { ...NOTHING_KNOWN.probes, fresh, keptAlive },
      })?.most ?? 0;
    // Three of 24 kept connections were cut: of clients that all keep theirs it may well be 24 of 190.
    expect(of(quiet, { sent: 24, lost: 3 })).toBeGreaterThan((190 * 3) / 24);
    // The more of the probes opened a connection, the less they tell of clients that open none.
    const many = { sent: 600, lost: 0 };
    expect(of(many, { sent: 24, lost: 3 })).toBe(of(quiet, { sent: 24, lost: 3 }));
    // What could not connect is no matter of who keeps connections.
    const some = { sent: 60, lost: 3 };
    expect(of(some, { sent: 24, lost: 0 })).toBe(of(some, { sent: 240, lost: 0 }));
    expect(of(some, { sent: 24, lost: 0 })).toBeGreaterThan((190 * 3) / 60);
  });

  test('where no pod counts, the probes that were lost are what is known', () => {
    const blind = outcomeOf([...quiet(20), { requests: 0, refused: 7 }], false);
    expect(errorsText(blind)).toBe('unknown: no pod counts its requests');
    expect(unansweredText(blind)).toBe('7 of 210 probes (refused 7)');
    expect(failedAtLeast(blind)).toBe(7);
  });

  test('where neither could see, nobody knows', () => {
    const silent = quiet(20).map((second) => ({ ...second, sent: 0 }));
    expect(failedAtLeast(outcomeOf(silent, false))).toBeUndefined();
    expect(failedAtLeast(outcomeOf(silent))).toBe(0);
  });

  test('a prober that was never answered knows nothing, and that is not 0', () => {
    const inVain = { ...NOTHING_KNOWN.probes, inVain: 300 };
    const none = { requests: 0, errors: 0 };
    const counted = { stable: { ...none, requests: 90 }, candidate: none };
    const silent = { ...NOTHING_KNOWN, probes: inVain, counted };
    expect(failedAtLeast(silent)).toBeUndefined();
    expect(unansweredText(silent)).toBe('unknown: none of 300 probes');
    expect(
      failedAtLeast({ ...silent, counted: { ...counted, candidate: { requests: 9, errors: 4 } } }),
    ).toBe(4);
  });

  test('nobody looks between one stage and the next: whatever came then may have been lost', () => {
    const before = outcomeOf(quiet(30));
    const seen = { at: instant(40_000), readings: new Map() } as unknown as Observation; // as above
    const { availability } = account(before, undefined, seen, SIDES);
    expect(availability.unwatchedMs).toBe(10_000);
    const more = (unanswered(availability)?.most ?? 0) - (unanswered(before)?.most ?? 0);
    expect(Math.abs(more - 1_000)).toBeLessThanOrEqual(1);
    expect(unansweredText(availability)).toContain(', 10s between stages unwatched');
  });

  test.each<[string, number, number, Second[]]>([
    ['never lost', 0, 10, []],
    ['one of three pods refuses for ten seconds', 1 / 3, 10, []],
    ['nobody answers for two seconds', 1, 2, []],
    ['one in fifty is lost all the while', 1 / 50, 60, []],
  ])('the interval holds what clients lost, in 95 of 100 releases: %s', (_n, share, forS) => {
    const random = createRandom(7);
    const hit = (tries: number): number =>
      Array.from({ length: tries }).filter(() => random() < share).length;
    let covered = 0;
    const RELEASES = 100;
    for (let nth = 0; nth < RELEASES; nth += 1) {
      let truth = 0;
      const broken = Array.from({ length: forS }, (): Second => {
        const lost = hit(100);
        truth += lost;
        return { requests: 100 - lost, refused: hit(10) };
      });
      const { least, most } = unanswered(outcomeOf([...quiet(15), ...broken, ...quiet(15)])) ?? {
        least: 0,
        most: -1,
      };
      if (truth >= least && truth <= most) covered += 1;
      if (truth > 0.01 * 100 * (30 + forS)) expect(least).toBeGreaterThan(0);
    }
    expect(covered).toBeGreaterThanOrEqual(0.95 * RELEASES);
  });
});

describe("Wilson's interval", () => {
  // Published: Brown, Cai, DasGupta 2001, Statistical Science 16; R's binom.confint(method = "wilson").
  test.each([
    [0, 10, 0, 0.2775],
    [1, 10, 0.0179, 0.4042],
    [10, 10, 0.7225, 1],
    [20, 420, 0.031, 0.0724],
  ])('%d of %d', (hits, tries, least, most) => {
    expect(wilson(hits, tries).least).toBeCloseTo(least, 3);
    expect(wilson(hits, tries).most).toBeCloseTo(most, 3);
  });
});
