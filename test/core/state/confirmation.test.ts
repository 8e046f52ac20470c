// Having written is not having seen. Traffic counts as moved when what counts it says so, and neither an idle
// service nor the release's own requests are taken for that.
import { describe, expect, test } from '@jest/globals';
import { type Instant, instant } from '../../../core/base/vocabulary.ts';
import type { Observation, Reading, Report } from '../../../core/cluster/observation.ts';
import { NO_PROBES } from '../../../core/cluster/prober.ts';
import {
  type Confirmation,
  type ConfirmationRules,
  confirmMove,
  isIdle,
  ownEndpoints,
  requestsOf,
  watchIdle,
} from '../../../core/state/confirmation.ts';
import type { ReleaseState } from '../../../core/state/state.ts';
import { pod, slice } from '../support/objects.ts';
import { AT, BLUE, releaseIn } from '../support/releases.ts';

const at = (seconds: number): Instant => instant(AT + seconds * 1000);
const { state: begun, cluster } = releaseIn('blue-green', 'monitoring');
const fresh: ReleaseState = { ...begun, stillness: undefined, endpointsSince: undefined };
const sides = {
  stable: ['s1', 's2'].map((name) => pod(name, BLUE, 'v1')),
  candidate: ['c1', 'c2'].map((name) => pod(name, BLUE, 'v2')),
};
const TO_CANDIDATE: ConfirmationRules = {
  endpoints: 'candidate',
  weightPercent: 100,
  pending: undefined,
  answersKey: undefined,
  propagationMs: 5_000,
};

interface Seen {
  readonly reached?: readonly string[];
  /** Requests of s1, s2, c1, c2; undefined: it does not tell. */
  readonly counts?: readonly (number | undefined)[];
  readonly readAt?: Instant;
  readonly probes?: number;
  readonly answers?: Partial<Report>;
  readonly strangers?: readonly string[];
}

function seenAt(seconds: number, seen: Seen = {}): Observation {
  const { reached = ['c1', 'c2'], counts = [], readAt = at(seconds), probes = 0, answers } = seen;
  const names = ['s1', 's2', 'c1', 'c2'];
  const readings = names.flatMap((name, index): [string, Reading][] => {
    const requests = counts[index];
    if (requests === undefined) return [];
    return [[name, { kind: 'counted', at: readAt, counters: { requests, errors: 0 } }]];
  });
  const report = { key: 'a', at: at(seconds), failures: [], checked: '10 connections', ...answers };
  return {
    ...cluster.observe([]),
    at: at(seconds),
    slices: [slice(reached)],
    pods: [
      ...sides.stable,
      ...sides.candidate,
      ...(seen.strangers ?? []).map((name) => pod(name, BLUE, 'v0')),
    ],
    readings: new Map(readings),
    reports: new Map(answers ? [['a', report]] : []),
    probes: { ...NO_PROBES, fresh: { sent: probes, lost: 0 } },
  };
}

/** What comes of looks one after the other. */
function looks(
  rules: Partial<ConfirmationRules>,
  ...seen: readonly Observation[]
): Confirmation<ReleaseState> {
  let state = fresh;
  let last: Confirmation<ReleaseState> | undefined;
  for (const each of seen) {
    last = confirmMove(state, each, sides, { ...TO_CANDIDATE, ...rules });
    state = last.state;
  }
  if (!last) throw new Error('nothing was seen');
  return last;
}

describe('nothing is proved', () => {
  test.each<[string, Seen, string]>([
    ['while an old pod is still an endpoint', { reached: ['s1', 'c1', 'c2'] }, 'and s1'],
    ['while a new pod is no endpoint yet', { reached: ['c1'] }, '1 of 2 there'],
    ['while there are no endpoints', { reached: [] }, '0 of 2 there'],
  ])('%s, however long ago it was written', (_what, seen, waitingFor) => {
    const { evidence, state, waitingFor: told } = looks({}, seenAt(0, seen), seenAt(900, seen));
    expect(evidence).toBeUndefined();
    expect(state.endpointsSince).toBeUndefined();
    expect(told).toContain(waitingFor);
  });

  test('while the router itself still waits, though the endpoints are right', () => {
    const { evidence, waitingFor } = looks({ pending: 'the gateway' }, seenAt(0), seenAt(900));
    expect([evidence, waitingFor]).toEqual([undefined, 'the gateway']);
  });

  test('by the time that passed before the endpoints were lost and came back', () => {
    const lost = seenAt(4, { reached: ['c1'] });
    expect(looks({}, seenAt(0), lost, seenAt(6)).evidence).toBeUndefined();
    expect(looks({}, seenAt(0), lost, seenAt(6), seenAt(11)).evidence).toBe('propagation');
  });

  test('where there is no pod to lead to', () => {
    const nobody = { stable: sides.stable, candidate: [] };
    const confirmed = confirmMove(fresh, seenAt(900, { reached: [] }), nobody, TO_CANDIDATE);
    expect(confirmed.evidence).toBeUndefined();
  });
});

describe('by the passing of time', () => {
  test('traffic counts as moved once every proxy has had its time, and not a moment before', () => {
    expect(looks({}, seenAt(0), seenAt(4.9)).evidence).toBeUndefined();
    expect(looks({}, seenAt(0), seenAt(5)).evidence).toBe('propagation');
  });

  test('it does not where answers can tell and do not yet', () => {
    expect(looks({ answersKey: 'a' }, seenAt(0), seenAt(900)).evidence).toBeUndefined();
    const failing = { answers: { failures: ['another one answered'] } };
    expect(looks({ answersKey: 'a' }, seenAt(0), seenAt(900, failing)).evidence).toBeUndefined();
  });

  test('it does again where answers can never tell', () => {
    const same = { answers: { cannotTell: 'both sides answer the same' } };
    expect(looks({ answersKey: 'a' }, seenAt(0), seenAt(4, same)).evidence).toBeUndefined();
    expect(looks({ answersKey: 'a' }, seenAt(0), seenAt(5, same)).evidence).toBe('propagation');
  });
});

test('by answers traffic counts as moved as soon as all of them come from there', () => {
  expect(looks({ answersKey: 'a' }, seenAt(1, { answers: {} })).evidence).toBe('answers');
});

describe('by counters', () => {
  /** Two looks 2 s apart: what the old side and the new side have counted meanwhile. */
  const moved = (old: number, now: number, seconds = 2, probes = 0) =>
    looks(
      { propagationMs: 600_000 },
      seenAt(0, { counts: [50, 50, 5, 5] }),
      seenAt(seconds, { counts: [50 + old, 50, 5 + now, 5], probes }),
    ).evidence;

  test('traffic counts as moved when the old side stands still and the new one counts on', () => {
    expect(moved(0, 10)).toBe('counters');
  });

  test('an idle service proves nothing: nobody has asked either side', () => {
    expect(moved(0, 0)).toBeUndefined();
    expect(moved(0, 9)).toBeUndefined();
  });

  test('a single request at the old side begins the standing still anew', () => {
    expect(moved(1, 100)).toBeUndefined();
  });

  test('a moment of standing still proves nothing', () => {
    expect(moved(0, 100, 1.9)).toBeUndefined();
  });

  test('what the release has asked itself proves nothing: it asks from one node', () => {
    expect(moved(0, 15, 2, 6)).toBeUndefined();
    expect(moved(0, 16, 2, 6)).toBe('counters');
  });

  test('what is read once proves nothing, however long ago that was', () => {
    const old = { counts: [50, 50, 5, 5], readAt: at(0) };
    const { evidence } = looks(
      { propagationMs: 600_000 },
      seenAt(0, old),
      seenAt(60, { ...old, counts: [50, 50, 500, 5] }),
    );
    expect(evidence).toBeUndefined();
  });

  test('an old pod that does not tell proves nothing: it may serve', () => {
    const { evidence } = looks(
      { propagationMs: 600_000 },
      seenAt(0, { counts: [50, undefined, 5, 5] }),
      seenAt(9, { counts: [50, undefined, 500, 5] }),
    );
    expect(evidence).toBeUndefined();
  });

  test('on the way back it is the candidate that has to stand still', () => {
    const back = { endpoints: 'stable', weightPercent: 0, propagationMs: 600_000 } as const;
    const reached = ['s1', 's2'];
    const later = (counts: number[]) =>
      looks(back, seenAt(0, { reached, counts: [5, 5, 50, 50] }), seenAt(2, { reached, counts }));
    expect(later([20, 5, 50, 50]).evidence).toBe('counters');
    expect(later([20, 5, 51, 50]).evidence).toBeUndefined();
  });

  test('at a weight between nothing and all neither side stands still, and time has to tell', () => {
    const both = { endpoints: 'both', weightPercent: 30 } as const;
    const reached = ['s1', 's2', 'c1', 'c2'];
    const { evidence, state } = looks(
      both,
      seenAt(0, { reached, counts: [50, 50, 5, 5] }),
      seenAt(4, { reached, counts: [50, 50, 500, 5] }),
    );
    expect([evidence, state.stillness]).toEqual([undefined, undefined]);
    expect(looks(both, seenAt(0, { reached }), seenAt(5, { reached })).evidence).toBe(
      'propagation',
    );
  });
});

describe('whose endpoints count', () => {
  test('pods of others that bear the same labels are nobody: they are not waited for', () => {
    const seen = seenAt(5, { reached: ['c1', 'c2', 'x'], strangers: ['x'] });
    expect(ownEndpoints(seen.slices, seen, sides)).toEqual([new Set(['c1', 'c2'])]);
    expect(
      looks({}, seenAt(0, { reached: ['c1', 'c2', 'x'], strangers: ['x'] }), seen).evidence,
    ).toBe('propagation');
  });

  test('an endpoint that nobody knows may be of the old side: a watch is late', () => {
    const seen = seenAt(900, { reached: ['c1', 'c2', 'unknown'] });
    expect(looks({}, seenAt(0), seen).evidence).toBeUndefined();
  });

  test('of a dual-stack service the family that is late counts', () => {
    const late = seenAt(900);
    const slices = [...late.slices, { ...slice(['s1']), addressType: 'IPv6' as const }];
    expect(looks({}, { ...late, slices }).evidence).toBeUndefined();
  });
});

describe('a side that stands still', () => {
  test('does so since its last reading, by the pod that was read the longest ago', () => {
    const counts = [7, 7, 1, 1];
    const first = watchIdle(undefined, seenAt(0, { counts }), sides, 'stable');
    const later = seenAt(9, { counts, readAt: at(2) });
    expect(isIdle(first, later, sides.stable)).toBe(true);
    const readings = new Map(later.readings);
    readings.set('s2', { kind: 'counted', at: at(1), counters: { requests: 7, errors: 0 } });
    expect(isIdle(first, { ...later, readings }, sides.stable)).toBe(false);
  });

  test('is not known where one of its pods cannot be read', () => {
    const seen = seenAt(0, { counts: [7, undefined, 1, 1] });
    expect(requestsOf(seen, sides.stable)).toBeUndefined();
    expect(watchIdle(undefined, seen, sides, 'stable')).toBeUndefined();
    expect(requestsOf(seenAt(0, { counts: [7, 8] }), sides.stable)).toBe(15);
  });

  test('is not known to whoever has never looked', () => {
    expect(isIdle(undefined, seenAt(900, { counts: [7, 7] }), sides.stable)).toBe(false);
  });
});
