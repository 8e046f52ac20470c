/** A command that ends without being done, for a reason that is known: its exit code and what to do. */
import type { MigrationExitCode, Problem } from '../../core/migration/engine.ts';

export class Stopped extends Error {
  readonly exitCode: Exclude<MigrationExitCode, 0>;
  readonly problems: readonly Problem[];

  constructor(exitCode: Exclude<MigrationExitCode, 0>, ...problems: readonly Problem[]) {
    super(problems.map(({ message }) => message).join('; '));
    this.exitCode = exitCode;
    this.problems = problems;
  }
}

export function stopped(
  exitCode: Exclude<MigrationExitCode, 0>,
  message: string,
  advice?: string,
): Stopped {
  return new Stopped(exitCode, advice === undefined ? { message } : { message, advice });
}
