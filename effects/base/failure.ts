/**
 * Expected failures: what the outside world may do to a step. Everything else that is thrown is a
 * bug. The step wrapper is the one place that tells the two apart.
 */

/** What a step ends with, and what that means. */
export const EXIT_CODES = {
  0: 'done',
  1: 'the stage said no: refused, rolled back, failed',
  2: 'bad input: every fault is listed, nothing was touched',
  3: 'could not decide: the cluster does not answer, or does not allow it',
  4: 'another release holds the service; nothing was touched',
  143: 'stopped by SIGTERM, after making things safe',
} as const;

export type ExitCode = Exclude<keyof typeof EXIT_CODES, 0>;

export class StageFailure extends Error {
  readonly exitCode: ExitCode;
  /** What the reader should do next, where that is known. */
  readonly advice: string | undefined;
  /** What the stage says all the same, by the names of its results. */
  results: Readonly<Record<string, string>> = {};

  constructor(exitCode: ExitCode, message: string, advice?: string) {
    super(message);
    this.exitCode = exitCode;
    this.advice = advice;
  }
}

/** All that is wrong with the input, at once; nothing has been touched. */
export class BadInput extends StageFailure {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(2, faults.join('\n'));
    this.faults = faults;
  }
}

/** What a thrown thing says of itself. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
