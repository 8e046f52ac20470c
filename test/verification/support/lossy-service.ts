/**
 * A Service that loses requests, as a function of time: who is listed, who has gone, when it leads
 * nowhere. Clients and the product's prober ask the same one.
 */
import type { LostHow, ProbeConnection } from '../../../core/cluster/prober.ts';
import type { Random } from '../../../embedded-cluster/base/random.ts';

export interface Backend {
  /** New connections are sent to it from then until then. */
  readonly listedMs: readonly [from: number, until: number];
  /** From then on it answers nobody. */
  readonly goneAtMs: number;
  /** Until when the cluster has it ready, where that is not until then. */
  readonly readyUntilMs?: number;
}

export interface Outage {
  readonly backends: readonly Backend[];
  /** New connections are refused, or nobody answers them. */
  readonly broken?: readonly { readonly ms: readonly [number, number]; readonly how: LostHow }[];
  /** Of requests that would be answered, so many are not. */
  readonly noise?: number;
}

/** By whom it was answered, or why it was not. */
export interface Answer {
  readonly over: ProbeConnection;
  readonly by?: Backend;
  readonly lost?: LostHow;
}

/** One client's end: keeps its connection, or opens one for each request. */
export interface Asker {
  ask(atMs: number, connection: ProbeConnection): Answer;
  letGo(): void;
}

export function askerOf({ backends, broken = [], noise = 0 }: Outage, random: Random): Asker {
  let held: Backend | undefined;
  const within = (atMs: number, [from, until]: readonly [number, number]): boolean =>
    atMs >= from && atMs < until;
  return {
    letGo: () => {
      held = undefined;
    },
    ask: (atMs, connection) => {
      const over = held ? 'kept-alive' : 'fresh';
      const none = held ? undefined : broken.find(({ ms }) => within(atMs, ms));
      const listed = backends.filter(({ listedMs }) => within(atMs, listedMs));
      const to = held ?? listed[Math.floor(random() * listed.length)];
      held = undefined;
      if (none) return { over, lost: none.how };
      if (!to || atMs >= to.goneAtMs || random() < noise) {
        return { over, lost: over === 'fresh' ? 'refused' : 'reset' };
      }
      if (connection === 'kept-alive') held = to;
      return { over, by: to };
    },
  };
}

/** Whom the cluster knows to be ready, sooner than proxies do. */
export function readyAt({ backends, broken = [] }: Outage, atMs: number): string[] {
  if (
    broken.some(({ ms: [from, until], how }) => how === 'refused' && atMs >= from && atMs < until)
  )
    return [];
  return backends.flatMap(({ listedMs: [from], goneAtMs, readyUntilMs = goneAtMs }, nth) =>
    atMs >= from && atMs < readyUntilMs ? [`10.0.1.${nth}`] : [],
  );
}
