/** A clock that is stepped, an API in memory, and processes that ask it: the world of most tests of effects. */
import type { Clock } from '../../../effects/base/clock.ts';
import type { StageFailure } from '../../../effects/base/failure.ts';
import type { StageContext } from '../../../effects/context/stage-context.ts';
import {
  createVirtualClock,
  type VirtualClock,
} from '../../../embedded-cluster/base/virtual-clock.ts';
import { createFakeApi, type FakeApi } from './fake-api.ts';
import { processAt } from './process.ts';
import { clockOver } from './virtual.ts';

export const START_MS = Date.UTC(2026, 0, 1);

export interface FakeWorld {
  readonly virtual: VirtualClock;
  readonly clock: Clock;
  readonly api: FakeApi;
  /** What all processes have said. */
  readonly lines: readonly string[];
  /** A process of its own, with what it has beside the API. */
  process(name: string, own?: Partial<StageContext>): StageContext;
  passes(seconds: number): Promise<void>;
  /** Lets time pass until the work is done. */
  done<T>(work: Promise<T>, withinSeconds?: number): Promise<T>;
  /** What came of the work by then: `value`, or what it threw. */
  cameOf<T>(work: Promise<T>, withinSeconds?: number): Promise<CameOf<T>>;
}

export type CameOf<T> =
  | 'waits'
  | { readonly value: T }
  | { readonly exitCode: number | undefined; readonly message: string };

export function fakeWorld(): FakeWorld {
  const virtual = createVirtualClock(START_MS);
  const api = createFakeApi(virtual);
  const clock = clockOver(virtual);
  const lines: string[] = [];
  const passes = (seconds: number): Promise<void> =>
    virtual.advanceTo(virtual.now() + seconds * 1000);
  const cameOf = async <T>(work: Promise<T>, withinSeconds = 60): Promise<CameOf<T>> => {
    let came = 'waits' as CameOf<T>; // widened: it is told from elsewhere
    void work.then(
      (value) => {
        came = { value };
      },
      ({ exitCode, message }: StageFailure) => {
        came = { exitCode, message };
      },
    );
    const endMs = virtual.now() + withinSeconds * 1000;
    await virtual.advanceTo(virtual.now());
    while (came === 'waits' && virtual.now() < endMs) {
      await virtual.advanceTo(Math.min(endMs, virtual.nextDueMs() ?? endMs));
    }
    return came;
  };
  return {
    virtual,
    clock,
    api,
    lines,
    process: (name, own = {}) => ({
      ...processAt(api.transport, own.clock ?? clock, name, (line) => lines.push(line), own.stop),
      ...own,
    }),
    passes,
    cameOf,
    done: async (work, withinSeconds = 60) => {
      const came = await cameOf(work, withinSeconds);
      if (came === 'waits') throw new Error(`not done within ${withinSeconds} s`);
      if ('value' in came) return came.value;
      return work;
    },
  };
}
