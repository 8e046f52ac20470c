// What Prometheus has counted of a side, less what the release itself has asked through the Service.
import { describe, expect, test } from '@jest/globals';
import { type AnalysisState, FRESH } from '../../../core/analysis/analysis-state.ts';
import { nextWindow } from '../../../core/analysis/request-window.ts';
import { instant } from '../../../core/base/vocabulary.ts';
import type { Observation, Reading } from '../../../core/cluster/observation.ts';
import { NO_PROBES, type ProbeCounts } from '../../../core/cluster/prober.ts';
import { PRESET_QUERIES, PRESETS } from '../../../core/metrics/prometheus/presets.ts';
import { readTraffic, trafficQuery } from '../../../core/metrics/prometheus/traffic.ts';
import { TRAFFIC } from '../../../core/metrics/request-counters/counter.ts';
import { APP, deployment, pod, service } from '../support/objects.ts';
import { planFor, settingsFor } from '../support/play.ts';
import { toyCluster } from '../support/toy-cluster.ts';

const BLUE = { app: APP, version: 'blue' };
const START = instant(Date.UTC(2026, 0, 1));

const LATE_SECONDS = 3;

/** The prober asks twice as much in the last two minutes. */
const sentBy = (second: number): ProbeCounts => ({
  ...NO_PROBES,
  fresh: { sent: second * 10 + Math.max(0, second - 60) * 10, lost: 0 },
});

/** Looks every second for three minutes at what is scraped every so many, and adds up the windows. */
function watched(scrapeSeconds: number, perSecond: number, tellsPaths: boolean) {
  const traffic = { provider: 'prometheus', preset: 'istio' } as const;
  const providers = { prometheus: { address: 'http://prometheus:9090' } };
  const settings = settingsFor('blue-green', { analysis: { providers, traffic } });
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE));
  const plan = planFor(cluster, settings, 'none');
  const found = { requests: 0, errors: 0 };
  let tally: AnalysisState = FRESH;
  for (let second = 0; second <= 180 + LATE_SECONDS; second += 1) {
    // The first counts are of the beginning, and later ones of a few seconds ago.
    const told = Math.max(0, second - LATE_SECONDS);
    const scraped = told - (told % scrapeSeconds);
    // Half of what is sent through the Service is answered by either side; every tenth client fails.
    const probes = sentBy(scraped).fresh.sent / 2;
    const clients = { requests: scraped * perSecond, errors: (scraped * perSecond) / 10 };
    const counts = { ...clients, requests: clients.requests + probes };
    const shared = tellsPaths ? { requests: probes, errors: 0 } : counts;
    const at = instant(START + second * 1000);
    const countedAt = instant(START + scraped * 1000);
    const answer = (key: string) =>
      ({ kind: 'counted', at, countedAt, counters: { [key]: { ...counts, shared } } }) as const;
    const measured = new Map([
      [`${TRAFFIC}/stable`, answer('s1')],
      [`${TRAFFIC}/candidate`, answer('c1')],
    ]);
    const probed = {
      probes: sentBy(second),
      earlierProbes: Array.from({ length: second + 1 }, (_, before) => ({
        at: instant(START + before * 1000),
        counts: sentBy(before),
      })),
    };
    const seen = { at, readings: new Map(), measured, ...probed } as unknown as Observation; // all that is looked at
    const { window, ...rest } = nextWindow(plan, tally, seen, { stable: [], candidate: [] });
    tally = { ...tally, ...rest };
    if (window?.kind !== 'measured') continue;
    found.requests += window.candidate.requests;
    found.errors += window.candidate.errors;
  }
  return found;
}

describe('the requests of the release itself are not the clients’', () => {
  test.each([
    ['every second', 1, 10],
    ['every 15 s', 15, 10],
    ['every minute', 60, 10],
    ['every minute, of hardly any clients', 60, 1],
  ])('where Prometheus scrapes %s', (_name, scrapeSeconds, perSecond) => {
    for (const tellsPaths of [true, false]) {
      const { requests, errors } = watched(scrapeSeconds, perSecond, tellsPaths);
      // A good candidate is not made of answers to us: every tenth client failed.
      expect(errors).toBeCloseTo(180 * perSecond * 0.1);
      expect(Math.abs(requests - 180 * perSecond)).toBeLessThanOrEqual(1);
    }
  });
});

test('what a new pod was asked before it was first scraped is taken off no other', () => {
  const traffic = { provider: 'prometheus', preset: 'istio' } as const;
  const providers = { prometheus: { address: 'http://prometheus:9090' } };
  const settings = settingsFor('blue-green', { analysis: { providers, traffic } });
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE));
  const plan = planFor(cluster, settings, 'none');
  const found = { stable: 0, candidate: 0 };
  let tally: AnalysisState = FRESH;
  for (let second = 0; second <= 60; second += 1) {
    const at = instant(START + second * 1000);
    // The prober asks twenty times a second, clients ten times; from the tenth on half of all reaches the new pod.
    const total = 30 * second;
    const reached = 15 * Math.max(0, second - 10);
    const of = (key: string, requests: number) => {
      const shared = { requests, errors: 0 };
      return { kind: 'counted', at, counters: { [key]: { ...shared, shared } } } as const;
    };
    // It is first scraped five seconds later.
    const isKnown = second >= 15;
    const measured = new Map([
      [`${TRAFFIC}/stable`, of('s1', total - reached)],
      [
        `${TRAFFIC}/candidate`,
        isKnown ? of('c1', reached) : ({ kind: 'counted', at, counters: {} } as const),
      ],
    ]);
    const probes = { ...NO_PROBES, fresh: { sent: 20 * second, lost: 0 } };
    const seen = { at, readings: new Map(), measured, probes } as unknown as Observation; // all that is looked at
    const { window, ...rest } = nextWindow(plan, tally, seen, { stable: [], candidate: [] });
    tally = { ...tally, ...rest };
    if (window?.kind !== 'measured') continue;
    found.stable += window.stable.requests;
    found.candidate += window.candidate.requests;
  }
  // A third of what reached either is the clients': ten seconds alone, fifty shared, forty-five seen.
  expect(Math.abs(found.stable + found.candidate - (100 + 250 + 225))).toBeLessThanOrEqual(10);
});

describe('what of a preset may be ours', () => {
  const subject = { namespace: 'default', service: 'pay', backend: 'pay', pods: [] };
  const sides = {
    stable: { ...subject, side: 'stable' },
    candidate: { ...subject, side: 'candidate' },
  } as const;

  test.each(PRESETS)('the query of %s asks for it where it can be', (preset) => {
    const ask = (path?: string) =>
      trafficQuery(PRESET_QUERIES[preset], sides, {}, ['/ready'], path);
    const isAsked = preset !== 'gateway-api'; // nobody asks the gateway but its clients
    expect(ask('/ready').includes('"shared"')).toBe(isAsked);
    expect(ask().includes('"shared"')).toBe(false);
  });

  test('a label that tells another path says that it is not, whatever is in the path', () => {
    const query = trafficQuery(PRESET_QUERIES.spring, sides, {}, [], '/a.b?c=1');
    expect(query).toContain('uri=~"|/a\\\\.b"');
  });

  test('it is of the moment when the pods were scraped, whatever the clock of Prometheus says', () => {
    const at = (seconds: number): number => START / 1000 + seconds;
    const ofPod = (pod: string, measure: string, value: string) => ({
      metric: { side: 'stable', pod, measure },
      // Its clock is 9 s ahead.
      value: [at(9), value],
    });
    const result = [
      ofPod('s1', 'requests', '50'),
      ofPod('s1', 'sampled', `${at(9 - 12)}`),
      ofPod('s2', 'requests', '50'),
      ofPod('s2', 'sampled', `${at(9 - 2)}`),
    ];
    const body = JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
    const { stable } = readTraffic(
      { kind: 'answered', status: 200, body },
      PRESET_QUERIES.http,
      START,
    );
    expect(stable).toMatchObject({ kind: 'counted', at: START, countedAt: START - 7_000 });
  });

  test('it comes with the counters, and without it they say nothing of it', () => {
    const series = (measure: string, value: string) => ({
      metric: { side: 'stable', pod: 's1', measure },
      value: [START / 1000, value],
    });
    const read = (...result: object[]) => {
      const body = JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
      const { stable } = readTraffic(
        { kind: 'answered', status: 200, body },
        PRESET_QUERIES.http,
        START,
      );
      return stable.kind === 'counted' ? stable.counters.s1 : stable;
    };
    const requests = series('requests', '50');
    expect(read(requests)).toEqual({ requests: 50, errors: 0 });
    expect(read(requests, series('shared', '20'), series('shared-errors', '2'))).toEqual({
      requests: 50,
      errors: 0,
      shared: { requests: 20, errors: 2 },
    });
  });
});

describe('a pod that misses a reading', () => {
  const cluster = toyCluster([deployment(`${APP}-blue`, 'v1', BLUE)], service(BLUE));
  const plan = planFor(cluster, settingsFor('blue-green'));
  const sides = { stable: [], candidate: [pod('c1', BLUE, 'v2'), pod('c2', BLUE, 'v2')] };
  type Read = number | 'failed';

  /** The windows of one look a second at what the pods tell. */
  function windowsOf(looks: readonly Readonly<Record<string, Read>>[]): (number | string)[] {
    let tally: AnalysisState = FRESH;
    return looks.flatMap((told, second) => {
      const at = instant(START + second * 1000);
      const readings = new Map(
        Object.entries(told).map(([name, read]): [string, Reading] =>
          read === 'failed'
            ? [name, { kind: 'failed', at, why: 'refused' }]
            : [name, { kind: 'counted', at, counters: { requests: read, errors: 0 } }],
        ),
      );
      const seen = { at, readings, measured: new Map() } as unknown as Observation; // all that is looked at
      const { window, ...rest } = nextWindow(plan, tally, seen, sides);
      tally = { ...tally, ...rest };
      if (!window) return [];
      return [window.kind === 'measured' ? window.candidate.requests : window.why];
    });
  }

  test('loses nothing of what it counted meanwhile', () => {
    const missing = [
      { c1: 100, c2: 50 },
      { c1: 110, c2: 'failed' },
      { c1: 120, c2: 75 },
    ] as const;
    expect(windowsOf(missing)).toEqual([10, 10 + 25]);
  });

  test('is not counted from its beginning when it is there for the first time', () => {
    expect(windowsOf([{ c1: 100 }, { c1: 110, c2: 500 }, { c1: 120, c2: 503 }])).toEqual([10, 13]);
  });

  test('is missed where no other tells, and says why', () => {
    expect(windowsOf([{ c1: 100 }, { c1: 'failed', c2: 'failed' }, { c1: 130 }])).toEqual([
      'no candidate pod tells its metrics: refused',
      30,
    ]);
  });
});
