/** One input, read once: how long it took, and what was wrong with that. */
import { Broken, CANARY, type Target } from '../target.ts';

export const KINDS = ['thrown', 'told', 'hang', 'memory', 'growth'] as const;
export type Kind = (typeof KINDS)[number];

/** Something that must not be, and by what it is told from others. */
export interface Fault {
  readonly kind: Kind;
  readonly what: string;
}

export interface Attempt {
  readonly ms: number;
  readonly fault: Fault | undefined;
}

/** No line of a log is longer: effects/context/log.ts cuts there. */
const LONGEST_SAID = 8_192;
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** What packages say past the log; of the input that is read just now. */
let warnings: string[] = [];

export function listenToWarnings(): void {
  process.emitWarning = (warning: string | Error) => {
    warnings.push(String(warning));
  };
}

export async function attempt(target: Target, input: string): Promise<Attempt> {
  warnings = [];
  const took = stopwatch();
  let said: readonly string[];
  try {
    said = await target.read(input);
  } catch (thrown) {
    return { ms: took(), fault: { kind: 'thrown', what: originOf(thrown) } };
  }
  const ms = took();
  const what = [...said, ...warnings]
    .map((text) => toldFault(target, input, text))
    .find((each) => each !== undefined);
  return { ms, fault: what === undefined ? undefined : { kind: 'told', what } };
}

/** Time of the clock or of the processor, whichever is less: a machine may have much else to do. */
function stopwatch(): () => number {
  const began = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return Math.min(performance.now() - began, (user + system) / 1_000);
  };
}

/** Whether what is said of an input repeats a secret of it, or what a terminal would obey. */
function toldFault(target: Target, input: string, text: string): string | undefined {
  if (text.includes(CANARY) && !(target.mayTell?.(input) ?? false)) {
    return 'a value of the input';
  }
  if (OBEYED.test(text)) return 'a control character';
  return text.length > LONGEST_SAID ? 'more than a line holds' : undefined;
}

/** The kind of an exception and where it was thrown: the same fault is the same text. */
function originOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `${typeof thrown} thrown`;
  if (thrown instanceof Broken) return thrown.message;
  const own = thrown.stack?.split('\n').find((line) => /^\s+at .*file:/.test(line)) ?? '';
  return `${thrown.name} ${own.trim()}`;
}
