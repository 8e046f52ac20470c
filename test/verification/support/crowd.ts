/** Clients of a Service, by how they come: evenly, at once, in bursts; keeping their connections or not. */
import type { ProbeConnection } from '../../../core/cluster/prober.ts';
import type { Random } from '../../../embedded-cluster/base/random.ts';
import { type Asker, askerOf, type Backend, type Outage } from './lossy-service.ts';

/** How long until a client asks again, from the beginning of its last request. */
export type Pace = (random: Random) => number;

export interface Crowd {
  readonly clients: number;
  readonly connection: ProbeConnection;
  readonly pace: Pace;
  /** When each of them asks first. */
  readonly first: Pace;
  /** How many requests it sends one after the other. */
  readonly atOnce?: number;
}

export const every =
  (ms: number): Pace =>
  () =>
    ms;
export const within =
  (ms: number): Pace =>
  (random) =>
    random() * ms;
/** As independent requests come. */
export const onAverage =
  (ms: number): Pace =>
  (random) =>
    Math.max(1, -ms * Math.log(1 - random()));

const WAITS_MS = 5_000;

export function crowded(
  crowds: readonly Crowd[],
  outage: Outage,
  random: Random,
  answered: (by: Backend) => void,
) {
  let requests = 0;
  let lost = 0;
  const clients = crowds.flatMap((crowd) =>
    Array.from({ length: crowd.clients }, (): Client => {
      return { crowd, asker: askerOf(outage, random), nextMs: crowd.first(random) };
    }),
  );
  const ask = (client: Client): void => {
    const { connection, atOnce = 1, pace } = client.crowd;
    let waitsMs = 0;
    for (let nth = 0; nth < atOnce; nth += 1) {
      requests += 1;
      const answer = client.asker.ask(client.nextMs, connection);
      if (answer.by) answered(answer.by);
      else lost += 1;
      if (answer.lost === 'timed-out') waitsMs = WAITS_MS;
    }
    client.nextMs += Math.max(waitsMs, pace(random));
  };
  return {
    requests: () => requests,
    lost: () => lost,
    askUntil: (untilMs: number): void => {
      for (const client of clients) while (client.nextMs < untilMs) ask(client);
    },
  };
}

interface Client {
  readonly asker: Asker;
  readonly crowd: Crowd;
  nextMs: number;
}
