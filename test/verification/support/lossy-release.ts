/** A release while requests are lost: the real prober and the real accounts, under a virtual clock. */

import { type Accounted, account, NOTHING_KNOWN } from '../../../core/availability/availability.ts';
import { failedAtLeast, unanswered } from '../../../core/availability/figures.ts';
import { instant } from '../../../core/base/vocabulary.ts';
import type { Observation, Reading } from '../../../core/cluster/observation.ts';
import type { ProbeConnection } from '../../../core/cluster/prober.ts';
import type { Pod } from '../../../core/kubernetes/objects.ts';
import type { Plan } from '../../../core/plan/plan.ts';
import { createLog } from '../../../effects/context/log.ts';
import type { StageContext } from '../../../effects/context/stage-context.ts';
import type { Probed } from '../../../effects/http/probe-connection.ts';
import type { Observer } from '../../../effects/kube/watch/observer.ts';
import { startProber } from '../../../effects/measure/prober.ts';
import { createRandom, type Random } from '../../../embedded-cluster/base/random.ts';
import { virtualTime } from '../../effects/support/virtual.ts';
import { type Crowd, crowded } from './crowd.ts';
import { askerOf, type Backend, type Outage, readyAt } from './lossy-service.ts';

export interface Seen {
  readonly requests: number;
  readonly truth: number;
  readonly least: number;
  readonly most: number;
  readonly failed: number | undefined;
}

/** A look comes when it comes; a page is read once a second, of each pod in its own time. */
const LOOK_MS = 1_000;
const LATER_MS = 200;
const PAGE_MS = 1_000;
/** So late the watch tells. */
const WATCH_MS = 50;

export async function lossyRelease(
  outage: Outage,
  crowds: readonly Crowd[],
  forMs: number,
  seed: number,
): Promise<Seen> {
  const random = createRandom(seed);
  const { virtual, clock } = virtualTime(0);
  const pods = podsOf(outage, random);
  const openLane = (_address: unknown, connection: ProbeConnection) => {
    const asker = askerOf(outage, random);
    const ask = async (timeoutMs: number): Promise<Probed> => {
      const { over, lost, by } = asker.ask(virtual.now(), connection);
      if (by) pods.answered(by, 'probes');
      if (lost === 'timed-out') await clock.sleep(timeoutMs);
      if (lost) return { kind: 'lost', over, how: lost, why: lost };
      return { kind: 'answered', over, status: 200 };
    };
    return { renew: asker.letGo, ask };
  };
  const prober = startProber(
    { clock, log: createLog('text', () => undefined), openLane } as unknown as StageContext, // all that it needs
    { probe: { kind: 'http', path: '/' }, servicePort: 80, port: 80 } as unknown as Plan, // as above
    {
      look: () => ({
        service: { spec: { clusterIP: '10.0.0.1' } },
        slices: [{ endpoints: [{ addresses: readyAt(outage, virtual.now() - WATCH_MS) }] }],
      }),
    } as unknown as Observer, // as above
  );
  const crowd = crowded(crowds, outage, random, (by) => pods.answered(by, 'clients'));
  let known: Accounted = { availability: NOTHING_KNOWN, mark: undefined as never };
  for (let atMs = 0; atMs <= forMs; atMs += LOOK_MS + Math.floor(random() * LATER_MS)) {
    for (const [pageMs, read] of pods.pagesUntil(atMs)) {
      await virtual.advanceTo(pageMs);
      crowd.askUntil(pageMs);
      read();
    }
    await virtual.advanceTo(atMs);
    crowd.askUntil(atMs);
    const look = { at: instant(atMs), readings: pods.readings, probes: prober.counts() };
    const seen = look as unknown as Observation; // all that is looked at
    const sides = { stable: pods.all, candidate: [] };
    known = account(known.availability, known.mark, seen, sides);
  }
  prober.stop();
  const { availability } = known;
  const { least, most } = unanswered(availability) ?? { least: 0, most: -1 };
  return {
    requests: crowd.requests(),
    truth: crowd.lost(),
    least,
    most,
    failed: failedAtLeast(availability),
  };
}

/** What each counts, and when its page is read. */
function podsOf({ backends }: Outage, random: Random) {
  const counts = new Map<Backend, { probes: number; clients: number }>();
  const readings = new Map<string, Reading>();
  const named = backends.map((backend, nth) => ({
    backend,
    name: `pay-${nth}`,
    phaseMs: Math.floor(random() * PAGE_MS),
  }));
  for (const { backend } of named) counts.set(backend, { probes: 0, clients: 0 });
  const read = (name: string, backend: Backend, atMs: number): void => {
    const { probes, clients } = counts.get(backend) ?? { probes: 0, clients: 0 };
    const shared = { requests: probes, errors: 0 };
    const counters = { requests: probes + clients, errors: 0, shared };
    const at = instant(atMs);
    const isGone = atMs >= backend.goneAtMs;
    readings.set(
      name,
      isGone ? { kind: 'failed', at, why: 'gone' } : { kind: 'counted', at, counters },
    );
  };
  let readUntilMs = 0;
  return {
    all: named.map(
      ({ name }): Pod => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, uid: name },
        spec: { containers: [] },
      }),
    ),
    readings,
    answered: (by: Backend, whose: 'probes' | 'clients'): void => {
      const count = counts.get(by);
      if (count) count[whose] += 1;
    },
    pagesUntil: (untilMs: number): (readonly [number, () => void])[] => {
      const fromMs = readUntilMs;
      readUntilMs = untilMs;
      return named
        .flatMap(({ backend, name, phaseMs }) => {
          const first = Math.ceil((fromMs - phaseMs) / PAGE_MS) * PAGE_MS + phaseMs;
          const times: (readonly [number, () => void])[] = [];
          for (let at = first; at < untilMs; at += PAGE_MS) {
            const atMs = at;
            if (atMs >= backend.listedMs[0]) times.push([atMs, () => read(name, backend, atMs)]);
          }
          return times;
        })
        .sort(([a], [b]) => a - b);
    },
  };
}
