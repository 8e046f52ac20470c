/**
 * Expected failures: what the outside world may do to a step. Everything else that is thrown is a
 * bug. The step wrapper is the one place that tells the two apart.
 */

/** 1 the stage said no · 2 bad input · 3 could not decide · 4 another release holds the service · 143 stopped */
export type ExitCode = 1 | 2 | 3 | 4 | 143;

export class StageFailure extends Error {
  readonly exitCode: ExitCode;
  /** What the reader should do next, where that is known. */
  readonly advice: string | undefined;

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
