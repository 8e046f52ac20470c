/**
 * Releases in which no stable runs beside the candidate: all traffic is moved at once, and what is known
 * of the stable is what it did in the ten minutes before, and what its counters had counted by then.
 */
import { always, BASE, dailyRate, incident, PLAIN, rates, type Scenario } from './scenarios.ts';

const alone = (name: string, perMinute: number, difference: Partial<Scenario>): Scenario => ({
  ...PLAIN,
  name: `${name}, ${perMinute}/min`,
  traffic: always(perMinute),
  weight: always(1),
  hasLife: true,
  ...difference,
});

const good = (name: string, perMinute: number, rate: number, more: Partial<Scenario> = {}) =>
  alone(name, perMinute, {
    ...rates(rate, rate),
    truth: 'null',
    bound: 0.01,
    ...more,
  });

/** Where the null hypothesis does not hold: what it costs, without a bound. */
const price = (name: string, perMinute: number, difference: Partial<Scenario>): Scenario =>
  alone(name, perMinute, { truth: 'null', ...difference });

const bad = (perMinute: number, stable: number, candidate: number): Scenario =>
  alone(`${100 * stable} -> ${100 * candidate}%`, perMinute, {
    truth: 'bad',
    ...rates(stable, candidate),
  });

/** Releases of this kind tune the judge, as `null` does where a stable is beside the candidate. */
export const TUNED_ON = good('0.5%', 60, BASE);

export const ALONE_SCENARIOS: readonly Scenario[] = [
  good('0%', 60, 0),
  good('0.5%', 1, BASE),
  good('0.5%', 12, BASE),
  TUNED_ON,
  good('0.5%', 600, BASE),
  good('0.5%, no counters before', 60, BASE, { hasLife: false }),
  good('5%', 60, 0.05),
  good('20%', 60, 0.2),
  price('0.5 -> 1% at the switch, the day’s doing', 60, {
    stableRate: always(BASE),
    candidateRate: always(2 * BASE),
    bound: 0.01,
  }),
  price('0.5%, daily trend to 1.5%', 600, { stableRate: dailyRate, candidateRate: dailyRate }),
  price('0.5%, shared 10x incident', 600, { stableRate: incident, candidateRate: incident }),
  price('0.5%, shared 10x incident', 12, { stableRate: incident, candidateRate: incident }),
  ...[0.02, 0.05, 0.1, 0.3, 1].map((rate) => bad(600, BASE, rate)),
  ...[0.05, 0.1, 0.3, 1].map((rate) => bad(60, BASE, rate)),
  ...[0.1, 0.3, 1].map((rate) => bad(12, BASE, rate)),
  ...[0.1, 0.3, 1].map((rate) => bad(1, BASE, rate)),
  bad(60, 0, 0.02),
  bad(60, 0, 0.09),
];
