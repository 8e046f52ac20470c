/**
 * Tries inputs on one target, in a thread of its own: whoever watches it ends it where an input does.
 * The same seed tries the same inputs.
 */
import { parentPort, workerData } from 'node:worker_threads';
import fc from 'fast-check';
import { noteInput } from './shared.ts';
import type { Target } from './target.ts';
import { type Attempt, attempt, type Fault, listenToWarnings } from './tries/attempt.ts';
import { inputs } from './tries/changes.ts';
import { type Coverage, startCoverage } from './tries/coverage.ts';
import { growthOf, MOST_GROWTH_BYTES } from './tries/growth.ts';
import { shrunk } from './tries/shrink.ts';

/** What the watcher asks for. */
export interface Task {
  /** A module that exports `TARGETS`. */
  readonly targets: string;
  readonly target: string;
  readonly known: readonly string[];
  /** Inputs made from them; none where only what is known is read. */
  readonly tries: number;
  readonly untilMs: number;
  readonly seed: number;
  /** What has been found before: it is no news. */
  readonly faults: readonly string[];
  /** The known inputs are read once, and nothing else. */
  readonly isReplay: boolean;
  readonly shared: SharedArrayBuffer;
}

export type Message =
  | { readonly kind: 'kept'; readonly input: string }
  | { readonly kind: 'found'; readonly input: string; readonly fault: Fault }
  | { readonly kind: 'slowest'; readonly ms: number }
  | { readonly kind: 'done'; readonly blocks: number; readonly grownBytes: number };

/** New code is looked for after so many inputs: to look takes longer than to read one. */
const BATCH = 100;
/** A round of the search for leaks reads at least so many inputs. */
const LEAK_INPUTS = 200;

const task = workerData as Task; // as fuzz/watch.ts starts this
const tell = (message: Message): void => parentPort?.postMessage(message);

async function targetOf({ targets, target: name }: Task): Promise<Target> {
  const module: { TARGETS: readonly Target[] } = await import(targets);
  const found = module.TARGETS.find((target) => target.name === name);
  if (!found) throw new Error(`no target ${name} in ${targets}`);
  return found;
}

async function run(): Promise<void> {
  const target = await targetOf(task);
  await target.prepare?.();
  const found = new Set(task.faults);
  listenToWarnings();
  const judge = async (input: string): Promise<void> => {
    const { fault } = await tryOne(target, input);
    if (!fault || found.has(fault.what)) return;
    found.add(fault.what);
    const noted: Target = { ...target, read: (text) => noting(text, () => target.read(text)) };
    const small = task.isReplay ? input : await shrunk(noted, input, fault);
    tell({ kind: 'found', input: small, fault });
  };
  const coverage = startCoverage();
  for (const input of task.known) await judge(input);
  coverage.together();
  const known = [...task.known];
  for (let tried = 0, batch = 0; tried < task.tries && Date.now() < task.untilMs; batch += 1) {
    const seed = (task.seed * 1_000_003 + batch) | 0;
    const made = fc.sample(inputs(target, known), { seed, numRuns: BATCH });
    for (const input of made) await judge(input);
    tried += made.length;
    if (coverage.together() > 0) known.push(...(await reaching(target, made, coverage)));
  }
  const grownBytes = task.isReplay ? 0 : await grownBy(target, known.slice(-LEAK_INPUTS));
  if (grownBytes > MOST_GROWTH_BYTES) {
    tell({ kind: 'found', input: '', fault: { kind: 'growth', what: 'the heap grows for ever' } });
  }
  tell({ kind: 'done', blocks: coverage.size(), grownBytes });
}

let slowestMs = 0;

async function tryOne(target: Target, input: string): Promise<Attempt> {
  const tried = await noting(input, () => attempt(target, input));
  if (tried.ms > slowestMs) {
    slowestMs = tried.ms;
    tell({ kind: 'slowest', ms: slowestMs });
  }
  return tried;
}

function grownBy(target: Target, again: readonly string[]): Promise<number> {
  const rounds = Math.ceil(LEAK_INPUTS / Math.max(1, again.length));
  return growthOf(async () => {
    for (let at = 0; at < rounds; at += 1) for (const input of again) await tryOne(target, input);
  });
}

/** Those of a batch that reach code which was never reached before. */
async function reaching(
  target: Target,
  made: readonly string[],
  coverage: Coverage,
): Promise<string[]> {
  const kept: string[] = [];
  for (const input of made) {
    await tryOne(target, input);
    if (coverage.alone() === 0) continue;
    kept.push(input);
    tell({ kind: 'kept', input });
  }
  return kept;
}

async function noting<T>(input: string, read: () => T | Promise<T>): Promise<T> {
  const ended = noteInput(task.shared, input);
  try {
    return await read();
  } finally {
    ended();
  }
}

await run();
