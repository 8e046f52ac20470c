// The least that clients lost: what the pods' counters miss while probes are lost, and nothing that may
// be missing for another reason.
import { describe, expect, test } from '@jest/globals';
import { type Accounted, account, NOTHING_KNOWN } from '../../../core/availability/availability.ts';
import { unanswered } from '../../../core/availability/figures.ts';
import { instant } from '../../../core/base/vocabulary.ts';
import type { Observation } from '../../../core/cluster/observation.ts';
import type { LostHow } from '../../../core/cluster/prober.ts';
import type { Pod } from '../../../core/kubernetes/objects.ts';

const PODS = ['pay-s1', 'pay-s2'];
const QUIET_S = 20;

/** What one second was like: ten probes are lost in it if it is not said otherwise. */
interface Second {
  /** Counted by each pod that tells. */
  readonly each: number;
  readonly tell?: readonly string[];
  readonly how?: LostHow;
  readonly lost?: number;
}

/** After 20 s in which both pods counted a hundred requests a second each, and ten probes were answered. */
function leastAfter(seconds: readonly Second[]): number {
  const quiet = Array.from({ length: QUIET_S }, (): Second => ({ each: 100, lost: 0 }));
  const sums = { sent: 0, lost: 0, counted: new Map(PODS.map((name) => [name, 0])) };
  const how: Partial<Record<LostHow, number>> = {};
  let known: Accounted | undefined;
  for (const [nth, second] of [{ each: 0, lost: 0 }, ...quiet, ...seconds].entries()) {
    const { each, tell = PODS, how: kind = 'refused', lost = 10 } = second;
    for (const name of tell) sums.counted.set(name, (sums.counted.get(name) ?? 0) + each);
    sums.sent += 10;
    sums.lost += lost;
    if (lost > 0) how[kind] = (how[kind] ?? 0) + lost;
    const at = instant(nth * 1_000);
    const readings = tell.map((name) => {
      const counters = { requests: sums.counted.get(name) ?? 0, errors: 0 };
      return [name, { kind: 'counted', at, counters }] as const;
    });
    const fresh = { sent: sums.sent, lost: sums.lost };
    const probes = { ...NOTHING_KNOWN.probes, fresh, how: { ...how } };
    const look = { at, readings: new Map(readings), probes } as unknown as Observation; // all that is looked at
    known = account(known?.availability ?? NOTHING_KNOWN, known?.mark, look, {
      stable: PODS.map(podNamed),
      candidate: [],
    });
  }
  return (known && unanswered(known.availability)?.least) ?? 0;
}

function podNamed(name: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, uid: name },
    spec: { containers: [] },
  };
}

describe('the least that was lost', () => {
  const out = (each: number): readonly Second[] => [{ each }, { each }, { each: 100, lost: 0 }];

  test('is what the counters miss: clients that keep their connections lose nothing while nobody can open one', () => {
    expect(leastAfter(out(100))).toBe(1);
    // Ten of a hundred may be missing by chance.
    expect(leastAfter(out(90))).toBe(1);
    const half = leastAfter(out(50));
    expect(half).toBeGreaterThan(100);
    expect(half).toBeLessThanOrEqual(200);
    const all = leastAfter(out(0));
    expect(all).toBeGreaterThan(200);
    expect(all).toBeLessThanOrEqual(400);
  });

  test('is not what a pod took along that is gone', () => {
    const [stays = ''] = PODS;
    // The other one's last half second was never read; then the one that is left gets it all.
    const tell = [stays];
    expect(
      leastAfter([
        { each: 100, tell },
        { each: 200, tell, lost: 0 },
      ]),
    ).toBe(1);
  });

  test('is not what clients never asked that waited for an answer in vain', () => {
    const waiting = { each: 25, how: 'timed-out' } as const;
    expect(leastAfter([waiting, waiting, { ...waiting, lost: 0 }])).toBe(1);
  });

  test('is not what came less while no probe was lost', () => {
    const less = Array.from({ length: 20 }, (): Second => ({ each: 20, lost: 0 }));
    expect(leastAfter([...out(100), ...less])).toBe(1);
  });

  test('is no more than the probes have seen: one in ten was lost, and most of the load went away', () => {
    const less = Array.from({ length: 5 }, (): Second => ({ each: 20, lost: 1 }));
    expect(leastAfter(less)).toBeLessThan(100);
    const all = Array.from({ length: 5 }, (): Second => ({ each: 20 }));
    expect(leastAfter(all)).toBeGreaterThan(300);
  });
});
