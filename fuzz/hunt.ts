/** Fuzzes one target until its time or its tries are over, however often its worker has to be ended. */
import type { Fault } from './tries/attempt.ts';
import { type Asked, type Heard, MOST_MS, watch } from './watch.ts';

export interface Quarry {
  /** The compiled fuzz/worker.ts, and a module that exports `TARGETS`. */
  readonly worker: URL;
  readonly targets: URL;
  readonly target: string;
  readonly known: readonly string[];
}

export interface Limits {
  readonly seed: number;
  readonly tries: number;
  readonly untilMs: number;
}

export interface Found {
  readonly input: string;
  readonly fault: Fault;
}

export interface Hunted {
  readonly target: string;
  readonly tried: number;
  readonly kept: readonly string[];
  readonly slowestMs: number;
  readonly grownBytes: number;
  readonly blocks: number;
  readonly found: readonly Found[];
}

/** A target with more of them is mended first. */
const MOST_FOUND = 3;
/** Whatever takes so long takes for ever. */
const PATIENCE_MS = 10_000;
/** A machine that has other things to do makes anything slow, once. */
const RETRIES = 3;

export async function hunt(quarry: Quarry, limits: Limits): Promise<Hunted> {
  const kept: string[] = [];
  const found: Found[] = [];
  let tried = 0;
  let slowestMs = 0;
  const heard: Heard = {
    kept: (input) => kept.push(input),
    found: (input, fault) => found.push({ input, fault }),
    slowest: (ms) => {
      slowestMs = Math.max(slowestMs, ms);
    },
  };
  for (let rounds = 0; ; rounds += 1) {
    const asked = {
      ...limits,
      target: quarry.target,
      targets: quarry.targets.href,
      known: [...quarry.known, ...kept],
      tries: limits.tries - tried,
      seed: limits.seed + rounds,
      faults: found.map(({ fault }) => fault.what),
      isReplay: limits.tries === 0,
    };
    const { end, tried: begun } = await watch(quarry.worker, asked, heard);
    tried += begun;
    if (end.kind === 'done') {
      const { blocks, grownBytes } = end;
      return { target: quarry.target, tried, kept, slowestMs, grownBytes, blocks, found };
    }
    const fault = await confirmed(quarry, asked, end.input);
    if (fault) found.push({ input: end.input, fault });
    // A machine that has much else to do ends a worker as well: only what is confirmed counts.
    const isOver =
      found.length > MOST_FOUND || tried >= limits.tries || Date.now() >= limits.untilMs;
    if (isOver) {
      return { target: quarry.target, tried, kept, slowestMs, grownBytes: 0, blocks: 0, found };
    }
  }
}

/** Reads the input alone: whether it is this that takes so long, or so much. */
async function confirmed(
  { worker }: Quarry,
  asked: Asked,
  input: string,
): Promise<Fault | undefined> {
  const alone = { ...asked, known: [input], tries: 0, isReplay: true };
  const times: number[] = [];
  for (let at = 0; at < RETRIES; at += 1) {
    let took = 0;
    const slowest = (ms: number): void => {
      took = ms;
    };
    const heard = { kept: () => undefined, found: () => undefined, slowest };
    const { end } = await watch(worker, alone, heard, PATIENCE_MS);
    if (end.kind === 'full') return { kind: 'memory', what: 'more memory than a stage has' };
    if (end.kind === 'hung') return { kind: 'hang', what: `no end within ${PATIENCE_MS} ms` };
    times.push(took);
  }
  const leastMs = Math.round(Math.min(...times));
  return leastMs > MOST_MS ? { kind: 'hang', what: `takes longer than ${MOST_MS} ms` } : undefined;
}
