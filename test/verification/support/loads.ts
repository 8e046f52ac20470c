/** Ways in which clients come, and ways in which a Service of three pods loses their requests. */
import type { Random } from '../../../embedded-cluster/base/random.ts';
import { type Crowd, every, onAverage, type Pace, within } from './crowd.ts';
import type { Backend, Outage } from './lossy-service.ts';

export const RELEASE_MS = 40_000;

const NEVER = Number.POSITIVE_INFINITY;

/** So many clients, and how many of them keep their connections. */
const load = (
  clients: number,
  kept: number,
  pace: Pace,
  first: Pace,
  atOnce = 1,
): readonly Crowd[] => [
  { clients: clients - kept, connection: 'fresh', pace, first, atOnce },
  { clients: kept, connection: 'kept-alive', pace, first, atOnce },
];

export const LOADS: Readonly<Record<string, readonly Crowd[]>> = {
  'evenly, half keep connections': load(12, 6, every(100), within(100)),
  'evenly, one in twelve opens connections': load(12, 11, every(100), within(100)),
  'evenly, all keep connections': load(12, 12, every(100), within(100)),
  'evenly, all open connections': load(12, 0, every(100), within(100)),
  'all at once, twice a second': load(8, 4, every(500), every(137)),
  'all at once, every five seconds': load(12, 6, every(5_000), every(2_137)),
  'independently, a hundred a second': load(20, 10, onAverage(200), onAverage(200)),
  'independently, three a second': load(6, 3, onAverage(2_000), onAverage(2_000)),
  'in bursts of twenty': load(4, 2, onAverage(3_000), onAverage(3_000), 20),
};

const steady = (): Backend => ({ listedMs: [0, NEVER], goneAtMs: NEVER });

const leadsNowhere = (forMs: number, how: 'refused' | 'timed-out') => (random: Random) => {
  const from = 15_000 + random() * 5_000;
  const broken = [{ ms: [from, from + forMs] as const, how }];
  return { backends: [steady(), steady(), steady()], broken };
};

export const OUTAGES: Readonly<Record<string, (random: Random) => Outage>> = {
  'the Service leads nowhere for 2 s': leadsNowhere(2_000, 'refused'),
  'the Service leads nowhere for 0.6 s': leadsNowhere(600, 'refused'),
  'nobody answers new connections for 2 s': leadsNowhere(2_000, 'timed-out'),
  'the Service leads nowhere ten times for 0.2 s': (random) => ({
    backends: [steady(), steady(), steady()],
    broken: Array.from({ length: 10 }, () => {
      const from = 3_000 + random() * 34_000;
      return { ms: [from, from + 200] as const, how: 'refused' as const };
    }),
  }),
  'three pods go abruptly, and proxies know 0.3 s later': (random) => ({
    backends: [10_000, 18_000, 26_000].flatMap((from): Backend[] => {
      const goneAtMs = from + random() * 1_000;
      return [
        { listedMs: [0, goneAtMs + 300], goneAtMs },
        { listedMs: [goneAtMs - 2_000, NEVER], goneAtMs: NEVER },
      ];
    }),
  }),
  'one of three pods refuses for 10 s': (random) => {
    const goneAtMs = 12_000 + random() * 5_000;
    return {
      backends: [
        { listedMs: [0, goneAtMs + 10_000], goneAtMs, readyUntilMs: goneAtMs + 10_000 },
        steady(),
        steady(),
      ],
    };
  },
  'one in fifty is lost all the while': () => ({
    backends: [steady(), steady(), steady()],
    noise: 0.02,
  }),
};

export const NO_OUTAGE: Outage = { backends: [steady(), steady(), steady()] };
