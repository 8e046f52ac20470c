/**
 * What releases are like: how both sides behave over an hour, minute by minute and pod by pod. Each
 * scenario says only in what it differs from the plain one.
 */
export interface Scenario {
  readonly name: string;
  /** Whether the candidate is as good as the stable. */
  readonly truth: 'null' | 'bad' | 'no-data';
  /** What the rate of false rollbacks is bounded by, where it is. */
  readonly bound?: number;
  /** Requests a minute of both sides together, at a minute. */
  readonly traffic: (minute: number) => number;
  /** The candidate's share of the traffic. */
  readonly weight: (minute: number) => number;
  /** Error rates of both sides at a minute. */
  readonly stableRate: (minute: number) => number;
  readonly candidateRate: (minute: number) => number;
  /** Share of the candidate's requests that take twice as long. */
  readonly slowShare: (minute: number) => number;
  readonly noise: 'alike' | 'by-minute' | 'for-life';
  /** Probability that a scrape fails. */
  readonly gaps: number;
  /** Whether the candidate reports what it does. */
  readonly reports: boolean;
  /** Whether the stable's counters have counted for a day. */
  readonly hasLife: boolean;
  /** Where both rates stand still, and both sides have equal parts, or the stable's was before. */
  readonly constant?: { readonly stable: number; readonly candidate: number };
}

export const BASE = 0.005;
export const always = (value: number) => (): number => value;
const from =
  (minute: number, value: number, before: number) =>
  (now: number): number =>
    now >= minute ? value : before;

export const PLAIN: Omit<Scenario, 'name'> = {
  truth: 'null',
  traffic: always(1200),
  weight: always(0.5),
  stableRate: always(BASE),
  candidateRate: always(BASE),
  slowShare: always(0),
  noise: 'alike',
  gaps: 0,
  reports: true,
  hasLife: false,
};

/** An hour on the flank of a daily wave: traffic doubles, and errors grow threefold with it. */
const dailyTraffic = (minute: number): number => 1200 * (1 + minute / 60);
export const dailyRate = (minute: number): number => BASE * (1 + (2 * minute) / 60);
/** Something that both sides depend on is broken for ten minutes. */
export const incident = (minute: number): number =>
  minute >= 20 && minute < 30 ? 10 * BASE : BASE;
/** Clients retry what failed, so that errors breed requests for some minutes after the onset. */
const STORM_FROM = 10;
const stormTraffic = (minute: number): number =>
  1200 * (minute >= STORM_FROM ? Math.min(3, 1 + (minute - STORM_FROM) / 2) : 1);
const RAMP = [0.05, 0.1, 0.25, 0.5] as const;
const ramp = (minute: number): number => RAMP[Math.min(3, Math.floor(minute / 10))] ?? 0.5;

export const rates = (stable: number, candidate: number): Partial<Scenario> => ({
  stableRate: always(stable),
  candidateRate: always(candidate),
  constant: { stable, candidate },
});

const bad = (name: string, difference: Partial<Scenario>): Scenario => ({
  ...PLAIN,
  name,
  truth: 'bad',
  ...difference,
});
const good = (name: string, difference: Partial<Scenario> = {}): Scenario => ({
  ...PLAIN,
  name,
  bound: 0.01,
  ...difference,
});

export const SCENARIOS: readonly Scenario[] = [
  good('null'),
  good('null, daily trend', {
    traffic: dailyTraffic,
    stableRate: dailyRate,
    candidateRate: dailyRate,
  }),
  good('null, shared 10x incident', { stableRate: incident, candidateRate: incident }),
  good('null, 12 requests/min', { traffic: always(24) }),
  good('null, ramped weights', { weight: ramp }),
  good('null, scrape gaps', { gaps: 0.3 }),
  good('null, noisy pods', { noise: 'by-minute', bound: 0.02 }),
  // With four pods a side, nobody can tell such pods from a bad release: no bound, only a figure.
  { ...PLAIN, name: 'null, pods that differ for life', noise: 'for-life' },
  bad('0.5 -> 1%', rates(BASE, 0.01)),
  bad('0.5 -> 2%', rates(BASE, 0.02)),
  bad('0.5 -> 5%', rates(BASE, 0.05)),
  bad('12/min, 1 -> 10%', { traffic: always(24), ...rates(0.01, 0.1) }),
  bad('bursts: 30% one minute in five', {
    candidateRate: (minute) => (Math.floor(minute) % 5 === 2 ? 0.3 : BASE),
  }),
  bad('sparse, 0.02 -> 0.3%', rates(0.0002, 0.003)),
  bad('onset at minute 30, -> 2%', { candidateRate: from(30, 0.02, BASE) }),
  bad('tail: 5% twice as slow', { slowShare: always(0.05) }),
  bad('slow leak, +0.1% a minute', { candidateRate: (minute) => BASE + 0.001 * minute }),
  bad('ramped weights, -> 2%', { weight: ramp, candidateRate: always(0.02) }),
  bad('retry storm, 0.5 -> 4% at minute 10', {
    traffic: stormTraffic,
    candidateRate: from(STORM_FROM, 0.04, BASE),
    stableRate: from(STORM_FROM, 2 * BASE, BASE),
  }),
  bad('scrape gaps, 0.5 -> 2%', { gaps: 0.3, candidateRate: always(0.02) }),
  bad('noisy pods, 0.5 -> 2%', { noise: 'by-minute', candidateRate: always(0.02) }),
  bad('no data', { truth: 'no-data', reports: false, candidateRate: always(0.3) }),
];
